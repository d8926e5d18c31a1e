import { isText } from '../state/canonical/text.ts';
import type { IndexState } from '../state/types.ts';
import type { Route } from './change.ts';
import { bridgeTo } from './families/indexes/bridge.ts';
import { canonicalIndex, differingOptions, sameKey, sameSignature } from './families/indexes/canonical.ts';
import { freeName } from './families/indexes/names.ts';
import { optionRow } from './families/indexes/options.ts';
import type { NamedIndex } from './operation.ts';
import { since } from './versions.ts';

export interface Way {
  readonly route: Route;
  readonly name: string;
  /** Stands in while neither the old nor the new index is there; null on every other route. */
  readonly bridge: NamedIndex | null;
}

/** Where an index is replaced. */
export interface Surroundings {
  readonly explicit: string | null;
  readonly generated: string;
  /** Every index of the collection, this one included. */
  readonly live: readonly NamedIndex[];
  /** Whether one index more than there are now may stand for a while. */
  readonly hasRoom: boolean;
  /** False where no partial index may stand in: in a time series before 6.0 (72). */
  readonly mayBridge: boolean;
  readonly version: string;
}

/** Whether collMod makes the one of the other. */
export function isInPlace(before: NamedIndex, wanted: IndexState, version: string): boolean {
  const { options: old } = canonicalIndex(before);
  const { options: next } = canonicalIndex(wanted);
  const differing = differingOptions(before, wanted);
  return (
    sameKey(before, wanted) &&
    differing.every((name) => since(version, optionRow(name).collModSince(old[name], next[name])))
  );
}

/**
 * The best way from a live index to a wanted one: in place; else swap (build, then drop), which needs another signature
 * and another name; else over a bridge; else gap (drop, then build). Swap and bridge need a free slot.
 */
export function chooseWay(before: NamedIndex, wanted: IndexState, surroundings: Surroundings): Way {
  const { explicit, generated, live, hasRoom, mayBridge, version } = surroundings;
  const keepsName = explicit === null || explicit === before.name;
  if (keepsName && isInPlace(before, wanted, version)) return { route: 'in-place', name: before.name, bridge: null };
  const names = new Set(live.map((index) => index.name));
  const name = explicit ?? freeName(generated, wanted, names);
  const coexist = !sameSignature(before, wanted, version) && !(isText(before) && isText(wanted));
  if (hasRoom && name !== before.name && coexist) return { route: 'swap', name, bridge: null };
  names.delete(before.name);
  const freed = explicit ?? freeName(generated, wanted, names);
  const bridge = hasRoom && mayBridge ? bridgeTo(wanted, live, version) : null;
  return { route: bridge === null ? 'gap' : 'bridge', name: freed, bridge };
}
