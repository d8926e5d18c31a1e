import { canonicalCollation, collationWords } from '../../../state/canonical/collation.ts';
import { canonicalFilter } from '../../../state/canonical/filter.ts';
import { hasInnerAnd } from '../../../state/canonical/filter-tree.ts';
import { byValue } from '../../../state/canonical/number.ts';
import { canonicalProjection } from '../../../state/canonical/projection.ts';
import { showValue } from '../../../state/show.ts';
import { isDoc, isList, isScalar, toNumber, type Value } from '../../../state/value.ts';

/** Documents that share a key of a unique index, or that a TTL deletes. */
export type Risk = 'duplicate' | 'ttl-expiry';

/** How the server takes one option of an index. */
export interface IndexOption {
  /** The form in which two values are compared; undefined: the server's default, the same as an absent option. */
  readonly canonical: (value: Value) => Value | undefined;
  /** Two indexes that differ in it may coexist, from this server version on; null: never. */
  readonly inSignatureSince: string | null;
  /** The server version from which collMod brings one value to the other; undefined stands for an absent option; null: never. */
  readonly collModSince: (before: Value | undefined, after: Value | undefined) => string | null;
  /** What collMod is sent for an absent option. */
  readonly absent: Value | null;
  /** The first server that takes this value, where it is not 4.4. */
  readonly since: (value: Value) => string | null;
  /** What an index that holds more, or compares otherwise, by this option may do to documents, so that the plan counts them. */
  readonly risk: (before: Value | undefined, after: Value | undefined) => readonly Risk[];
  /** How a person says it. */
  readonly wording: (value: Value) => string;
}

const never = (): null => null;
const flag = (value: Value): Value | undefined => (value === true ? true : undefined);
const unless =
  (standard: Value) =>
  (value: Value): Value | undefined => {
    const own = byValue(value);
    return own === standard || (isScalar(own) && toNumber(own) === toNumber(standard)) ? undefined : own;
  };
const number = (text: string): Value => ({ type: 'int', text });
const textOf = (value: Value): string => (isScalar(value) ? value.text : String(value));

/** How long documents live: for ever without a TTL. */
const secondsOf = (value: Value | undefined): number => toNumber(value) ?? Infinity;

const plain: IndexOption = {
  canonical: (value) => value,
  inSignatureSince: null,
  collModSince: never,
  absent: null,
  since: never,
  risk: () => [],
  wording: () => '…',
};

/** Before 6.0 a TTL had to be less than the seconds since 1970 (67); this many had passed in 2023. */
const secondsSince1970 = 1_700_000_000;

const richOperators = new Set(['$or', '$in', '$geoWithin', '$within', '$geoIntersects']);

const holdsRich = (value: Value): boolean => {
  if (isList(value)) return value.some(holdsRich);
  return isDoc(value) && [...value].some(([name, inner]) => richOperators.has(name) || holdsRich(inner));
};

/** Filters could hold no more than `$and` at the top and comparisons before 6.0 (manual, "Partial Indexes"; seen). */
const filterSince = (filter: Value): string | null =>
  isDoc(filter) && (hasInnerAnd(filter) || holdsRich(filter)) ? '6.0.0' : null;

/**
 * One row an option (manual "createIndexes", "collMod"; signature: server 5.0, key and collation alone before).
 * An option without a row is kept and compared as it is listed, and rebuilt to change.
 */
export const indexOptions: Readonly<Record<string, IndexOption>> = {
  unique: {
    ...plain,
    canonical: flag,
    inSignatureSince: '5.0.0',
    collModSince: (before, after) => (before === undefined && after === true ? '6.0.0' : null),
    risk: (before, after) => (after === true && before !== true ? ['duplicate'] : []),
    wording: () => 'unique',
  },
  sparse: {
    ...plain,
    canonical: flag,
    inSignatureSince: '5.0.0',
    risk: (_, after) => (after === true ? [] : ['duplicate']),
    wording: () => 'sparse',
  },
  hidden: { ...plain, canonical: flag, collModSince: () => '4.4.0', absent: false, wording: () => 'hidden' },
  /** Left on by a conversion to unique that did not finish. */
  prepareUnique: {
    ...plain,
    canonical: flag,
    collModSince: () => '6.0.0',
    absent: false,
    wording: () => 'refusing duplicates',
  },
  expireAfterSeconds: {
    ...plain,
    canonical: byValue,
    since: (value) => ((toNumber(value) ?? 0) >= secondsSince1970 ? '6.0.0' : null),
    collModSince: (before, after) => (after === undefined ? null : before === undefined ? '5.1.0' : '4.4.0'),
    risk: (before, after) => (secondsOf(after) < secondsOf(before) ? ['ttl-expiry'] : []),
    wording: (value) => `TTL ${textOf(value)} s`,
  },
  partialFilterExpression: {
    ...plain,
    canonical: canonicalFilter,
    inSignatureSince: '5.0.0',
    since: filterSince,
    risk: () => ['duplicate', 'ttl-expiry'],
    wording: (value) => `where ${showValue(value)}`,
  },
  wildcardProjection: {
    ...plain,
    canonical: canonicalProjection,
    inSignatureSince: '5.0.0',
    wording: (value) => `projection ${showValue(value)}`,
  },
  collation: {
    ...plain,
    canonical: canonicalCollation,
    inSignatureSince: '4.4.0',
    risk: () => ['duplicate'],
    wording: (value) => `collation ${collationWords(value)}`,
  },
  weights: { ...plain, wording: (value) => `weights ${showValue(value)}` },
  default_language: { ...plain, canonical: unless('english'), wording: (value) => `language ${textOf(value)}` },
  language_override: { ...plain, canonical: unless('language'), wording: (value) => `language in ${textOf(value)}` },
  bits: { ...plain, canonical: unless(number('26')), wording: (value) => `${textOf(value)} bits` },
  min: { ...plain, canonical: unless(number('-180')), wording: (value) => `from ${textOf(value)}` },
  max: { ...plain, canonical: unless(number('180')), wording: (value) => `to ${textOf(value)}` },
  storageEngine: { ...plain, wording: (value) => `storage engine ${showValue(value)}` },
  /** What the server writes of its own accord, and takes back as it lists it. */
  textIndexVersion: { ...plain, canonical: () => undefined, wording: () => '' },
  '2dsphereIndexVersion': { ...plain, canonical: () => undefined, wording: () => '' },
};

export function optionRow(name: string): IndexOption {
  return indexOptions[name] ?? plain;
}
