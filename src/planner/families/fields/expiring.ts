import { docOf, type Value } from '../../../state/value.ts';
import type { Change, ChangeOf } from '../../change.ts';
import type { NamedIndex } from '../../operation.ts';
import type { Question } from '../../questions.ts';
import { mayApply } from '../../rewrite/actions.ts';
import type { CountedHazard, PlanContext } from '../family.ts';
import { expiringPipeline, expiryWords, isExpiring } from '../indexes/expiry.ts';
import { answerOnWritten, type Written, writtenBy } from './passes.ts';
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

/** Of the documents that the edit changes those that expire once its pass has written them. */
const expiringOf = (change: EditChange, index: NamedIndex, { before, own }: Written): readonly Value[] => [
  ...before,
  docOf({ $match: mayApply(change) }),
  ...own,
  ...expiringPipeline(index),
];

export function expiryQuestions(change: EditChange, { changes }: PlanContext): readonly Question[] {
  const { collection } = change;
  return expiringBy(change, changes).flatMap((index) =>
    writtenBy(change, changes).map((written) => ({
      id: expiryId(change, index, written),
      collection,
      pipeline: expiringOf(change, index, written),
      mayEstimate: false,
    })),
  );
}

/** A hazard for each TTL index by which documents go that the edit changes. */
export function expiryHazards(change: EditChange, context: PlanContext): readonly CountedHazard[] {
  const { address } = change;
  const [written] = writtenBy(change, context.changes);
  return expiringBy(change, context.changes).flatMap((index): readonly CountedHazard[] => {
    const answer = answerOnWritten(change, context, (state) => expiryId(change, index, state));
    if (answer === null || written === undefined) return [];
    const message = `by its index "${index.name}" ${expiryWords(answer.count)}`;
    return [{ code: 'ttl-expiry', address, message, count: answer.count, recount: expiringOf(change, index, written) }];
  });
}
