import { addressOf } from '../state/address.ts';
import type { CollectionDeclaration, CollectionState, DatabaseState, Schema } from '../state/types.ts';
import type { Change, ChangeOf } from './change.ts';
import type { CheckData, LedgerEntry } from './contract.ts';
import { declaredDefaults, declaredObjects } from './declared.ts';
import { trashName } from './families/collections/collection.ts';
import { type IndexPair, type Pairing, pairIndexes } from './families/indexes/pair.ts';
import type { NamedIndex } from './operation.ts';
import { blockedByProtection, missingCollection, notACollection } from './refusals.ts';
import { chooseWay, sameIndex } from './routes.ts';

export interface DiffInput {
  readonly observed: DatabaseState;
  readonly uuids: Readonly<Record<string, string>>;
  readonly schema: Schema;
  /** What was applied before, by address. */
  readonly ledger: ReadonlyMap<string, LedgerEntry>;
  readonly version: string;
  readonly checkData: CheckData;
}

export interface Diff {
  /** In the order in which they are to run, as far as nothing depends on another. */
  readonly changes: readonly Change[];
  /** Everything declared, with live names filled in. */
  readonly declared: readonly LedgerEntry[];
  /** Applied before, declared no longer, and left as they are. */
  readonly released: readonly LedgerEntry[];
  readonly unmanaged: readonly string[];
}

const ownPrefix = 'schemactl_';
/** Our own collections are never unmanaged, never drift, never imported. */
export const isOwn = (collection: string): boolean => collection.startsWith(ownPrefix);

export const emptyCollection: CollectionState = { type: 'collection', options: {}, validator: null, indexes: {} };

interface CollectionDiff {
  readonly changes: readonly Change[];
  readonly pairs: readonly IndexPair[];
  readonly unmanaged: readonly string[];
}

const noReverts = { reverts: [] } as const;

function creation(declaration: CollectionDeclaration): ChangeOf<'collection'> {
  const { name: collection, milestone } = declaration;
  return {
    ...noReverts,
    kind: 'collection',
    address: addressOf.collection(collection),
    collection,
    milestone,
    reason: 'not-in-database',
    before: null,
    after: emptyCollection,
    uuid: null,
    trash: null,
    ownWork: false,
  };
}

function indexChange(collection: string, pair: IndexPair, version: string, wasApplied: boolean): readonly Change[] {
  const { declaration, address, generated, wanted, live } = pair;
  const names = { explicit: declaration.name, generated };
  const base = {
    ...noReverts,
    kind: 'index',
    address,
    collection,
    milestone: declaration.milestone,
    ownWork: false,
  } as const;
  if (live === null) {
    const after = { name: declaration.name ?? generated, ...wanted };
    const reason = wasApplied ? 'dropped-by-hand' : 'not-in-database';
    return [{ ...base, reason, before: null, after, route: 'in-place' }];
  }
  const keepsName = declaration.name === null || declaration.name === live.name;
  if (keepsName && sameIndex(wanted, live)) return [];
  const way = chooseWay(live, wanted, names, version);
  const after = { name: way.name, ...wanted };
  return [{ ...base, reason: 'declared-otherwise', before: live, after, route: way.route }];
}

export function indexDrop(
  address: string,
  collection: string,
  index: NamedIndex,
  milestone: string | null,
): ChangeOf<'index'> {
  return {
    ...noReverts,
    kind: 'index',
    address,
    collection,
    milestone,
    reason: 'no-longer-declared',
    before: index,
    after: null,
    route: 'in-place',
    ownWork: false,
  };
}

/** Sorts what no declaration stands for: applied before and now undeclared is dropped, anything else is unmanaged. */
function leftovers(
  collection: string,
  pairing: Pairing,
  ledger: ReadonlyMap<string, LedgerEntry>,
): Pick<CollectionDiff, 'changes' | 'unmanaged'> {
  const paired = new Set(pairing.pairs.map(({ address }) => address));
  const applied = new Map(
    [...ledger.values()]
      .filter((entry) => entry.kind === 'index' && entry.collection === collection && !paired.has(entry.address))
      .map((entry) => [entry.live, entry]),
  );
  const drops = pairing.rest.flatMap((index) => {
    const entry = applied.get(index.name);
    return entry === undefined ? [] : [indexDrop(entry.address, collection, index, entry.milestone)];
  });
  const dropped = new Set(drops.map(({ before }) => before?.name));
  const unmanaged = pairing.rest
    .filter(({ name }) => !dropped.has(name))
    .map(({ name }) => addressOf.index(collection, name));
  return { changes: drops, unmanaged };
}

