import { aggregateCommand, readAll } from '../../database/read.ts';
import { exitCodes, SchemactlError } from '../../errors.ts';
import type { AssertOperation } from '../../planner/operation.ts';
import { toNumber } from '../../state/value.ts';
import { command } from './command.ts';
import type { RunContext } from '../run-context.ts';

/** Looks at the data once more just before the next operation. What it finds against it, it says with SchemactlError 22, once what came before is taken back. */
export async function assertNothing(context: RunContext, op: AssertOperation): Promise<void> {
  const [found] = await readAll(context.db, aggregateCommand(op.collection, op.pipeline, op.collation ?? undefined));
  const count = toNumber(found?.get('n')) ?? 0;
  if (count === 0) return;
  if (op.otherwise !== null) await command(context, op.otherwise);
  throw new SchemactlError(`${op.address}: ${count} documents now stand against it (${op.code}).`, {
    code: 'SCH2202',
    exitCode: exitCodes.violated,
    next: ['Mend the documents; the plan names some of their ids.'],
  });
}
