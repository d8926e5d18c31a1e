import { isDoc, isList, type Value } from '../../../state/value.ts';
import type { Change, ChangeOf } from '../../change.ts';
import type { Join } from '../../operation.ts';
import { inDependencyOrder } from '../../order.ts';
import { isOver } from './places.ts';

type EditChange = ChangeOf<'edit'>;
export type Populate = EditChange & { readonly action: { readonly kind: 'populate' } };

export const isPopulate = (change: Change): change is Populate =>
  change.kind === 'edit' && change.action.kind === 'populate';

/** What a filter reads: names as they stand in it, and the roots of its expressions' paths; '' for the whole document. */
function namesIn(value: Value): readonly string[] {
  if (typeof value === 'string') return value.startsWith('$') ? [value.replace(/^\$(\$(ROOT|CURRENT)\.?)?/, '')] : [];
  if (isList(value)) return value.flatMap(namesIn);
  if (!isDoc(value)) return [];
  return [...value].flatMap(([name, inner]) => {
    if (name === '$getField') return [''];
    return name.startsWith('$') ? namesIn(inner) : [name, ...namesIn(inner)];
  });
}

/** Whether a join reads, in the other collection, what an edit of that collection changes. */
export function readsThere({ collection, match, where, take }: Join, edit: EditChange): boolean {
  if (edit.collection !== collection) return false;
  const read = [take, ...match.map(([, other]) => other), ...(where === null ? [] : namesIn(where))];
  return read.some((field) => field === '' || isOver(edit, field));
}

const reads = (one: Populate, other: Populate): boolean => {
  if (one === other || one.milestone !== other.milestone) return false;
  const { join } = one.action;
  const isOwn = other.collection === one.collection && join.match.some(([own]) => isOver(other, own));
  return isOwn || readsThere(join, other);
};

function reachable(from: Populate, direct: ReadonlyMap<Populate, readonly Populate[]>): ReadonlySet<Populate> {
  const found = new Set<Populate>();
  const open = [from];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const one of direct.get(next) ?? []) {
      if (!found.has(one)) open.push(one);
      found.add(one);
    }
  }
  return found;
}

const cache = new WeakMap<readonly Change[], ReadonlyMap<EditChange, readonly EditChange[]>>();

/**
 * The joins of a plan in the order in which they run, each with those that must be done before it: what fills a field
 * that it reads. Of joins that read each other in a circle, the first in the plan goes first.
 */
export function joinsOf(changes: readonly Change[]): ReadonlyMap<EditChange, readonly EditChange[]> {
  const known = cache.get(changes);
  if (known !== undefined) return known;
  const joins = changes.filter(isPopulate);
  const direct = new Map(joins.map((one) => [one, joins.filter((other) => reads(one, other))]));
  const reach = new Map(joins.map((one) => [one, reachable(one, direct)]));
  const needs = (one: Populate): readonly Populate[] =>
    (direct.get(one) ?? []).filter(
      (other) => !(reach.get(other)?.has(one) === true && joins.indexOf(other) > joins.indexOf(one)),
    );
  const ordered = inDependencyOrder(joins, needs, ({ address }) => address);
  const found = new Map(ordered.map((one) => [one, needs(one)]));
  cache.set(changes, found);
  return found;
}
