import type { LinkDeclaration } from '../state/types.ts';
import { type Doc, doc, docOf, int, type Value } from '../state/value.ts';

/** A value as a list: an array as it is, so that an empty one has no element; null for what is missing. */
const asList = (expression: string): Doc =>
  docOf({ $cond: [docOf({ $isArray: expression }), expression, [docOf({ $ifNull: [expression, null] })]] });

/**
 * Stages that yield `{ k, m }` for every value that stands at a path, arrays on the way and at its end element by
 * element (`m`: an array was there); null where it is missing. An empty array has no value.
 */
export function keysAt(path: string): readonly Value[] {
  const steps = path.split('.');
  return steps.flatMap((step, at) => {
    const value = at === 0 ? `$${step}` : `$k.${step}`;
    const isArray = docOf({ $isArray: value });
    const m = at === 0 ? isArray : docOf({ $or: ['$m', isArray] });
    return [docOf({ $project: docOf({ _id: int(0), k: asList(value), m }) }), docOf({ $unwind: '$k' })];
  });
}

const notNull = docOf({ $match: docOf({ k: docOf({ $ne: null }) }) });

/** The keys of the referring side, null only where it counts. */
function ownKeys({ field, optional }: LinkDeclaration): readonly Value[] {
  return [...keysAt(field), ...(optional ? [notNull] : [])];
}

const grouped = (more: Readonly<Record<string, Value>>): Doc =>
  docOf({ $group: docOf({ _id: '$k', m: docOf({ $max: '$m' }), ...more }) });

/**
 * Keys of a link's field that do not stand in the field that it references: `{ _id: key, n, m }` each. Both sides go
 * into one `$group`, which compares as the server does (collation, numbers by value) and spills to disk, so memory
 * stays flat. The referring side is read first: what it refers to was there before.
 */
export function orphanPipeline(link: LinkDeclaration): readonly Value[] {
  const { collection, field } = link.target;
  const theirs = [...keysAt(field), notNull, docOf({ $project: docOf({ k: int(1), t: docOf({ $literal: true }) }) })];
  return [
    ...ownKeys(link),
    docOf({ $set: docOf({ n: int(1) }) }),
    docOf({ $unionWith: docOf({ coll: collection, pipeline: theirs }) }),
    grouped({ n: docOf({ $sum: '$n' }), t: docOf({ $max: '$t' }) }),
    docOf({ $match: docOf({ t: null, n: docOf({ $gt: int(0) }) }) }),
  ];
}

/** The different keys of a link's field: `{ _id: key, n, m }` each, with how often it stands there. */
export function distinctKeys(link: LinkDeclaration): readonly Value[] {
  return [...ownKeys(link), grouped({ n: docOf({ $sum: int(1) }) })];
}

/** Those of these keys that stand in the field: `{ _id: key }` each. */
export function presentKeys(field: string, keys: readonly Value[]): readonly Value[] {
  return [docOf({ $match: anyOf(field, keys) }), ...keysAt(field), docOf({ $group: docOf({ _id: '$k' }) })];
}

/** A filter: documents that hold one of these values there. */
export const anyOf = (field: string, values: readonly Value[]): Doc => doc([field, docOf({ $in: values })]);
