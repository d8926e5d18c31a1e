import { type Doc, doc, docOf, int, type Value } from '../state/value.ts';
import { countsAll, countsNone, type Nulls, type Reference } from './reference.ts';

const every: Nulls = { alone: true, missing: true, item: true };

/** A value as a list: an array as it is, so that an empty one has no element; null for what is missing. */
const asList = (expression: string): Doc =>
  docOf({ $cond: [docOf({ $isArray: expression }), expression, [docOf({ $ifNull: [expression, null] })]] });

const listIf = (counts: boolean): readonly Value[] => (counts ? [null] : []);

/** The same, of what holds no value only what counts. */
function asCounted(expression: string, { alone, missing, item }: Nulls): Doc {
  const present = docOf({ input: expression, cond: docOf({ $ne: ['$$this', null] }) });
  const elements = item ? expression : docOf({ $filter: present });
  const isMissing = docOf({ $eq: [docOf({ $type: expression }), 'missing'] });
  const isNull = docOf({ $eq: [expression, null] });
  const branches = [
    docOf({ case: docOf({ $isArray: expression }), then: elements }),
    docOf({ case: isMissing, then: listIf(missing) }),
    docOf({ case: isNull, then: listIf(alone) }),
  ];
  return docOf({ $switch: docOf({ branches, default: [expression] }) });
}

/**
 * Stages that yield `{ k, m }` for every value that stands at a path, arrays on the way and at its end element by
 * element (`m`: an array was there); null where it is missing. An empty array has no value, and the element of an array that
 * is an array itself is one value.
 */
export function keysAt(path: string, nulls = every, id: 0 | 1 = 0): readonly Value[] {
  const steps = path.split('.');
  return steps.flatMap((step, at) => {
    const value = at === 0 ? `$${step}` : `$k.${step}`;
    const isArray = docOf({ $isArray: value });
    const m = at === 0 ? isArray : docOf({ $or: ['$m', isArray] });
    const isLast = at === steps.length - 1;
    const k = isLast && !countsAll(nulls) ? asCounted(value, nulls) : asList(value);
    return [docOf({ $project: docOf({ _id: int(id), k, m }) }), docOf({ $unwind: '$k' })];
  });
}

const notNull = docOf({ $match: docOf({ k: docOf({ $ne: null }) }) });

/** The keys of the referring side, null only where it counts. */
function ownKeys({ link: { field }, nulls }: Reference, id: 0 | 1 = 0): readonly Value[] {
  return countsNone(nulls) ? [...keysAt(field, every, id), notNull] : keysAt(field, nulls, id);
}

const grouped = (more: Readonly<Record<string, Value>>): Doc =>
  docOf({ $group: docOf({ _id: '$k', m: docOf({ $max: '$m' }), ...more }) });

/**
 * Keys of a link's field that do not stand in the field that it references: `{ _id: key, n, m }` each. Both sides go
 * into one `$group`, which compares as the server does (collation, numbers by value) and spills to disk, so memory
 * stays flat. The referring side is read first: what it refers to was there before.
 */
export function orphanPipeline(reference: Reference): readonly Value[] {
  const { collection, field } = reference.link.target;
  const theirs = [...keysAt(field), notNull, docOf({ $project: docOf({ k: int(1), t: docOf({ $literal: true }) }) })];
  return [
    ...ownKeys(reference),
    docOf({ $set: docOf({ n: int(1) }) }),
    docOf({ $unionWith: docOf({ coll: collection, pipeline: theirs }) }),
    grouped({ n: docOf({ $sum: '$n' }), t: docOf({ $max: '$t' }) }),
    docOf({ $match: docOf({ t: null, n: docOf({ $gt: int(0) }) }) }),
  ];
}

/** The different keys of a link's field: `{ _id: key, n, m }` each, with how often it stands there. */
export function distinctKeys(reference: Reference): readonly Value[] {
  return [...ownKeys(reference), grouped({ n: docOf({ $sum: int(1) }) })];
}

/** Those of these keys that stand in the field: `{ _id: key }` each. */
export function presentKeys(field: string, keys: readonly Value[]): readonly Value[] {
  return [docOf({ $match: anyOf(field, keys) }), ...keysAt(field), docOf({ $group: docOf({ _id: '$k' }) })];
}

/** A filter: documents that may hold one of these values there; `$in` takes an array for its elements too. */
const anyOf = (field: string, values: readonly Value[]): Doc => doc([field, docOf({ $in: values })]);

/** Those documents for which the field holds no value that counts: `{ n }`, or nothing. */
export function nullsPipeline(reference: Reference): readonly Value[] {
  return [docOf({ $match: anyOf(reference.link.field, [null]) }), ...ownKeys(reference), docOf({ $count: 'n' })];
}

/**
 * `{ _id, k }` for every one of these keys that a document refers to. A query for null does not find all that a path through
 * arrays misses, so those are looked for in every document.
 */
export function holdersPipeline(reference: Reference, keys: readonly Value[]): readonly Value[] {
  const { field } = reference.link;
  const mayBeMissed = field.includes('.') && keys.includes(null);
  const isOne = docOf({ $in: ['$k', docOf({ $literal: keys })] });
  return [
    ...(mayBeMissed ? [] : [docOf({ $match: anyOf(field, keys) })]),
    ...ownKeys(reference, 1),
    docOf({ $match: docOf({ $expr: isOne }) }),
  ];
}