function defaultChanges(
  declaration: CollectionDeclaration,
  { ledger, checkData }: DiffInput,
  entries: ReadonlyMap<string, LedgerEntry>,
): readonly Change[] {
  return declaredDefaults(declaration).flatMap(({ address, path, value, milestone }) => {
    const applied = ledger.get(address);
    const settled = applied !== undefined && applied.definition === entries.get(address)?.definition;
    if (settled && checkData !== 'full') return [];
    const reason = applied === undefined ? 'newly-declared' : settled ? 'checked-again' : 'declared-otherwise';
    return [{ ...noReverts, kind: 'default', address, collection: declaration.name, milestone, reason, path, value }];
  });
}

function diffCollection(
  declaration: CollectionDeclaration,
  input: DiffInput,
  entries: ReadonlyMap<string, LedgerEntry>,
): CollectionDiff {
  const { name } = declaration;
  const live = input.observed.collections[name] ?? null;
  if (live !== null && live.type !== 'collection') throw notACollection(name, live.type);
  if (live === null && declaration.mustExist) throw missingCollection(name, Object.keys(input.observed.collections));
  const remembered = (address: string): string | null => input.ledger.get(address)?.live ?? null;
  const pairing = pairIndexes(name, declaration.indexes, live, { version: input.version, remembered });
  const left = leftovers(name, pairing, input.ledger);
  return {
    changes: [
      ...(live === null ? [creation(declaration)] : defaultChanges(declaration, input, entries)),
      ...pairing.pairs.flatMap((pair) => indexChange(name, pair, input.version, input.ledger.has(pair.address))),
      ...left.changes,
    ],
    pairs: pairing.pairs,
    unmanaged: declaration.unmanaged === 'ignore' ? [] : left.unmanaged,
  };
}

function collectionDrop(entry: LedgerEntry, input: DiffInput): readonly Change[] {
  const before = input.observed.collections[entry.collection];
  const uuid = input.uuids[entry.collection] ?? null;
  if (before === undefined) return [];
  if (entry.definition.includes('"protect":true')) throw blockedByProtection(entry.address);
  const { address, collection, milestone } = entry;
  const trash = uuid === null ? null : trashName(uuid);
  return [
    {
      ...noReverts,
      kind: 'collection',
      address,
      collection,
      milestone,
      reason: 'no-longer-declared',
      before,
      after: null,
      uuid,
      trash,
      ownWork: false,
    },
  ];
}

/** Names of live indexes: what a pair has, else what its change will give it. */
function liveNames(pairs: readonly IndexPair[], changes: readonly Change[]): ReadonlyMap<string, string> {
  const made = changes.flatMap((change) =>
    change.kind === 'index' && change.after !== null ? [[change.address, change.after.name] as const] : [],
  );
  return new Map([
    ...pairs.flatMap(({ address, live }) => (live === null ? [] : [[address, live.name] as const])),
    ...made,
  ]);
}

/** Milestones in their order, what carries none first; then collections by name, each in its own order; drops last. */
function inOrder(changes: readonly Change[], schema: Schema): readonly Change[] {
  const rank = new Map(schema.milestones.map(({ id }, at) => [id, at + 1]));
  const isDrop = (change: Change): boolean =>
    (change.kind === 'index' || change.kind === 'collection') && change.after === null;
  const tier = (change: Change): number =>
    isDrop(change) ? Number.POSITIVE_INFINITY : change.milestone === null ? 0 : (rank.get(change.milestone) ?? 0);
  return [...changes].sort((a, b) => Math.sign(tier(a) - tier(b)) || 0);
}

/**
 * What differs between a database and a schema. Pure; the order of collections and indexes in the files
 * does not show in the result, the order of fields does. Throws SchemactlError 20 for what may not be planned at all.
 */
export function diffSchema(input: DiffInput): Diff {
  const { schema, ledger, observed } = input;
  const declared = declaredObjects(schema);
  const entries = new Map(declared.map((entry) => [entry.address, entry]));
  const diffs = schema.collections.map((declaration) => diffCollection(declaration, input, entries));
  const declaredNames = new Set(schema.collections.map(({ name }) => name));
  const gone = [...ledger.values()].filter((entry) => !entries.has(entry.address));
  const drops = gone.filter(({ kind }) => kind === 'collection').flatMap((entry) => collectionDrop(entry, input));
  const changes = [...diffs.flatMap((diff) => diff.changes), ...drops];
  const changed = new Set(changes.map(({ address }) => address));
  const dropped = new Set(drops.map(({ collection }) => collection));
  const names = liveNames(
    diffs.flatMap(({ pairs }) => pairs),
    changes,
  );
  const undeclared = Object.keys(observed.collections).filter(
    (name) => !declaredNames.has(name) && !isOwn(name) && !dropped.has(name),
  );
  return {
    changes: inOrder(changes, schema),
    declared: declared.map((entry) => ({ ...entry, live: names.get(entry.address) ?? null })),
    released: gone.filter(({ address }) => !changed.has(address)),
    unmanaged: [
      ...undeclared.map((name) => addressOf.collection(name)),
      ...diffs.flatMap(({ unmanaged }) => unmanaged),
    ].sort(),
  };
}
