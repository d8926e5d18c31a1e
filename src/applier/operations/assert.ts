import { aggregateCommand, readAll } from '../../database/read.ts';
import { exitCodes, SchemactlError } from '../../errors.ts';
import type { AssertOperation } from '../../planner/operation.ts';
import { toNumber } from '../../state/value.ts';
import type { RunContext } from '../run-context.ts';

/** Looks at the data once more just before the next operation. Throws SchemactlError 22 for what the pipeline finds. */
export async function assertNothing({ db }: RunContext, op: AssertOperation): Promise<void> {
  const [found] = await readAll(db, aggregateCommand(op.collection, op.pipeline));
  const count = toNumber(found?.get('n')) ?? 0;
  if (count === 0) return;
  throw new SchemactlError(`${op.address}: ${count} documents now stand against it (${op.code}).`, {
    code: 'SCH2202',
    exitCode: exitCodes.violated,
    next: ['Mend the documents; the plan names some of their ids.'],
  });
}
