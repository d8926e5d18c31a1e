import type { Change, ChangeOf } from '../../change.ts';
import { isBridge } from './bridge.ts';
import { sameKey } from './canonical.ts';
import { builds, inTheWay, removes } from './possible.ts';

type IndexChange = ChangeOf<'index'>;

const within = ({ collection }: IndexChange, others: readonly Change[]): readonly IndexChange[] =>
  others.filter((other): other is IndexChange => other.kind === 'index' && other.collection === collection);

const isLeftOver = ({ before, after }: IndexChange): boolean => after === null && isBridge(before?.name ?? '');

/** Drops that must make room for what is built; and a left-over bridge stays until everything else stands. */
function makingRoom(change: IndexChange, others: readonly IndexChange[]): readonly IndexChange[] {
  if (isLeftOver(change)) return others.filter((other) => !isLeftOver(other));
  return change.dropsFirst
    ? others.filter((other) => other !== change && other.after === null && !isLeftOver(other))
    : [];
}

/** What the server cannot do without: what stands in the way goes first, and what makes room. */
const forced = (change: IndexChange, others: readonly IndexChange[]): readonly IndexChange[] => [
  ...inTheWay(change, others),
  ...makingRoom(change, others),
];

/** Changes that build an index of the key that this one takes away. */
function successors(change: IndexChange, others: readonly IndexChange[]): readonly IndexChange[] {
  const { before, after } = change;
  if (before === null || isBridge(before.name) || !removes(change)) return [];
  if (after !== null && sameKey(before, after)) return [];
  return others.filter(
    (other) => other !== change && other.after !== null && builds(other) && sameKey(other.after, before),
  );
}

function reaches(from: IndexChange, to: IndexChange, needs: ReadonlyMap<IndexChange, Set<IndexChange>>): boolean {
  const seen = new Set<IndexChange>();
  const open = [from];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === to) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...(needs.get(next) ?? []));
  }
  return false;
}

export interface Cover {
  /** Index changes that come before this one. */
  readonly first: readonly IndexChange[];
  /** Those that build an index of the key that this one takes away, and can only come after it. */
  readonly late: readonly IndexChange[];
}

/**
 * The order among the index changes of a collection: first what the server cannot do without, then, where nothing stands
 * against it, what builds an index of a key before what takes the old one away.
 */
export function coverOf(change: IndexChange, all: readonly Change[]): Cover {
  const others = within(change, all);
  const own = forced(change, others);
  const taken = others.filter((other) => successors(other, others).length > 0);
  if (taken.length === 0) return { first: own, late: [] };
  // Values are written, or given back, before an index is unique, and a unique index goes before they are.
  const writes = (other: Change): boolean => other.kind === 'restore' || other.kind === 'edit';
  const isFree = !all.some((other) => writes(other) && other.collection === change.collection);
  const needs = new Map(others.map((other) => [other, new Set(forced(other, others))]));
  for (const other of taken) {
    for (const successor of successors(other, others)) {
      if (isFree && !reaches(successor, other, needs)) needs.get(other)?.add(successor);
    }
  }
  const first = [...(needs.get(change) ?? own)];
  return { first, late: successors(change, others).filter((successor) => !first.includes(successor)) };
}
