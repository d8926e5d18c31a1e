import { addressOf } from '../../../state/address.ts';
import { indexName } from '../../../state/address.ts';
import type { CollectionDeclaration, CollectionState, IndexDeclaration, IndexState } from '../../../state/types.ts';
import type { Change, ChangeOf, Series } from '../../change.ts';
import type { LedgerEntry } from '../../contract.ts';
import type { NamedIndex } from '../../operation.ts';
import { chooseWay } from '../../routes.ts';
import { isBridge } from './bridge.ts';
import { sameIndex, sameKey } from './canonical.ts';
import { freeName } from './names.ts';
import { assertNoTwins, assertPossible } from './possible.ts';
import { seriesOf } from './series.ts';
import { since } from '../../versions.ts';
import { type IndexPair, pairIndexes } from './pair.ts';
import { type Room, roomFor } from './room.ts';

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
  /** What the ledger holds of each collection. */
  readonly applied: ReadonlyMap<string, readonly LedgerEntry[]>;
  readonly version: string;
}

/** An index that the server has not finished. */
export interface Build {
  readonly name: string;
  readonly index: IndexState;
}

interface Scene extends Known {
  readonly collection: string;
  /** What has a name and a signature on the server already, unfinished builds among it. */
  readonly live: readonly NamedIndex[];
  readonly pairs: readonly IndexPair[];
  readonly series: Series | null;
}

const common = { kind: 'index', bridge: null, dropsFirst: false, ownWork: false, reverts: [] } as const;

const needsNothing = (pair: IndexPair, pairs: readonly IndexPair[]): boolean => {
  const { wanted, live } = pair;
  if (live === null || !sameIndex(wanted, live)) return false;
  return (nameOf(pair, pairs) ?? live.name) === live.name;
};

/** The name that an index must have: its explicit one, or another than that which a declaration claims. Null: any. */
function nameOf({ declaration, generated, wanted, live }: IndexPair, pairs: readonly IndexPair[]): string | null {
  if (declaration.name !== null || live === null) return declaration.name;
  if (!pairs.some((other) => other.declaration.name === live.name)) return null;
  const taken = pairs.flatMap((other) => [other.declaration.name, other.live?.name]);
  return freeName(generated, wanted, new Set(taken.filter((name) => typeof name === 'string')));
}

function changeOf(pair: IndexPair, room: Room, scene: Scene): IndexChange {
  const { collection, ledger, version, live: all, pairs, series } = scene;
  const { declaration, address, generated, wanted, live } = pair;
  const { milestone } = declaration;
  const explicit = nameOf(pair, pairs);
  const base = { ...common, version, series, address, collection, milestone, dropsFirst: room.dropsFirst };
  if (live === null) {
    const taken = new Set(all.map(({ name }) => name));
    const after = { name: explicit ?? freeName(generated, wanted, taken), ...wanted };
    const isGone = ledger.has(address) && !taken.has(ledger.get(address)?.live ?? '');
    const reason = isGone ? 'dropped-by-hand' : 'not-in-database';
    return { ...base, reason, before: null, after, route: 'in-place' };
  }
  const { hasRoom } = room;
  const mayBridge = series === null || since(version, '6.0.0');
  const { route, name, bridge } = chooseWay(live, wanted, {
    ...{ explicit, generated, live: all, hasRoom, mayBridge, version },
  });
  return { ...base, reason: 'declared-otherwise', before: live, after: { name, ...wanted }, route, bridge };
}

interface Drop {
  readonly address: string;
  readonly milestone: string | null;
  readonly reason: string;
  readonly before: NamedIndex;
}

const dropOf = (drop: Drop, { collection, version, series }: Scene): IndexChange => ({
  ...common,
  version,
  series,
  ...drop,
  collection,
  after: null,
  route: 'in-place',
  ownWork: drop.reason === leftOver,
});

const leftOver = 'left-over';

/** What a declaration with `absent: true` speaks of: the index of that name, or without a name those of that key. */
function declaredAbsent(
  collection: string,
  { key, options, name, milestone }: IndexDeclaration,
  rest: readonly NamedIndex[],
): readonly Drop[] {
  const generated = indexName(key);
  const meant = rest.filter((index) =>
    name === null ? index.name === generated || sameKey(index, { key, options }) : index.name === name,
  );
  const byLabel = [...meant].sort((a, b) => Number(b.name === generated) - Number(a.name === generated));
  return byLabel.map((before, at) => ({
    address: addressOf.index(collection, at === 0 ? (name ?? generated) : before.name),
    milestone,
    reason: 'declared-absent',
    before,
  }));
}

