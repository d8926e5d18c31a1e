import type { Change, ChangeOf } from '../../change.ts';
import type { NamedIndex } from '../../operation.ts';
import type { Question } from '../../questions.ts';
import type { CountedHazard, PlanContext } from '../family.ts';
import { expiringPipeline, expiryWords, isExpiring } from '../indexes/expiry.ts';
import { answerOnWritten, onWritten, questionsOnWritten, type Written, writtenBy } from './passes.ts';
import { changesKeyAlone, standingIndexes } from './standing.ts';
import { mayMakeDates } from './yields.ts';

type EditChange = ChangeOf<'edit'>;

/** TTL indexes that may delete what the edit writes: at any time, so already what one pass of several leaves. */
const expiringBy = (change: EditChange, changes: readonly Change[]): readonly NamedIndex[] =>
  standingIndexes(change, changes).filter(
    (index) => isExpiring(index) && (mayMakeDates(change) || !changesKeyAlone(index, change)),
  );

const expiryId = ({ address, action }: EditChange, { name }: NamedIndex, { id }: Pick<Written, 'id'>): string =>
  `${address} ${action.kind} expiry ${name}${id}`;

/** How many documents that the edit changes expire once its pass has written them. */
export const expiryQuestions = (change: EditChange, { changes }: PlanContext): readonly Question[] =>
  expiringBy(change, changes).flatMap((index) =>
    questionsOnWritten(change, changes, (written) => expiryId(change, index, written), expiringPipeline(index)),
  );

/** A hazard for each TTL index by which documents go that the edit changes. */
export function expiryHazards(change: EditChange, context: PlanContext): readonly CountedHazard[] {
  const { address } = change;
  const [written] = writtenBy(change, context.changes);
  return expiringBy(change, context.changes).flatMap((index): readonly CountedHazard[] => {
    const answer = answerOnWritten(change, context, (state) => expiryId(change, index, state));
    if (answer === null || written === undefined) return [];
    const message = `by its index "${index.name}" ${expiryWords(answer.count)}`;
    const recount = onWritten(change, written, expiringPipeline(index));
    return [{ code: 'ttl-expiry', address, message, count: answer.count, recount }];
  });
}
