import { docOf, int } from '../../../state/value.ts';
import type { Change, ChangeOf } from '../../change.ts';
import type { Answer, Question } from '../../questions.ts';
import { furtherOf, holdArrays } from '../../rewrite/join.ts';
import { countId, editQuestions, evaluating, hasEditWork } from './counts.ts';
import { type Populate, isPopulate, readsThere } from './joins.ts';
import { stagesBefore } from './order.ts';

type EditChange = ChangeOf<'edit'>;

const looksUp = (change: EditChange, changes: readonly Change[]): boolean =>
  stagesBefore(change, changes).some((stage) => stage.has('$lookup'));

/** The edits whose documents a join of this plan reads, as far as they can be counted without a join. */
function readByJoins(changes: readonly Change[]): readonly EditChange[] {
  const joins = changes.filter(isPopulate);
  return changes.filter(
    (change): change is EditChange =>
      change.kind === 'edit' &&
      change.action.kind !== 'populate' &&
      joins.some(({ action }) => readsThere(action.join, change)) &&
      !looksUp(change, changes),
  );
}

const ownId = (change: EditChange): string => `${countId(change)} own arrays`;
const otherId = (change: EditChange): string => `${countId(change)} other arrays`;

/** Whether a field of the match after the first holds an array anywhere, on either side. */
function arrayQuestions(change: Populate, changes: readonly Change[]): readonly Question[] {
  const { join } = change.action;
  if (join.match.length < 2 || looksUp(change, changes)) return [];
  const any = [docOf({ $limit: int(1) }), docOf({ $count: 'n' })];
  const own = [...stagesBefore(change, changes), docOf({ $match: holdArrays(furtherOf(join, 'own')) }), ...any];
  const other = [docOf({ $match: holdArrays(furtherOf(join, 'other')) }), ...any];
  return [
    { id: ownId(change), collection: change.collection, pipeline: own, mayEstimate: false },
    { id: otherId(change), collection: join.collection, pipeline: other, mayEstimate: false },
  ];
}

/** What is asked before the joins of a plan are asked about: a join over what does change, or may be an array, is served by no index. */
export const questionsBeforeJoins = (changes: readonly Change[]): readonly Question[] => [
  ...readByJoins(changes).flatMap((change) => evaluating(change, changes, editQuestions(change, changes))),
  ...changes.filter(isPopulate).flatMap((change) => evaluating(change, changes, arrayQuestions(change, changes))),
];

/** The changes as the answers leave them to be asked about: without edits that have nothing to do, and joins by equality where that tells as much. */
export function knowing(changes: readonly Change[], answers: ReadonlyMap<string, Answer>): readonly Change[] {
  if (!changes.some(isPopulate)) return changes;
  const idle = new Set<Change>(readByJoins(changes).filter((change) => !hasEditWork(change, answers)));
  const isWithout = (id: string): boolean => answers.get(id)?.count === 0;
  return changes
    .filter((change) => !idle.has(change))
    .map((change) => {
      if (!isPopulate(change) || !isWithout(ownId(change)) || !isWithout(otherId(change))) return change;
      return { ...change, action: { ...change.action, join: { ...change.action.join, isPlain: true } } };
    });
}
