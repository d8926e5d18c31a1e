import { filterDepth } from '../canonical/filter-tree.ts';
import type { CollectionType, IndexKey } from '../types.ts';
import { isDoc, toNumber, type Value } from '../value.ts';
import { entryOf, flagAt, type YamlEntry, type YamlNode } from '../yaml/node.ts';
import type { Place, Report } from '../yaml/place.ts';
import { isCollated } from './collation.ts';
import type { Context } from './context.ts';
import { checkPartialFilter } from './filter.ts';
import { checkReadOnly } from './read-only.ts';
import { checkProjection, checkRegion, checkTextOptions } from './index-values.ts';

/** The server's limit of fields in one index. */
const maxKeyFields = 32;

const isWild = (field: string): boolean => field === '$**' || field.endsWith('.$**');

/** The special kinds in a key, each once: `text`, `2d`, `2dsphere`, `hashed`. */
const kindsOf = (key: IndexKey): readonly string[] => [
  ...new Set(key.map(([, direction]) => direction).filter((direction) => typeof direction === 'string')),
];

/** What an index is: one of the special kinds, or `wildcard`, or `plain`. */
export function indexKind(key: IndexKey): string {
  return kindsOf(key)[0] ?? (key.some(([field]) => isWild(field)) ? 'wildcard' : 'plain');
}

const positions = (key: IndexKey, kind: string): readonly number[] =>
  key.flatMap(([, direction], at) => (direction === kind ? [at] : []));

function keyProblem(key: IndexKey): string | null {
  const kinds = kindsOf(key);
  if (key.length > maxKeyFields) return `an index has at most ${maxKeyFields} fields, this one has ${key.length}`;
  if (kinds.length > 1) return `an index is of one kind, and this one mixes ${kinds.join(' and ')}`;
  const at = positions(key, kinds[0] ?? '');
  if (kinds[0] === 'hashed' && at.length > 1) return 'only one field of an index can be hashed';
  if (kinds[0] === '2d' && (at.length > 1 || at[0] !== 0)) return '2d stands first in an index, and only there';
  const isSpread = (at.at(-1) ?? 0) - (at[0] ?? 0) >= at.length;
  if (kinds[0] === 'text' && isSpread) return 'the text fields of an index must stand side by side';
  const wild = key.find(([field, direction]) => isWild(field) && typeof direction === 'string');
  if (wild !== undefined && (kinds[0] !== 'text' || wild[0] !== '$**')) return `"${wild[0]}" cannot be ${kinds[0]}`;
  if (indexKind(key) !== 'wildcard') return null;
  if (key.length > 1) return 'a wildcard index has one field';
  return (toNumber(key[0]?.[1]) ?? 1) < 0 ? 'a wildcard index cannot be descending' : null;
}

/** The server cuts fractions off before it looks (2; seen). A time series has no index on _id of its own (6.0). */
function isOwnId(key: IndexKey, type: CollectionType): boolean {
  const [field, direction] = key[0] ?? [];
  return (
    type !== 'timeseries' && key.length === 1 && field === '_id' && Math.abs(Math.trunc(toNumber(direction) ?? 0)) === 1
  );
}

/** Reports a key that no server accepts (4.4 to 6.0; seen), so that it is said before connecting. */
export function checkKey(node: YamlNode, key: IndexKey, type: CollectionType, { report }: Context): void {
  const place = entryOf(node, 'key')?.key ?? node;
  const problem = keyProblem(key);
  if (problem !== null) report('SCH2119', place, problem);
  if (isOwnId(key, type)) {
    report('SCH2119', place, 'the index on _id is always there and cannot be declared', 'leave it out');
  }
}

/** Options that mean something to one kind of index only. */
const belongs: readonly (readonly [kind: string, options: readonly string[]])[] = [
  ['text', ['weights', 'default_language', 'language_override']],
  ['2d', ['bits', 'min', 'max']],
];

const refusedOnWildcard = ['unique', 'sparse', 'expireAfterSeconds'] as const;

function checkTtl(entry: YamlEntry, key: IndexKey, kind: string, report: Report): void {
  const [first] = key;
  if (key.length !== 1 || first?.[0] === '_id') {
    report('SCH2119', entry.key, 'expireAfterSeconds needs an index on one field other than _id');
  } else if (kind === 'text') {
    report('SCH2116', entry.key, 'a text index holds no dates, so expireAfterSeconds would delete nothing');
  }
}

/** Reports options that no server accepts (4.4 to 6.0; seen), or that mean nothing beside the key. */
export function checkOptions(
  node: YamlNode,
  key: IndexKey,
  options: Readonly<Record<string, Value>>,
  context: Context,
): void {
  const { report } = context;
  const kind = indexKind(key);
  const place = (name: string): Place => entryOf(node, name)?.key ?? node;
  for (const [owner, names] of belongs) {
    const foreign = names.filter((name) => kind !== owner && entryOf(node, name) !== undefined);
    for (const name of foreign) report('SCH2116', place(name), `"${name}" belongs to a ${owner} index`, 'leave it out');
  }
  const ttl = entryOf(node, 'expireAfterSeconds');
  if (kind === 'wildcard') {
    const refused = refusedOnWildcard.find((name) => options[name] !== undefined);
    if (refused !== undefined) report('SCH2119', place(refused), `a wildcard index cannot have ${refused}`);
  } else if (ttl !== undefined) checkTtl(ttl, key, kind, report);
  if (kind === 'hashed' && flagAt(node, 'unique'))
    report('SCH2119', place('unique'), 'a hashed index cannot be unique');
  if ((kind === 'text' || kind === '2d') && isCollated(options['collation'])) {
    report(
      'SCH2119',
      place('collation'),
      `a ${kind} index compares bytes`,
      'leave it out, or write { locale: simple }',
    );
  }
  checkFilter(node, options['partialFilterExpression'], context);
  checkProjection(node, key.length === 1 && kind === 'wildcard' && key[0]?.[0] === '$**', report);
  if (kind === 'text') checkTextOptions(node, report);
  if (kind === '2d') checkRegion(node, report);
}

/** Seen on 6.0.5 and 6.0.27 (67). */
const maxFilterDepth = 3;

function checkFilter(node: YamlNode, value: Value | undefined, context: Context): void {
  const filter = entryOf(node, 'partialFilterExpression');
  if (filter === undefined) return;
  if (flagAt(node, 'sparse')) {
    context.report('SCH2116', filter.key, 'sparse and partialFilterExpression exclude each other');
  }
  checkReadOnly(filter.value, 'a filter', context);
  checkPartialFilter(filter.value, context.report);
  if (isDoc(value) && filterDepth(value) > maxFilterDepth) {
    const depth = `conditions lie ${filterDepth(value)} levels deep under $and and $or; the server takes ${maxFilterDepth}`;
    context.report('SCH2119', filter.key, depth);
  }
}
