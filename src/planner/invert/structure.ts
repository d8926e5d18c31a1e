import { exitCodes, SchemactlError } from '../../errors.ts';
import { addressOf } from '../../state/address.ts';
import { record } from '../../state/normalise.ts';
import type { CollectionState } from '../../state/types.ts';
import type { Change, Series } from '../change.ts';
import { allNames, differingCollectionOptions, isModifiable, sameOptions } from '../families/collections/options.ts';
import { sameValidator } from '../families/validators/validator.ts';
import { recreated } from '../families/collections/compare.ts';
import { trashName } from '../families/collections/commands.ts';
import type { NamedIndex } from '../operation.ts';
import { bridgeName, isBridge } from '../families/indexes/bridge.ts';
import { sameIndex } from '../families/indexes/canonical.ts';
import { roomFor } from '../families/indexes/room.ts';
import { seriesOf } from '../families/indexes/series.ts';
import { chooseWay } from '../routes.ts';
import { since } from '../versions.ts';
import type { SameCollection } from './lineage.ts';
import { baseOf, type Chain, indexOf, type Outcome } from './chain.ts';
import type { InvertInput, RecordedStep } from './recorded.ts';
import { shellWord } from '../../state/words.ts';

/** A collection back to as the earliest step found it. Throws SchemactlError 20 where its trash was emptied. */
export function invertCollection(chain: Chain, input: InvertInput, isSame: SameCollection): Outcome {
  const { newest, earliest } = chain;
  const { collection } = newest.step;
  const live = input.observed.collections[collection] ?? null;
  const uuid = input.uuids[collection] ?? null;
  const found = earliest.found?.kind === 'collection' ? earliest.found : null;
  const made = newest.made?.kind === 'collection' ? newest.made : null;
  const base = { ...baseOf(chain), kind: 'collection', ownWork: true } as const;
  if (found === null) {
    if (live === null) return newest.done && newest.step.after !== null ? 'moved' : 'nothing';
    if (newest.done && made !== null && !isSame(made.uuid, uuid)) return 'moved';
    return { change: { ...base, before: live, after: null, uuid, trash: uuid === null ? null : trashName(uuid) } };
  }
  const isAsFound = live !== null && uuid === found.uuid;
  if (isAsFound && uuid !== null) return 'nothing';
  if (live !== null && newest.step.change === 'recreate' && (made === null || isSame(made.uuid, uuid))) {
    const after = recreated(live, found.state.options);
    if (sameOptions(live.options, after.options)) return 'nothing';
    return { change: { ...baseOf(chain), kind: 'recreate', before: live, after, uuid } };
  }
  if (isAsFound && live.type === found.state.type) return 'nothing';
  if (live === null && (found.state.type === 'view' || newest.step.change === 'recreate') && found.uuid === null) {
    return { change: { ...base, before: null, after: found.state, uuid: null, trash: null } };
  }
  if (found.state.type === 'timeseries')
    throw impossible([newest.step.address], 'a time series is not kept in the trash');
  if (live !== null && (made === null || !isSame(made.uuid, uuid))) return 'moved';
  const trash = trashName(found.uuid ?? '');
  const kept: CollectionState | undefined = input.observed.collections[trash];
  if (kept === undefined) {
    const owner = chain.steps.find((step) => step.purged !== undefined);
    const { address } = newest.step;
    throw owner === undefined ? emptied(address) : purged(`"${address}"`, owner, [address]);
  }
  const after = awake(kept, found.state);
  return { change: { ...base, before: live, after, uuid: live === null ? found.uuid : uuid, trash } };
}

/** What lay in the trash with its TTLs as they were found: they sleep there. */
function awake(kept: CollectionState, found: CollectionState): CollectionState {
  const indexes = Object.entries(kept.indexes).map(([name, index]) => {
    const seconds = found.indexes[name]?.options['expireAfterSeconds'];
    const options = { ...index.options, ...(seconds === undefined ? {} : { expireAfterSeconds: seconds }) };
    return [name, { ...index, options }] as const;
  });
  return {
    ...kept,
    options: { ...kept.options, ...only(found.options, 'expireAfterSeconds') },
    indexes: record(indexes),
  };
}

const only = (options: CollectionState['options'], name: string): CollectionState['options'] => {
  const value = options[name];
  return value === undefined ? {} : { [name]: value };
};

