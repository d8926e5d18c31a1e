import { canonicalCollation, collationWords } from '../../../state/canonical/collation.ts';
import { byValue } from '../../../state/canonical/number.ts';
import { docOf, equalValues, int, isDoc, isList, toNumber, type Value } from '../../../state/value.ts';
import { since } from '../../versions.ts';

export type Options = Readonly<Record<string, Value>>;

/** How the server takes one option of a collection. */
interface CollectionOption {
  /** The form in which two values are compared; undefined: the server's default, the same as an absent option. */
  readonly canonical: (value: Value) => Value | undefined;
  /** The server version from which collMod brings one value to the other; null: only a new collection has it. */
  readonly collModSince: (before: Value | undefined, after: Value | undefined) => string | null;
  /** What collMod is sent; undefined stands for an absent option. */
  readonly collMod: (after: Value | undefined) => readonly (readonly [name: string, value: Value])[];
  /** The first server that takes this value, where it is not 4.4. */
  readonly since: (value: Value) => string | null;
  /** How a person says it. */
  readonly wording: (value: Value) => string;
}

const plain: CollectionOption = {
  canonical: (value) => value,
  collModSince: () => null,
  collMod: () => [],
  since: () => null,
  wording: () => '',
};

/** The server keeps a capped size as the next multiple of 256, and at least 4096 (4.4 to 6.0). */
function roundedSize(value: Value): Value {
  const size = toNumber(value);
  return size === undefined
    ? value
    : byValue({ type: 'long', text: String(Math.max(4096, Math.ceil(size / 256) * 256)) });
}

/** 0 and less mean no limit, which is listed as 2147483647 once it was set. */
function limitOf(value: Value): Value | undefined {
  const most = toNumber(value) ?? 0;
  return most <= 0 || most >= 2147483647 ? undefined : byValue(value);
}

const granularities = ['seconds', 'minutes', 'hours'];
/** What the server fills in for a granularity, in seconds. */
const spans: Readonly<Record<string, number>> = { seconds: 3600, minutes: 86_400, hours: 2_592_000 };

function seriesOf(value: Value): Value {
  if (!isDoc(value)) return value;
  const granularity = String(value.get('granularity') ?? 'seconds');
  const own = [...value].filter(
    ([name, part]) =>
      name !== 'granularity' && !(name === 'bucketMaxSpanSeconds' && toNumber(part) === spans[granularity]),
  );
  return new Map<string, Value>([
    ...own.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, part]) => [name, byValue(part)] as const),
    ['granularity', granularity],
  ]);
}

/** What a time series says beside its granularity, and the span that follows from it. */
function restOf(value: Value | undefined): Value {
  const series = value === undefined ? null : seriesOf(value);
  return isDoc(series) ? new Map([...series].filter(([part]) => part !== 'granularity')) : null;
}

const granularityOf = (value: Value | undefined): string =>
  isDoc(value) ? String(value.get('granularity') ?? 'seconds') : '';

/** Granularity alone can be changed, and only upward (72). */
function raisesGranularity(before: Value | undefined, after: Value | undefined): boolean {
  const ups = granularities.indexOf(granularityOf(after)) > granularities.indexOf(granularityOf(before));
  return ups && equalValues(restOf(before), restOf(after));
}

/** Spans other than those of a granularity (5510500), and rounding (40415), are newer than 6.0. */
function hasOwnSpan(value: Value): boolean {
  const series = seriesOf(value);
  return isDoc(series) && (series.has('bucketMaxSpanSeconds') || series.has('bucketRoundingSeconds'));
}

function clusteredOf(value: Value): Value | undefined {
  if (!isDoc(value)) return undefined;
  return docOf({ name: value.get('name') ?? '_id_' });
}

const images = (value: Value | undefined): boolean => isDoc(value) && value.get('enabled') === true;

