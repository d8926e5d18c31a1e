import type { IndexKey } from './types.ts';
import { isScalar } from './value.ts';

/** The kinds of thing that stand in a collection, as they are written in an address. */
export const addressKinds = ['fields', 'indexes', 'links', 'checks'] as const;

const needsBrackets = /[."[\]]/;

function collection(name: string): string {
  return needsBrackets.test(name) || name === '' ? `[${JSON.stringify(name)}]` : name;
}

/**
 * Addresses of declared and live things: `orders`, `orders.fields.contact.email` (array items add nothing),
 * `orders.indexes.NAME`, `orders.links.NAME`, `orders.checks.NAME`, `orders.validator`.
 * A collection name that holds a dot, a quote or a bracket is written as a JSON string in brackets: `["a.b"].indexes.x`.
 */
export const addressOf = {
  collection,
  field: (of: string, path: readonly string[]): string => `${collection(of)}.fields.${path.join('.')}`,
  index: (of: string, name: string): string => `${collection(of)}.indexes.${name}`,
  link: (of: string, name: string): string => `${collection(of)}.links.${name}`,
  check: (of: string, name: string): string => `${collection(of)}.checks.${name}`,
  validator: (of: string): string => `${collection(of)}.validator`,
} as const;

const quoted = /^\[("(?:[^"\\]|\\.)*")\](?:\.|$)/;

/** The leading name of an address or a glob, bracketed or up to the first dot, and what is left. */
function splitCollection(address: string): readonly [name: string, rest: string] {
  const found = quoted.exec(address);
  if (found !== null) return [readName(found[1] as string), address.slice(found[0].length)];
  const dot = address.indexOf('.');
  return dot === -1 ? [address, ''] : [address.slice(0, dot), address.slice(dot + 1)];
}

function readName(json: string): string {
  try {
    return String(JSON.parse(json));
  } catch {
    return json;
  }
}

/**
 * The levels of an address: the collection, the kind, then one level a field name,
 * or the whole name of an index, link or check, dots included. Total: anything that is no address is split at dots.
 */
export function parseAddress(address: string): readonly string[] {
  const [name, rest] = splitCollection(address);
  if (rest === '') return [name];
  const dot = rest.indexOf('.');
  if (dot === -1) return [name, rest];
  const kind = rest.slice(0, dot);
  const tail = rest.slice(dot + 1);
  const isNamed = kind !== 'fields' && (addressKinds as readonly string[]).includes(kind);
  return [name, kind, ...(isNamed ? [tail] : tail.split('.'))];
}

function globLevels(glob: string): readonly string[] {
  const [name, rest] = splitCollection(glob);
  return rest === '' ? [name] : [name, ...rest.split('.')];
}

const isWild = (level: string): boolean => level === '*' || level === '**';

function matchesLevel(pattern: string, level: string): boolean {
  if (!pattern.includes('*')) return pattern === level;
  const escaped = pattern.split(/\*+/).map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`, 's').test(level);
}

/** A level that holds dots (an index name) may be written with its dots in the glob: it then takes that many parts of it. */
function matchesFrom(globs: readonly string[], levels: readonly string[]): boolean {
  const [first, ...others] = globs;
  if (first === undefined) return levels.length === 0;
  if (first === '**') return levels.some((_, at) => matchesFrom(others, levels.slice(at))) || matchesFrom(others, []);
  const [level, ...rest] = levels;
  if (level === undefined) return false;
  if (matchesLevel(first, level) && matchesFrom(others, rest)) return true;
  const dots = level.split('.').length - 1;
  const joined = globs.slice(0, dots + 1);
  if (dots === 0 || joined.length <= dots || joined.some(isWild)) return false;
  return matchesLevel(joined.join('.'), level) && matchesFrom(globs.slice(dots + 1), rest);
}

/**
 * Whether a glob selects an address. Levels are those of `parseAddress`: `*` is exactly one level
 * (or a part of one: `orders.indexes.user_*`), `**` is any number of them, none included.
 */
export function matchesGlob(glob: string, address: string): boolean {
  return matchesFrom(globLevels(glob), parseAddress(address));
}

/** The name that the server and every driver give an index without one: `field_direction`, joined by `_`. */
export function indexName(key: IndexKey): string {
  return key
    .map(([field, direction]) => `${field}_${isScalar(direction) ? direction.text : String(direction)}`)
    .join('_');
}
