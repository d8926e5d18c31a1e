import type { LedgerEntry } from '../../src/planner/contract.ts';
import type { DatabaseState, IndexState } from '../../src/state/types.ts';
import { isScalar, type Value } from '../../src/state/value.ts';
import { type IndexModel, labelOf, type SchemaModel } from '../support/generators.ts';

/**
 * The differ said again, slowly: every declared index beside every live one, judged by a list of reasons.
 * Knows nothing of the planner but the words of its actions.
 */

const show = (value: Value | undefined): string =>
  value === undefined ? '-' : isScalar(value) ? `${value.type} ${value.text}` : JSON.stringify(value);

interface Index {
  readonly key: string;
  readonly unique: string;
  readonly sparse: string;
  readonly hidden: string;
  readonly ttl: string;
}

function ofState({ key, options }: IndexState): Index {
  const { unique, sparse, hidden, expireAfterSeconds } = options as Readonly<Record<string, Value | undefined>>;
  return {
    key: key.map(([path, direction]) => `${path} ${show(direction)}`).join(),
    unique: show(unique),
    sparse: show(sparse),
    hidden: show(hidden),
    ttl: show(expireAfterSeconds),
  };
}

function ofModel({ key, on, ttl }: IndexModel): Index {
  const option = (name: 'unique' | 'sparse' | 'hidden'): string => (on.includes(name) ? 'true' : '-');
  return {
    key: key.map(([path, direction]) => `${path} int ${direction}`).join(),
    unique: option('unique'),
    sparse: option('sparse'),
    hidden: option('hidden'),
    ttl: ttl === null ? '-' : `int ${ttl}`,
  };
}

const sameSignature = (a: Index, b: Index): boolean =>
  a.key === b.key && a.unique === b.unique && a.sparse === b.sparse;
const same = (a: Index, b: Index): boolean => sameSignature(a, b) && a.hidden === b.hidden && a.ttl === b.ttl;

const quoted = (name: string): string => (name.includes('.') ? `[${JSON.stringify(name)}]` : name);
const generatedName = (model: IndexModel): string => labelOf({ ...model, name: null });

interface Live {
  readonly name: string;
  readonly index: Index;
}

/** Whether a live index is left to what takes its key over: alone of its key, and under no name that stays. */
function isLeft(name: string, models: readonly IndexModel[], all: readonly Live[], seen: readonly string[]): boolean {
  const key = all.find((one) => one.name === name)?.index.key;
  if (all.filter(({ index }) => index.key === key).length > 1) return false;
  return models.some((model) => {
    if (ofModel(model).key !== key) return false;
    const own = model.name !== null && all.some((one) => one.name === model.name) ? model.name : null;
    return own === null || (!seen.includes(own) && isLeft(own, models, all, [...seen, own]));
  });
}

/** How well a live index stands for a declared one: the lower the better; null: not at all. */
function fit(
  model: IndexModel,
  remembered: string | null,
  { name, index: live }: Live,
  models: readonly IndexModel[],
  all: readonly Live[],
): number | null {
  const wanted = ofModel(model);
  const stays = wanted.key === live.key || !isLeft(name, models, all, [name]);
  const reasons = [
    model.name === name && stays,
    remembered === name && stays,
    generatedName(model) === name && same(wanted, live),
    same(wanted, live),
    generatedName(model) === name && wanted.key === live.key,
    sameSignature(wanted, live),
    wanted.key === live.key && models.some((other) => other.name === name && other.name !== model.name),
  ];
  const at = reasons.indexOf(true);
  return at < 0 ? null : at;
}

function actionOn(model: IndexModel, { name, index: live }: Live, models: readonly IndexModel[]): string | null {
  const wanted = ofModel(model);
  const keepsName = model.name === null ? !models.some((other) => other.name === name) : model.name === name;
  if (keepsName && same(wanted, live)) return null;
  const ttlInPlace = wanted.ttl === live.ttl || wanted.ttl !== '-';
  const uniqueInPlace = wanted.unique === live.unique || wanted.unique === 'true';
  const alike = wanted.key === live.key && wanted.sparse === live.sparse && uniqueInPlace && ttlInPlace;
  return keepsName && alike ? 'update' : 'replace';
}

export function referenceDiff(
  model: SchemaModel,
  observed: DatabaseState,
  ledger: ReadonlyMap<string, LedgerEntry>,
  definitionOf: (address: string) => string | undefined,
): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { name: collection, fields, indexes } of model) {
    const address = (index: IndexModel): string => `${quoted(collection)}.indexes.${labelOf(index)}`;
    const state = observed.collections[collection];
    if (state === undefined) found.add(`create ${quoted(collection)}`);
    else {
      for (const { path } of fields) {
        const at = `${quoted(collection)}.fields.${path.join('.')}`;
        if (ledger.get(at)?.definition !== definitionOf(at)) found.add(`write ${at}`);
      }
    }
    const live = Object.entries(state?.indexes ?? {}).map(([name, index]) => ({ name, index: ofState(index) }));
    const pairs = indexes
      .flatMap((wanted) =>
        live.map((one) => {
          const remembered = ledger.get(address(wanted))?.live ?? null;
          return { wanted, one, rank: fit(wanted, remembered, one, indexes, live) };
        }),
      )
      .filter(({ rank }) => rank !== null)
      .sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0) || (address(a.wanted) < address(b.wanted) ? -1 : 1));
    const taken = new Map<IndexModel, (typeof live)[number]>();
    for (const { wanted, one } of pairs) {
      if (!taken.has(wanted) && ![...taken.values()].includes(one)) taken.set(wanted, one);
    }
    for (const wanted of indexes) {
      const one = taken.get(wanted);
      const action = one === undefined ? 'create' : actionOn(wanted, one, indexes);
      if (action !== null) found.add(`${action} ${address(wanted)}`);
    }
    const declared = new Set(indexes.map(address));
    for (const entry of ledger.values()) {
      const isGone = entry.kind === 'index' && entry.collection === collection && !declared.has(entry.address);
      const isThere = live.some((one) => one.name === entry.live && ![...taken.values()].includes(one));
      if (isGone && isThere) found.add(`delete ${entry.address}`);
    }
  }
  for (const entry of ledger.values()) {
    const isGone = entry.kind === 'collection' && model.every(({ name }) => name !== entry.collection);
    if (isGone && observed.collections[entry.collection] !== undefined) found.add(`delete ${entry.address}`);
  }
  return found;
}
