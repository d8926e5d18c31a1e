import type { CollectionType } from '../types.ts';
import { entriesAt, entryOf, flagAt, itemsAt, nodeAt, type YamlEntry, type YamlNode } from '../yaml/node.ts';
import type { Context } from './context.ts';
import { rewriteEntries } from './rewrites.ts';

/** Declarations that write documents, in nested fields and array items too. */
function rewritesIn(node: YamlNode): readonly YamlEntry[] {
  const own = rewriteEntries(node);
  const items = nodeAt(node, 'items');
  const inner = [...entriesAt(node, 'fields').map(({ value }) => value), ...(items === undefined ? [] : [items])];
  return [...own, ...inner.flatMap(rewritesIn)];
}

const nouns: Readonly<Record<CollectionType, string>> = {
  collection: 'a collection',
  view: 'a view',
  timeseries: 'a time series',
};

/** Parts of a collection's entry that a view or a time series cannot have (65; 72 and 166 of the server). */
const without: Readonly<Record<CollectionType, readonly string[]>> = {
  collection: [],
  view: ['indexes', 'validation', 'validator', 'renamedFrom'],
  timeseries: ['validation', 'validator', 'renamedFrom'],
};

function checkSeriesIndex(index: YamlNode, { report }: Context): void {
  const isText = ({ value }: YamlEntry): boolean => value.kind === 'scalar' && value.value === 'text';
  const refused = [
    flagAt(index, 'unique') ? entryOf(index, 'unique') : undefined,
    entryOf(index, 'expireAfterSeconds'),
    entriesAt(index, 'key').find(isText),
  ];
  const words = ['a unique index', 'a TTL index', 'a text index'];
  for (const [at, entry] of refused.entries()) {
    if (entry !== undefined) report('SCH2119', entry.key, `a time series cannot have ${words[at]}`);
  }
}

/** Reports what is declared of a view or a time series and only plain collections can have. */
export function checkKind(collection: YamlNode, type: CollectionType, context: Context): void {
  if (type === 'collection') return;
  for (const name of without[type]) {
    const entry = entryOf(collection, name);
    if (entry !== undefined) context.report('SCH2116', entry.key, `${nouns[type]} cannot have "${name}"`);
  }
  const populated = entriesAt(collection, 'links').flatMap(({ value }) => entryOf(value, 'populate') ?? []);
  const rewritten = entriesAt(collection, 'fields').flatMap(({ value }) => rewritesIn(value));
  for (const { name, key } of [...rewritten, ...populated]) {
    context.report('SCH2116', key, `"${name}" writes documents, and those of ${nouns[type]} cannot be rewritten`);
  }
  if (type === 'timeseries') for (const index of itemsAt(collection, 'indexes')) checkSeriesIndex(index, context);
}
