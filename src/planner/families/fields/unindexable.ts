import { plural } from '../../../state/words.ts';
import type { Change, ChangeOf } from '../../change.ts';
import type { Violation } from '../../contract.ts';
import type { NamedIndex } from '../../operation.ts';
import type { Question } from '../../questions.ts';
import type { PlanContext } from '../family.ts';
import { type Obstacle, obstaclesOf } from '../indexes/obstacles.ts';
import { answerOnWritten, questionsOnWritten, type Written } from './passes.ts';
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
export const indexableQuestions = (change: EditChange, { changes }: PlanContext): readonly Question[] =>
  refusedBy(change, changes).flatMap((refused) =>
    questionsOnWritten(change, changes, (written) => refusedId(change, refused, written), refused.obstacle.pipeline),
  );

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
