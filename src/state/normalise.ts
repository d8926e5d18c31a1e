import { simpleCollation } from './canonical/collation.ts';
import type { CollectionState, CollectionType, IndexKey, IndexState } from './types.ts';
import { type Doc, int, isDoc, toNumber, type Value } from './value.ts';

/** What listIndexes shows beside the options proper: its own version, and what was only said when it was built. */
const notOptions = new Set(['key', 'name', 'v', 'ns', 'background', 'dropDups']);

/** Options whose `false` is the server's default; `sparse: false` is stored and listed (4.4 to 6.0). */
const falseIsAbsent = new Set(['unique', 'sparse', 'hidden', 'prepareUnique']);

/** Whole numbers compare by value whatever their type, so they all become int. */
export function canonicalDirection(direction: Value): Value {
  const value = toNumber(direction);
  return value !== undefined && Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? int(value) : direction;
}

export function canonicalKey(key: Doc): IndexKey {
  return [...key].map(([field, direction]) => [field, canonicalDirection(direction)] as const);
}

/** One entry of listIndexes as a named index. */
export function indexFromListing(spec: Doc): { readonly name: string; readonly index: IndexState } {
  const key = spec.get('key');
  const options = Object.create(null) as Record<string, Value>;
  for (const [name, value] of spec) {
    const isOption = !notOptions.has(name) && !(falseIsAbsent.has(name) && value === false);
    if (isOption) options[name] = canonicalOption(name, value);
  }
  return { name: String(spec.get('name')), index: { key: isDoc(key) ? canonicalKey(key) : [], options } };
}

/** TTLs are listed as int, long or double by version and age (4.4 keeps what was sent). */
function canonicalOption(name: string, value: Value): Value {
  return name === 'expireAfterSeconds' ? canonicalDirection(value) : value;
}

const isValidation = new Set(['validator', 'validationLevel', 'validationAction']);

/** Level strict and action error are the defaults, listed for ever once a validator was there. */
function validatorOf(options: Doc): Doc | null {
  const rule = options.get('validator');
  if (!isDoc(rule) || rule.size === 0) return null;
  return new Map<string, Value>([
    ['rule', rule],
    ['level', options.get('validationLevel') ?? 'strict'],
    ['action', options.get('validationAction') ?? 'error'],
  ]);
}

/** In a collection with a collation, an index that lists none is simple, and must say so to be built again as it is. */
function replayable({ key, options }: IndexState, collection: Doc): IndexState {
  if (!collection.has('collation') || 'collation' in options) return { key, options };
  return { key, options: { ...options, collation: simpleCollation } };
}

/** One entry of listCollections, with its indexes, as a collection's state. */
export function collectionFromListing(
  info: Doc,
  indexes: readonly { readonly name: string; readonly index: IndexState }[],
): CollectionState {
  const options = info.get('options');
  const listed = isDoc(options) ? options : new Map<string, Value>();
  const sorted = [...indexes].filter(({ name }) => name !== '_id_').sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    type: info.get('type') as CollectionType,
    options: record([...listed].filter(([name]) => !isValidation.has(name) && name !== 'uuid')),
    validator: validatorOf(listed),
    indexes: record(sorted.map(({ name, index }) => [name, replayable(index, listed)] as const)),
  };
}

/** A record without a prototype, so that no name a server may hold is special. */
export function record<T>(entries: Iterable<readonly [string, T]>): Readonly<Record<string, T>> {
  const result = Object.create(null) as Record<string, T>;
  for (const [name, value] of entries) result[name] = value;
  return result;
}
