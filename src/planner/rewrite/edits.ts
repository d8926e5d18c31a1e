import { type Doc, docOf, int, type Value } from '../../state/value.ts';
import type { Constant, Edit, Move } from '../operation.ts';
import { appliesExpression, mayApply, stagesOfOne } from './actions.ts';
import { isInArray } from './path.ts';

/** What is known of an edit where no step is. */
export type Change = Pick<Edit, 'path' | 'action'>;

/** A filter: documents in which at least one of the edits may have something to do. */
export function anyMayApply(edits: readonly Change[]): Doc {
  const filters = edits.map(mayApply);
  return filters.length === 1 ? (filters[0] as Doc) : docOf({ $or: filters });
}

/** A projection: `_id` and, under `e0`, `e1`, …, whether each edit has something to do. */
export function whichApply(edits: readonly Change[]): Doc {
  return new Map<string, Value>([
    ['_id', int(1)],
    ...edits.map((edit, at) => [`e${at}`, appliesExpression(edit)] as const),
  ]);
}

/** Stages after which a document is as all the edits leave it, one after the other: an update, or part of a question. */
export const stagesOf = (edits: readonly Change[]): readonly Doc[] => edits.flatMap(stagesOfOne);

/** What an edit leaves in the documents that it changes, where that is the same in all: nothing need be kept of each. */
export function constantOf({ path, action }: Change): Constant | null {
  if (action.kind === 'restore') {
    const { constant } = action;
    return constant === null ? null : { before: constant.after, after: constant.before };
  }
  return action.kind === 'fill' && !isInArray(path) ? { before: null, after: [action.value] } : null;
}

/** The names between which an edit moves a value; within arrays, the arrays are kept instead. */
export function moveOf({ path, action }: Change): Move | null {
  if (action.kind === 'restore') {
    const { move } = action;
    return move === null ? null : { from: move.to, to: move.from };
  }
  return action.kind === 'rename' && !isInArray(path) ? { from: action.from, to: path.at(-1) as string } : null;
}

/** Fields that appear are written in the order of their names by a plain `$set`, whatever the order in which they are given. */
function isSorted(paths: readonly string[]): boolean {
  return paths.every((path, at) => /^[A-Za-z_]/.test(path) && (at === 0 || (paths[at - 1] as string) < path));
}

/** A literal that fills a field reached through objects only. */
export type Fill = Change & { readonly action: { readonly kind: 'fill'; readonly value: Value } };

export const isPlainFill = <E extends Change>(edit: E): edit is E & Fill =>
  edit.action.kind === 'fill' && !isInArray(edit.path);

/**
 * The update for documents in which all of these apply: a plain `$set` where it keeps the order of the edits, which is
 * 1.3 to 1.5 times as fast as a pipeline (6.0.5), else stages.
 */
export function fillUpdate(edits: readonly Fill[]): Value {
  const fields = edits.map(({ path, action }) => [path.join('.'), action.value] as const);
  return fields.length <= 1 || isSorted(fields.map(([path]) => path))
    ? docOf({ $set: new Map(fields) })
    : [...stagesOf(edits)];
}