export function impossible(addresses: readonly string[], why: string): SchemactlError {
  const isOne = addresses.length === 1;
  const what = isOne ? `"${addresses.join()}"` : `${addresses.length} objects`;
  return new SchemactlError(`${what} cannot be brought back: ${why}.`, {
    code: 'SCH2014',
    exitCode: exitCodes.blocked,
    details: isOne ? [] : addresses,
    next: [
      `Go on without ${isOne ? 'it' : 'them'}: ${addresses.map((one) => `--exclude ${shellWord(one)}`).join(' ')}`,
    ],
  });
}

/** Options back to as the earliest step found them. Throws SchemactlError 20 where the server has no way back. */
export function invertOptions(chain: Chain, live: CollectionState | undefined, version: string): Outcome {
  const { newest, earliest } = chain;
  const [target, made] = [earliest.found, newest.made];
  if (live === undefined || target?.kind !== 'options') return 'moved';
  if (newest.done && made?.kind === 'options' && !sameOptions(made.options, live.options)) return 'moved';
  const { options: after } = target;
  const names = differingCollectionOptions(live.options, after, allNames(live.options, after));
  if (names.length === 0) return 'nothing';
  if (!isModifiable(live.options, after, names, version)) {
    if (live.type === 'collection')
      throw impossible([newest.step.address], `there is no way back for its ${names.join(' and ')}`);
    return { change: { ...baseOf(chain), kind: 'recreate', before: live, after: recreated(live, after), uuid: null } };
  }
  const { type, options: before } = live;
  return { change: { ...baseOf(chain), kind: 'options', type, before, after, ownWork: true } };
}

/** A collection back to its former name. */
export function invertRename({ newest, earliest, steps }: Chain, input: InvertInput, isSame: SameCollection): Outcome {
  const found = earliest.found?.kind === 'named' ? earliest.found : null;
  const { collection: from } = newest.step;
  if (found === null || input.uuids[found.name] === found.uuid) return 'nothing';
  const state = input.observed.collections[from];
  const uuid = input.uuids[from] ?? null;
  if (state === undefined || !isSame(uuid, found.uuid) || input.observed.collections[found.name] !== undefined)
    return 'moved';
  const base = baseOf({ newest, earliest, steps });
  // Copied since, it will be another collection by then.
  const known = uuid === found.uuid ? uuid : null;
  return { change: { ...base, kind: 'rename', collection: found.name, from, state, uuid: known } };
}

/** A validator back to as the earliest step found it. */
export function invertValidator(chain: Chain, live: CollectionState | undefined): Outcome {
  const { newest, earliest } = chain;
  const [target, made] = [earliest.found, newest.made];
  if (live === undefined) return 'moved';
  const before = live.validator;
  if (newest.done && made?.kind === 'validator' && !sameValidator(made.validator, before)) return 'moved';
  const after = target?.kind === 'validator' ? target.validator : null;
  if (sameValidator(before, after)) return 'nothing';
  return { change: { ...baseOf(chain), kind: 'validator', before, after, ownWork: true } };
}

/** What was kept for a run is gone, because somebody forgot it, or its time was up. */
export function purged(
  what: string,
  { ref, purged: when }: RecordedStep,
  addresses: readonly string[],
): SchemactlError {
  return new SchemactlError(`${what} cannot be taken back: what run ${ref.run} kept for it was purged ${when ?? ''}.`, {
    code: 'SCH2022',
    exitCode: exitCodes.blocked,
    details: addresses.length === 1 ? [] : [...addresses],
    next: [`Go on without: ${addresses.map((address) => `--exclude ${shellWord(address)}`).join(' ')}`],
  });
}

function emptied(address: string): SchemactlError {
  return new SchemactlError(`"${address}" cannot be brought back: its trash was emptied.`, {
    code: 'SCH2005',
    exitCode: exitCodes.blocked,
    next: [`Go on without it: --exclude ${shellWord(address)}`],
  });
}

function liveIndex(collection: CollectionState | undefined, name: string | undefined): NamedIndex | null {
  const index = name === undefined ? undefined : collection?.indexes[name];
  return name === undefined || index === undefined ? null : { name, ...index };
}

const same = (a: NamedIndex | null, b: NamedIndex | null): boolean =>
  a === null || b === null ? a === b : a.name === b.name && sameIndex(a, b);

const indexBase = { kind: 'index', ownWork: true, bridge: null, dropsFirst: false } as const;

const seriesIn = (collection: CollectionState | undefined): Series | null =>
  seriesOf(collection?.options['timeseries']);

