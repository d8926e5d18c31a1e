import { addressOf } from '../state/address.ts';
import { record } from '../state/normalise.ts';
import type { CollectionDeclaration, DatabaseState } from '../state/types.ts';
import type { ChangeOf } from './change.ts';
import type { LedgerEntry } from './contract.ts';
import { bothNamesThere } from './refusals.ts';

/** A database as it was read, and what was applied to it. */
interface Read {
  readonly observed: DatabaseState;
  readonly uuids: Readonly<Record<string, string>>;
  readonly ledger: ReadonlyMap<string, LedgerEntry>;
}

export interface Renamed extends Read {
  readonly changes: readonly ChangeOf<'rename'>[];
  /** What the ledger has under former names. */
  readonly former: readonly LedgerEntry[];
}

const moved = <T>(
  entries: Readonly<Record<string, T>>,
  names: ReadonlyMap<string, string>,
): Readonly<Record<string, T>> =>
  record(Object.entries(entries).map(([name, value]) => [names.get(name) ?? name, value] as const));

function underNewName(entry: LedgerEntry, to: string): LedgerEntry {
  const rest = entry.address.slice(addressOf.collection(entry.collection).length);
  return { ...entry, collection: to, address: `${addressOf.collection(to)}${rest}` };
}

/**
 * Collections that are there under their former names, as if they were renamed already: everything else is compared
 * under the new names. Throws SchemactlError 20 where a collection has each of the two names.
 */
export function applyRenames(declarations: readonly CollectionDeclaration[], read: Read): Renamed {
  const { observed, uuids, ledger } = read;
  const changes = declarations.flatMap(({ name, renamedFrom, milestone }): readonly ChangeOf<'rename'>[] => {
    const state = renamedFrom === null ? undefined : observed.collections[renamedFrom];
    if (renamedFrom === null || state === undefined) return [];
    if (observed.collections[name] !== undefined) throw bothNamesThere(name, renamedFrom);
    const common = { address: addressOf.collection(name), collection: name, milestone, reverts: [] };
    const uuid = uuids[renamedFrom] ?? null;
    return [{ ...common, kind: 'rename', reason: 'renamed', from: renamedFrom, state, uuid }];
  });
  if (changes.length === 0) return { ...read, changes, former: [] };
  const names = new Map(changes.map(({ from, collection }) => [from, collection]));
  const former = [...ledger.values()].filter(({ collection }) => names.has(collection));
  const kept = [...ledger.values()].filter(({ collection }) => !names.has(collection));
  const entries = [...kept, ...former.map((entry) => underNewName(entry, names.get(entry.collection) ?? ''))];
  return {
    observed: { collections: moved(observed.collections, names) },
    uuids: moved(uuids, names),
    ledger: new Map(entries.map((entry) => [entry.address, entry])),
    changes,
    former,
  };
}
