import { type Doc, docOf, type Value } from '../../../state/value.ts';
import type { Change, ChangeOf } from '../../change.ts';
import { groupInOrder } from '../../grouping.ts';
import { inDependencyOrder } from '../../order.ts';
import type { Answer, Question } from '../../questions.ts';
import { mayApply } from '../../rewrite/actions.ts';
import { stagesOf } from '../../rewrite/edits.ts';
import type { PlanContext } from '../family.ts';
import { askedEdit, editsOf, neededEdits, passKey } from './order.ts';

type EditChange = ChangeOf<'edit'>;

const cache = new WeakMap<readonly Change[], Map<string, readonly (readonly EditChange[])[]>>();

/** The edits of a collection as they are written: pass by pass, each of which leaves documents that the server judges. */
export function passesOf(collection: string, changes: readonly Change[]): readonly (readonly EditChange[])[] {
  const known = cache.get(changes) ?? new Map<string, readonly (readonly EditChange[])[]>();
  cache.set(changes, known);
  const found = known.get(collection);
  if (found !== undefined) return found;
  const needs = new Map(editsOf(collection, changes).map((edit) => [edit, neededEdits(edit, changes)]));
  const ordered = inDependencyOrder(
    [...needs.keys()],
    (edit) => needs.get(edit) ?? [],
    ({ address }) => address,
  );
  const passes = groupInOrder(ordered, {
    keyOf: (edit) => passKey(edit, changes),
    needs: (edit, other) => needs.get(edit)?.includes(other) === true,
  }).map(({ members }) => members);
  known.set(collection, passes);
  return passes;
}

/** A state of documents that is written: how they are before, and what is done to them. */
export interface Written {
  /** Ends the names of questions about it. */
  readonly id: string;
  readonly before: readonly Doc[];
  readonly own: readonly Doc[];
}

const byPass = { id: '' };
const atOnce = { id: ' at once' };

/**
 * What an edit's pass writes; where there are several passes also what one pass of all would write: some may turn out to
 * have nothing to do once the data is asked.
 */
export function writtenBy(edit: EditChange, changes: readonly Change[]): readonly Written[] {
  const passes = passesOf(edit.collection, changes);
  const at = passes.findIndex((pass) => pass.includes(edit));
  const stages = (edits: readonly EditChange[]): readonly Doc[] =>
    stagesOf(edits.map((one) => askedEdit(one, changes)));
  const own = { ...byPass, before: stages(passes.slice(0, at).flat()), own: stages(passes[at] ?? [edit]) };
  return passes.length < 2 ? [own] : [own, { ...atOnce, before: [], own: stages(passes.flat()) }];
}

/** The states that count once it is known what has anything to do, the one to be preferred first. */
function judgedBy({ collection }: EditChange, changes: readonly Change[]): readonly Pick<Written, 'id'>[] {
  return passesOf(collection, changes).length < 2 ? [atOnce, byPass] : [byPass];
}

/** Stages that ask what is counted of the documents that an edit changes, once its pass has written them. */
export const onWritten = (edit: EditChange, { before, own }: Written, asked: readonly Value[]): readonly Value[] => [
  ...before,
  docOf({ $match: mayApply(edit) }),
  ...own,
  ...asked,
];

/** One question about what an edit's pass writes, in each of its states. */
export const questionsOnWritten = (
  edit: EditChange,
  changes: readonly Change[],
  idOf: (written: Pick<Written, 'id'>) => string,
  asked: readonly Value[],
): readonly Question[] =>
  writtenBy(edit, changes).map((written) => ({
    id: idOf(written),
    collection: edit.collection,
    pipeline: onWritten(edit, written, asked),
    mayEstimate: false,
  }));

/** The answer to a question about what an edit's pass writes; null where nothing was found. */
export function answerOnWritten(
  change: EditChange,
  { changes, facts }: Pick<PlanContext, 'changes' | 'facts'>,
  idOf: (written: Pick<Written, 'id'>) => string,
): Answer | null {
  const answer = judgedBy(change, changes)
    .map((written) => facts?.answers.get(idOf(written)))
    .find((found) => found !== undefined);
  return answer === undefined || answer.count === 0 ? null : answer;
}
