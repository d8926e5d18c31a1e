import { type Doc, doc, docOf, int, type Value } from '../../state/value.ts';
import type { Edit } from '../operation.ts';
import { both, hasType, isSame, literal } from './expressions.ts';

/**
 * Edits compiled for the server. Paths lead through objects only, never through arrays, so `$a.b`
 * is exact: a path applies where every parent is an object and its end is as `from` says.
 */

const expressionOf = (path: readonly string[]): string => `$${path.join('.')}`;

/** An expression: whether the edit has something to do in a document. */
export function appliesExpression(edit: Pick<Edit, 'path' | 'from'>): Value {
  const parents = edit.path.slice(0, -1).map((_, at) => hasType(expressionOf(edit.path.slice(0, at + 1)), 'object'));
  const end = expressionOf(edit.path);
  return both(...parents, edit.from === null ? hasType(end, 'missing') : isSame(end, edit.from[0]));
}

/** A filter for the same; a missing top-level field is asked for plainly, which is faster than `$expr`. */
function appliesFilter(edit: Pick<Edit, 'path' | 'from'>): Doc {
  const [name] = edit.path;
  if (edit.path.length === 1 && name !== undefined && edit.from === null) {
    return doc([name, docOf({ $exists: false })]);
  }
  return docOf({ $expr: appliesExpression(edit) });
}

/** A filter: documents in which at least one of the edits has something to do. */
export function anyApplies(edits: readonly Pick<Edit, 'path' | 'from'>[]): Doc {
  const filters = edits.map(appliesFilter);
  return filters.length === 1 ? (filters[0] as Doc) : docOf({ $or: filters });
}

/** A filter: documents in which each of the edits has something to do. */
export function allApply(edits: readonly Pick<Edit, 'path' | 'from'>[]): Doc {
  return docOf({ $and: edits.map(appliesFilter) });
}

/** A projection: `_id` and, under `e0`, `e1`, …, whether each edit has something to do. */
export function whichApply(edits: readonly Edit[]): Doc {
  return new Map<string, Value>([
    ['_id', int(1)],
    ...edits.map((edit, at) => [`e${at}`, appliesExpression(edit)] as const),
  ]);
}

/** A plain `$set` writes new fields sorted by name, so it keeps the declared order only where that is sorted. */
function isSorted(paths: readonly string[]): boolean {
  return paths.every((path, at) => /^[A-Za-z_]/.test(path) && (at === 0 || (paths[at - 1] as string) < path));
}

/**
 * The update for documents in which all of these edits apply. Fields that appear come last, in the order of the edits.
 */
export function updateOf(edits: readonly Edit[]): Value {
  const removed = edits.filter(({ to }) => to === null).map(({ path }) => path.join('.'));
  const set = edits.flatMap(({ path, to }) => (to === null ? [] : [[path.join('.'), to[0]] as const]));
  if (set.length <= 1 || isSorted(set.map(([path]) => path))) {
    return docOf({
      $unset: removed.length === 0 ? undefined : new Map(removed.map((path) => [path, ''])),
      $set: set.length === 0 ? undefined : new Map(set),
    });
  }
  const stages: Value[] = [docOf({ $set: new Map(set.map(([path, value]) => [path, literal(value)])) })];
  return removed.length === 0 ? stages : [...stages, docOf({ $unset: removed })];
}

/** Pipeline stages that show documents as they will be once the edits ran: for questions asked beforehand. */
export function asTheyWillBe(edits: readonly Pick<Edit, 'path' | 'from' | 'to'>[]): readonly Doc[] {
  return edits.flatMap((edit) => {
    const [name] = edit.path;
    if (edit.to === null || name === undefined) return [];
    const filled = fill(edit.path, 1, edit.to[0]);
    return [docOf({ $set: doc([name, doc(['$cond', [appliesExpression(edit), filled, `$${name}`]])]) })];
  });
}

function fill(path: readonly string[], depth: number, value: Value): Value {
  const next = path[depth];
  if (next === undefined) return literal(value);
  return doc(['$mergeObjects', [expressionOf(path.slice(0, depth)), doc([next, fill(path, depth + 1, value)])]]);
}
