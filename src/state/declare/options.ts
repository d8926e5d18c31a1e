import type { CollectionType } from '../types.ts';
import { type Doc, doc, int, type Value, whole } from '../value.ts';
import { toDoc, toValue } from '../yaml/extended.ts';
import { entryOf, nodeAt, textAt, wholeAt, type YamlNode } from '../yaml/node.ts';
import type { Report } from '../yaml/place.ts';
import { checkStages } from './check.ts';
import { readCollation } from './collation.ts';
import type { Context } from './context.ts';
import { checkCombinations } from './option-rules.ts';
import { checkReadOnly } from './read-only.ts';

type ReadOption = (node: YamlNode, report: Report) => Value | undefined;

const flag: ReadOption = (node) => (node.kind === 'scalar' && typeof node.value === 'boolean' ? node.value : undefined);
const text: ReadOption = (node) => (node.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined);
const map: ReadOption = (node, report) => (node.kind === 'map' ? toDoc(node, report) : undefined);

const wholeNumber = (node: YamlNode, name: string): Value | undefined => {
  const value = wholeAt(node, name);
  return value === undefined ? undefined : whole(value);
};

/** A map with known parts, those that are written in one order. */
const parts = (...members: readonly (readonly [name: string, value: Value | undefined])[]): Doc =>
  new Map(members.filter((member): member is readonly [string, Value] => member[1] !== undefined));

const readTimeseries: ReadOption = (node) =>
  parts(
    ['timeField', textAt(node, 'timeField')],
    ['metaField', textAt(node, 'metaField')],
    ['granularity', textAt(node, 'granularity')],
    ['bucketMaxSpanSeconds', wholeNumber(node, 'bucketMaxSpanSeconds')],
    ['bucketRoundingSeconds', wholeNumber(node, 'bucketRoundingSeconds')],
  );

/** Its key and `unique` can be nothing else; `v` is the server's. */
const readClusteredIndex: ReadOption = (node) =>
  parts(['key', doc(['_id', int(1)])], ['name', textAt(node, 'name')], ['unique', true]);

const readImages: ReadOption = (node, report) => {
  const enabled = nodeAt(node, 'enabled');
  return parts(['enabled', enabled === undefined ? undefined : flag(enabled, report)]);
};

const inMap =
  (read: ReadOption): ReadOption =>
  (node, report) =>
    node.kind === 'map' ? read(node, report) : undefined;

/** How each option is read; false is kept, since it declares that the option is off. */
const readers: Readonly<Record<string, ReadOption>> = {
  capped: flag,
  storageEngine: map,
  indexOptionDefaults: map,
  collation: (node) => readCollation(node),
  clusteredIndex: inMap(readClusteredIndex),
  timeseries: inMap(readTimeseries),
  changeStreamPreAndPostImages: inMap(readImages),
  recordPreImages: flag,
  viewOn: text,
  expireAfterSeconds: (node) => (node.kind === 'scalar' && node.value === 'off' ? node.value : undefined),
  pipeline: (node, report) => (node.kind === 'list' ? toValue(node, report) : undefined),
};

const numbers = ['size', 'max', 'expireAfterSeconds'] as const;

/** What a collection's entry makes of it: a view, a time series or a plain collection. */
export function typeOf(collection: YamlNode): CollectionType {
  const options = nodeAt(collection, 'options');
  if (entryOf(options, 'viewOn') !== undefined) return 'view';
  return entryOf(options, 'timeseries') === undefined ? 'collection' : 'timeseries';
}

/**
 * The options of a collection as they are written, by name and sorted: the order of a file shows nowhere.
 * Whole numbers are int or long, collations have no version. Findings are reported.
 */
export function readOptions(name: string, collection: YamlNode, context: Context): Readonly<Record<string, Value>> {
  const options = nodeAt(collection, 'options');
  if (options === undefined) return {};
  checkCombinations(name, options, typeOf(collection), context);
  checkStages(options, context);
  const pipeline = nodeAt(options, 'pipeline');
  if (pipeline !== undefined) checkReadOnly(pipeline, 'a view', context);
  const read = Object.entries(readers).map(([option, reader]) => {
    const node = nodeAt(options, option);
    return [option, node === undefined ? undefined : reader(node, context.report)] as const;
  });
  const written = [...read, ...numbers.map((option) => [option, wholeNumber(options, option)] as const)]
    .filter((entry): entry is readonly [string, Value] => entry[1] !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(written);
}
