import { passesScreens } from '../../database/screens.ts';
import { aggregateCommand, readAll } from '../../database/read.ts';
import { exitCodes, SchemactlError } from '../../errors.ts';
import { hasGrown, moreThanApproved } from '../../planner/hazards.ts';
import type { AssertOperation, CommandOperation } from '../../planner/operation.ts';
import { plural } from '../../state/words.ts';
import { toNumber } from '../../state/value.ts';
import type { RunContext } from '../run-context.ts';

/**
 * Looks at the data once more just before the next operation. Throws SchemactlError 22 for what is against it, 23 once the
 * operation before is taken back, and 21 for a hazard that concerns many more documents than were approved. \`takeBack\` undoes
 * that operation with what the look names for it.
 */
export async function assertNothing(
  context: RunContext,
  op: AssertOperation,
  takeBack: (otherwise: CommandOperation) => Promise<void>,
): Promise<void> {
  const collation = op.collation ?? undefined;
  const screened = {
    collection: op.collection,
    ...(collation && { collation }),
    ...(op.screens && { screens: op.screens }),
  };
  if (!(await passesScreens(context.db, screened))) return;
  const [found] = await readAll(context.db, aggregateCommand(op.collection, op.pipeline, collation));
  const count = toNumber(found?.get('n')) ?? 0;
  const { approved } = op;
  if (approved === null ? count === 0 : !hasGrown(count, approved)) return;
  if (op.otherwise !== null) await takeBack(op.otherwise);
  if (approved !== null) throw moreThanApproved(op.address, op.code, approved, count);
  const documents = `${plural(count, 'document')} now ${count === 1 ? 'stands' : 'stand'} against it`;
  throw new SchemactlError(`${documents} (${op.code}).`, {
    code: 'SCH2202',
    exitCode: op.otherwise === null ? exitCodes.violated : exitCodes.partial,
    details: op.otherwise === null ? [] : ["What refuses the application's writes was taken back again."],
    next: ['See which, with some of their ids: schemactl plan'],
  });
}