/** An index of a collection that is being dropped goes with it, whatever became of it. */
export function indexInDropped(chain: Chain, collection: CollectionState | undefined, version: string): Outcome {
  const meant = chain.newest.step.after as NamedIndex | null;
  const before = liveIndex(collection, meant?.name);
  if (before === null) return 'nothing';
  return {
    change: {
      ...baseOf(chain),
      ...indexBase,
      version,
      series: seriesIn(collection),
      before,
      after: null,
      route: 'in-place',
    },
  };
}

const allOf = (collection: CollectionState): readonly NamedIndex[] =>
  Object.entries(collection.indexes).map(([name, index]) => ({ name, ...index }));

/** An index that an earlier step of the chain made and that still stands, beside the one that goes on. */
function leftByOthers({ steps }: Chain, collection: CollectionState, target: NamedIndex | null): string | undefined {
  return steps
    .map(({ step }) => (step.after as NamedIndex | null)?.name)
    .find((name) => name !== undefined && name !== target?.name && collection.indexes[name] !== undefined);
}

const nameMade = ({ newest: { step } }: Chain): string | undefined => (step.after as NamedIndex | null)?.name;

/** The collection without the indexes that other chains made: one may have the name now that this chain's had before. */
function withoutThoseOf(chains: readonly Chain[], own: Chain, collection: CollectionState): CollectionState {
  const others = chains.filter(
    (chain) => chain !== own && chain.newest.step.collection === own.newest.step.collection && chain.newest.done,
  );
  const made = new Set(others.map(nameMade).filter((name) => name !== undefined && name !== nameMade(own)));
  if (made.size === 0) return collection;
  return { ...collection, indexes: record(Object.entries(collection.indexes).filter(([name]) => !made.has(name))) };
}

/** An index back to as the earliest step found it; the collection as it is, or as it will be once it is back. */
export function invertIndex(
  chain: Chain,
  whole: CollectionState | undefined,
  version: string,
  chains: readonly Chain[],
): Outcome {
  const { newest, earliest } = chain;
  if (whole === undefined) return 'moved';
  const collection = withoutThoseOf(chains, chain, whole);
  const target = indexOf(earliest.found);
  if (isBridge(target?.name ?? '')) return 'nothing';
  const meant = newest.step.after as NamedIndex | null;
  const live = liveIndex(collection, meant?.name ?? leftByOthers(chain, collection, target) ?? target?.name);
  const made = newest.done ? indexOf(newest.made) : live;
  if (newest.done && meant !== null && !same(made, live)) return 'moved';
  if (newest.done && meant === null && live?.name === target?.name && live !== null && !same(live, target))
    return 'moved';
  if (same(live, target)) return 'nothing';
  const targetIsThere = same(liveIndex(collection, target?.name), target);
  const after = targetIsThere ? null : target;
  if (live === null && after === null) return 'nothing';
  const base = { ...baseOf(chain), ...indexBase, version, series: seriesIn(whole) };
  if (live === null || after === null) return { change: { ...base, before: live, after, route: 'in-place' } };
  const all = allOf(whole);
  const { collection: at } = newest.step;
  const { hasRoom } = roomFor({ collection: at, live: all.length, building: 0, drops: 0, created: 0 });
  const mayBridge = whole.type !== 'timeseries' || since(version, '6.0.0');
  const surroundings = { explicit: after.name, generated: after.name, live: all, hasRoom, mayBridge, version };
  const { route, bridge } = chooseWay(live, after, surroundings);
  return { change: { ...base, before: live, after, route, bridge } };
}

/** Bridges that these steps, or a rollback of them, left standing where they were cut off: they go with what they stood in for. */
export function leftOverBridges(
  name: string,
  collection: CollectionState | undefined,
  version: string,
  steps: readonly RecordedStep[],
): readonly Change[] {
  const made = new Set(
    steps
      .filter(({ step }) => step.change === 'index' && step.collection === name)
      .flatMap(({ step, found }) => [step.after as NamedIndex | null, indexOf(found)])
      .flatMap((index) => (index === null ? [] : [bridgeName(index)])),
  );
  const bridges = collection === undefined ? [] : allOf(collection).filter((index) => made.has(index.name));
  return bridges.map((before) => ({
    ...indexBase,
    version,
    series: seriesIn(collection),
    address: addressOf.index(name, before.name),
    collection: name,
    milestone: null,
    reason: 'left-over',
    reverts: [],
    before,
    after: null,
    route: 'in-place',
  }));
}