/** One row an option (manual "create", "collMod"; seen on 4.4.2, 5.0.4, 6.0.5, 6.0.27). An option without a row needs a new collection. */
export const collectionOptions: Readonly<Record<string, CollectionOption>> = {
  capped: { ...plain, canonical: (value) => (value === true ? true : undefined), wording: () => 'capped' },
  size: {
    ...plain,
    canonical: roundedSize,
    collModSince: (before, after) => (before === undefined || after === undefined ? null : '6.0.0'),
    collMod: (after) => [['cappedSize', after ?? int(4096)]],
    wording: (value) => `${toNumber(value) ?? ''} bytes`,
  },
  max: {
    ...plain,
    canonical: limitOf,
    collModSince: () => '6.0.0',
    collMod: (after) => [['cappedMax', after ?? int(0)]],
    wording: (value) => `at most ${toNumber(value) ?? ''} documents`,
  },
  clusteredIndex: { ...plain, canonical: clusteredOf, since: () => '5.3.0', wording: () => 'clustered' },
  timeseries: {
    ...plain,
    canonical: seriesOf,
    collModSince: (before, after) => (raisesGranularity(before, after) ? '5.0.0' : null),
    collMod: (after) => [['timeseries', docOf({ granularity: granularityOf(after) })]],
    since: (value) => (hasOwnSpan(value) ? '6.3.0' : '5.0.0'),
    wording: (value) => `time series by ${granularityOf(value)}`,
  },
  collation: {
    ...plain,
    canonical: canonicalCollation,
    wording: (value) => `collation ${collationWords(value)}`,
  },
  changeStreamPreAndPostImages: {
    ...plain,
    canonical: (value) => (images(value) ? true : undefined),
    collModSince: () => '6.0.0',
    collMod: (after) => [['changeStreamPreAndPostImages', docOf({ enabled: images(after) })]],
    since: () => '5.3.0',
    wording: (value) => (images(value) ? 'keeps images for change streams' : ''),
  },
  recordPreImages: {
    ...plain,
    canonical: (value) => (value === true ? true : undefined),
    collModSince: () => '4.4.0',
    collMod: (after) => [['recordPreImages', after === true]],
    wording: () => 'records pre-images',
  },
  expireAfterSeconds: {
    ...plain,
    canonical: (value) => (value === 'off' ? undefined : byValue(value)),
    collModSince: () => '5.0.0',
    collMod: (after) => [['expireAfterSeconds', after ?? 'off']],
    since: () => '5.0.0',
    wording: (value) => `TTL ${toNumber(value) ?? ''} s`,
  },
  viewOn: {
    ...plain,
    collModSince: () => '4.4.0',
    collMod: (after) => [['viewOn', after ?? '']],
    wording: (value) => `a view on ${String(value)}`,
  },
  pipeline: {
    ...plain,
    canonical: (value) => (isList(value) && value.length === 0 ? undefined : value),
    collModSince: () => '4.4.0',
    collMod: (after) => [['pipeline', after ?? []]],
    wording: (value) => `pipeline of ${isList(value) ? value.length : 0}`,
  },
};

export const collectionOption = (name: string): CollectionOption => collectionOptions[name] ?? plain;

/** Names of the options in which two collections differ, of those that `names` asks for, sorted. */
export function differingCollectionOptions(
  before: Options,
  after: Options,
  names: Iterable<string>,
): readonly string[] {
  return [...new Set(names)].sort().filter((name) => {
    const { canonical } = collectionOption(name);
    const form = (options: Options): Value | undefined => {
      const value = options[name];
      return value === undefined ? undefined : canonical(value);
    };
    const [old, wanted] = [form(before), form(after)];
    return old === undefined || wanted === undefined ? old !== wanted : !equalValues(old, wanted);
  });
}

export const allNames = (a: Options, b: Options): readonly string[] => [...Object.keys(a), ...Object.keys(b)];

export function sameOptions(a: Options, b: Options): boolean {
  return differingCollectionOptions(a, b, allNames(a, b)).length === 0;
}

/** Whether collMod alone brings one collection's options to another's on this server. */
export function isModifiable(before: Options, after: Options, names: readonly string[], version: string): boolean {
  return names.every((name) => since(version, collectionOption(name).collModSince(before[name], after[name])));
}

/** Options in words, for a line of a plan. */
export function optionWords(options: Options): string {
  return Object.entries(options)
    .map(([name, value]) => collectionOption(name).wording(value))
    .filter((words) => words !== '')
    .join(', ');
}
