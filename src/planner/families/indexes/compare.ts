import { addressOf } from '../../../state/address.ts';
import type { CollectionDeclaration, CollectionState } from '../../../state/types.ts';
import type { Change, ChangeOf } from '../../change.ts';
import type { LedgerEntry } from '../../contract.ts';
import type { NamedIndex } from '../../operation.ts';
import { chooseWay, freeName, sameIndex } from '../../routes.ts';
import { assertPossible } from './collisions.ts';
import { type IndexPair, type Pairing, pairIndexes } from './pair.ts';

type IndexChange = ChangeOf<'index'>;

export interface IndexDiff {
  readonly changes: readonly Change[];
  /** The name on the server of each declared index, as it will be. */
  readonly names: readonly (readonly [address: string, name: string])[];
  /** Live indexes that are neither declared nor were applied. */
  readonly unmanaged: readonly NamedIndex[];
}

export interface Known {
  readonly ledger: ReadonlyMap<string, LedgerEntry>;
  readonly version: string;
}

interface Scene extends Known {
  readonly collection: string;
  /** Names of all live indexes. */
  readonly taken: ReadonlySet<string>;
}

function changeOf(pair: IndexPair, { collection, ledger, version, taken }: Scene): readonly IndexChange[] {
  const { declaration, address, generated, wanted, live } = pair;
  const { milestone, name: explicit } = declaration;
  const base = { kind: 'index', address, collection, milestone, ownWork: false, reverts: [] } as const;
  if (live === null) {
    const after = { name: explicit ?? freeName(generated, wanted, taken), ...wanted };
    const reason = ledger.has(address) ? 'dropped-by-hand' : 'not-in-database';
    return [{ ...base, reason, before: null, after, route: 'in-place' }];
  }
  if ((explicit === null || explicit === live.name) && sameIndex(wanted, live)) return [];
  const { route, name } = chooseWay(live, wanted, { explicit, generated, taken }, version);
  return [{ ...base, reason: 'declared-otherwise', before: live, after: { name, ...wanted }, route }];
}

function dropOf(entry: LedgerEntry, before: NamedIndex): IndexChange {
  const { address, collection, milestone } = entry;
  const base = { kind: 'index', address, collection, milestone, ownWork: false, reverts: [] } as const;
  return { ...base, reason: 'no-longer-declared', before, after: null, route: 'in-place' };
}

/** What no declaration stands for: applied before and now undeclared is dropped, anything else is unmanaged. */
function leftovers({ pairs, rest }: Pairing, { collection, ledger }: Scene): Pick<IndexDiff, 'changes' | 'unmanaged'> {
  const paired = new Set(pairs.map(({ address }) => address));
  const gone = [...ledger.values()].filter(
    (entry) => entry.kind === 'index' && entry.collection === collection && !paired.has(entry.address),
  );
  const applied = new Map(gone.map((entry) => [entry.live, entry]));
  return {
    changes: rest.flatMap((index) => {
      const entry = applied.get(index.name);
      return entry === undefined ? [] : [dropOf(entry, index)];
    }),
    unmanaged: rest.filter(({ name }) => !applied.has(name)),
  };
}

/**
 * What differs between the declared indexes of a collection and its live ones.
 * Throws SchemactlError 20 for what the server could not hold beside what is there.
 */
export function diffIndexes(declaration: CollectionDeclaration, live: CollectionState | null, known: Known): IndexDiff {
  const { name: collection, indexes } = declaration;
  const scene = { ...known, collection, taken: new Set(Object.keys(live?.indexes ?? {})) };
  const remembered = (address: string): string | null => known.ledger.get(address)?.live ?? null;
  const pairing = pairIndexes(collection, indexes, live, { version: known.version, remembered });
  const built = pairing.pairs.flatMap((pair) => changeOf(pair, scene));
  const left = leftovers(pairing, scene);
  const changes = [...built, ...left.changes];
  assertPossible(changes, left.unmanaged, known.version);
  const kept = pairing.pairs.flatMap(({ address, live: index }) =>
    index === null ? [] : [[address, index.name] as const],
  );
  const made = built.flatMap(({ address, after }) => (after === null ? [] : [[address, after.name] as const]));
  return { changes, names: [...kept, ...made], unmanaged: left.unmanaged };
}

export function addressesOf(collection: string, indexes: readonly NamedIndex[]): readonly string[] {
  return indexes.map(({ name }) => addressOf.index(collection, name));
}