/** Live indexes that no declaration stands for, each with why it goes; what is in no list stays. */
function dropsOf(
  declaration: CollectionDeclaration,
  rest: readonly NamedIndex[],
  paired: ReadonlySet<string>,
  own: readonly LedgerEntry[],
): readonly Drop[] {
  const { name: collection } = declaration;
  const gone = own.filter((entry) => entry.kind === 'index' && !paired.has(entry.address));
  const applied = new Map(gone.map((entry) => [entry.live, entry]));
  // Applied under an address that another index stands for now: a swap that was cut off before it dropped the old one.
  const replaced = new Set(own.filter(({ address }) => paired.has(address)).map(({ live }) => live));
  const absent = declaration.indexes.filter((index) => index.absent);
  const explicit = absent.flatMap((index) => declaredAbsent(collection, index, rest));
  const named = new Set(explicit.map(({ before }) => before.name));
  const others = rest
    .filter(({ name }) => !named.has(name))
    .flatMap((before): readonly Drop[] => {
      const entry = applied.get(before.name);
      const address = addressOf.index(collection, before.name);
      if (replaced.has(before.name)) return [{ address, milestone: null, reason: leftOver, before }];
      if (entry !== undefined) {
        return [{ address: entry.address, milestone: entry.milestone, reason: 'no-longer-declared', before }];
      }
      if (isBridge(before.name)) return [{ address, milestone: null, reason: leftOver, before }];
      return declaration.unmanaged === 'prune' ? [{ address, milestone: null, reason: 'unmanaged', before }] : [];
    });
  return [...explicit, ...others];
}

/** collMod takes an instant and a build hours, and may fail: what takes an instant comes first. */
function modifiedFirst(changes: readonly IndexChange[]): readonly IndexChange[] {
  const isModified = ({ before, route }: IndexChange): boolean => before !== null && route === 'in-place';
  return [...changes.filter(isModified), ...changes.filter((change) => !isModified(change))];
}

/** Builds that no index to be made stands for: those that do are joined, so they take no slot of their own. */
function besides(open: readonly IndexPair[], building: readonly Build[]): readonly NamedIndex[] {
  const isJoined = ({ name, index }: Build): boolean =>
    open.some(
      ({ live, declaration, generated, wanted }) =>
        live === null && (name === (declaration.name ?? generated) || sameIndex(wanted, index)),
    );
  return building.filter((build) => !isJoined(build)).map(({ name, index }) => ({ name, ...index }));
}

/**
 * What differs between the declared indexes of a collection and its live ones; `building` are the unfinished ones.
 * Throws SchemactlError 20 for what the server could not hold beside what is there.
 */
export function diffIndexes(
  declaration: CollectionDeclaration,
  live: CollectionState | null,
  building: readonly Build[],
  known: Known,
): IndexDiff {
  const { name: collection, indexes } = declaration;
  const all = Object.entries(live?.indexes ?? {}).map(([name, index]) => ({ name, ...index }));
  const { pairs, rest } = pairIndexes(
    { collection, indexes: indexes.filter(({ absent }) => !absent), live: all },
    {
      version: known.version,
      collation: declaration.options['collation'] ?? live?.options['collation'],
      remembered: (address) => known.ledger.get(address)?.live ?? null,
    },
  );
  const drops = dropsOf(
    declaration,
    rest,
    new Set(pairs.map(({ address }) => address)),
    known.applied.get(collection) ?? [],
  );
  const open = pairs.filter((pair) => !needsNothing(pair, pairs));
  const unfinished = besides(open, building);
  const series = seriesOf(declaration.options['timeseries'] ?? live?.options['timeseries']);
  const scene = { ...known, collection, live: [...all, ...unfinished], pairs, series };
  const created = open.filter((pair) => pair.live === null).length;
  const slots = { live: all.length, building: unfinished.length, drops: drops.length, created };
  const room = roomFor({ collection, ...slots });
  const built = modifiedFirst(open.map((pair) => changeOf(pair, room, scene)));
  const changes = [...built, ...drops.map((drop) => dropOf(drop, scene))];
  const going = new Set(drops.map(({ before }) => before.name));
  const unmanaged = rest.filter(({ name }) => !going.has(name));
  const capped = (declaration.options['capped'] ?? live?.options['capped']) === true;
  assertNoTwins(pairs, known.version);
  assertPossible(changes, { unmanaged, version: known.version, capped });
  const kept = pairs.flatMap(({ address, live: index }) => (index === null ? [] : [[address, index.name] as const]));
  const made = built.flatMap(({ address, after }) => (after === null ? [] : [[address, after.name] as const]));
  return { changes, names: [...kept, ...made], unmanaged };
}

export function addressesOf(collection: string, indexes: readonly NamedIndex[]): readonly string[] {
  return indexes.map(({ name }) => addressOf.index(collection, name));
}
