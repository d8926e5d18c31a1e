import { docOf } from '../../../state/value.ts';
import { plural } from '../../../state/words.ts';
import type { Change, ChangeOf } from '../../change.ts';
import type { Violation } from '../../contract.ts';
import type { NamedIndex } from '../../operation.ts';
import type { Question } from '../../questions.ts';
import { mayApply } from '../../rewrite/actions.ts';
import type { PlanContext } from '../family.ts';
import { type Obstacle, obstaclesOf } from '../indexes/obstacles.ts';
import { answerOnWritten, type Written, writtenBy } from './passes.ts';
import { changesKeyAlone, standingIndexes } from './standing.ts';
import { mayMakeArrays } from './yields.ts';

type EditChange = ChangeOf<'edit'>;

interface Refused {
  readonly index: NamedIndex;
  readonly obstacle: Obstacle;
}

/** What the indexes that stand while the pass runs could not hold; a time series, which holds other things, has no edits. */
const refusedBy = (change: EditChange, changes: readonly Change[]): readonly Refused[] =>
  standingIndexes(change, changes).flatMap((index) =>
    obstaclesOf(index)
      .filter(({ code }) => code !== 'parallel-arrays' || mayMakeArrays(change) || !changesKeyAlone(index, change))
      .map((obstacle) => ({ index, obstacle })),
  );

const refusedId = (
  { address, action }: EditChange,
  { index, obstacle }: Refused,
  { id }: Pick<Written, 'id'>,
): string => `${address} ${action.kind} ${index.name} ${obstacle.name}${id}`;

/** How many of the documents that the edit changes an index would refuse once its pass has written them. */
export function indexableQuestions(change: EditChange, { changes }: PlanContext): readonly Question[] {
  const { collection } = change;
  return refusedBy(change, changes).flatMap((refused) =>
    writtenBy(change, changes).map((written) => ({
      id: refusedId(change, refused, written),
      collection,
      pipeline: [...written.before, docOf({ $match: mayApply(change) }), ...written.own, ...refused.obstacle.pipeline],
      mayEstimate: false,
    })),
  );
}

export function indexableViolations(change: EditChange, context: PlanContext): readonly Violation[] {
  const { address } = change;
  return refusedBy(change, context.changes).flatMap((refused): readonly Violation[] => {
    const answer = answerOnWritten(change, context, (written) => refusedId(change, refused, written));
    if (answer === null) return [];
    const { count, sample } = answer;
    const { code, words } = refused.obstacle;
    const message = `index "${refused.index.name}": ${plural(count, 'document')} then ${words[count === 1 ? 0 : 1]}`;
    return [{ code, address, message, count, sample }];
  });
}
