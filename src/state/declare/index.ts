import { addressOf, indexName } from '../address.ts';
import { indexKinds, unsupportedIndexOptions } from '../language/index.ts';
import type { IndexDeclaration, IndexKey } from '../types.ts';
import { int, isNumber, toNumber, type Value } from '../value.ts';
import {
  entriesAt,
  entryOf,
  flagAt,
  itemsAt,
  nodeAt,
  textAt,
  wholeAt,
  type YamlEntry,
  type YamlNode,
} from '../yaml/node.ts';
import { describePlace, type Place } from '../yaml/place.ts';
import { type Context, milestoneOf, notYet, recordSource } from './context.ts';
import { checkPath } from './names.ts';

/** The server's limit of fields in one index. */
const maxKeyFields = 32;

const kinds: ReadonlySet<unknown> = new Set(indexKinds);

/** Numbers of any type compare by value, so 1 and -1 are always `int`. */
function readDirection({ name, value }: YamlEntry, { report }: Context): Value {
  const given = value.kind === 'scalar' ? (value.value ?? null) : null;
  const number = toNumber(given);
  if (number === 1 || number === -1) return int(number);
  if (number === 0) report('SCH2119', value, `the direction of "${name}" cannot be 0`, 'write 1 or -1');
  else if (isNumber(given) || kinds.has(given)) {
    const written = value.kind === 'scalar' ? value.text : '';
    report('SCH2106', value, `the index direction ${written} is not yet supported`, 'write 1 or -1');
  }
  return given ?? int(1);
}

function readKey(node: YamlNode, context: Context): IndexKey {
  return entriesAt(node, 'key').map((entry) => {
    checkPath(entry.name, entry.key, context.report, true);
    return [entry.name, readDirection(entry, context)] as const;
  });
}

/** Only what differs from the server's default, in one order, whatever the order in the file. */
function readOptions(node: YamlNode): Readonly<Record<string, Value>> {
  const ttl = wholeAt(node, 'expireAfterSeconds');
  return {
    ...(flagAt(node, 'unique') ? { unique: true } : {}),
    ...(flagAt(node, 'sparse') ? { sparse: true } : {}),
    ...(flagAt(node, 'hidden') ? { hidden: true } : {}),
    ...(ttl === undefined ? {} : { expireAfterSeconds: int(ttl) }),
  };
}

/** What no server accepts (4.4 to 6.0), so that it is said before connecting. */
function checkPossible(node: YamlNode, key: IndexKey, { report }: Context): void {
  const place = (name: string): Place => entryOf(node, name)?.key ?? node;
  const isOnId = key.length === 1 && key[0]?.[0] === '_id';
  if (isOnId && toNumber(key[0]?.[1]) === 1) {
    report('SCH2119', place('key'), 'the index on _id is always there and cannot be declared', 'leave it out');
  }
  if (key.length > maxKeyFields) {
    report('SCH2119', place('key'), `an index has at most ${maxKeyFields} fields, this one has ${key.length}`);
  }
  const hasTtl = entryOf(node, 'expireAfterSeconds') !== undefined;
  if (hasTtl && (key.length !== 1 || isOnId)) {
    report('SCH2119', place('expireAfterSeconds'), 'expireAfterSeconds needs an index on one field other than _id');
  }
  if (key.some(([field]) => field.endsWith('$**'))) checkWildcard(node, key, hasTtl, place, report);
  if (flagAt(node, 'sparse') && entryOf(node, 'partialFilterExpression') !== undefined) {
    report('SCH2116', place('partialFilterExpression'), 'sparse and partialFilterExpression exclude each other');
  }
}

function checkWildcard(
  node: YamlNode,
  key: IndexKey,
  hasTtl: boolean,
  place: (name: string) => Place,
  report: Context['report'],
): void {
  const refused =
    ['unique', 'sparse'].find((name) => flagAt(node, name)) ?? (hasTtl ? 'expireAfterSeconds' : undefined);
  if (refused !== undefined) report('SCH2119', place(refused), `a wildcard index cannot have ${refused}`);
  if (key.length > 1) report('SCH2119', place('key'), 'a wildcard index has one field');
  else if (toNumber(key[0]?.[1]) === -1) report('SCH2119', place('key'), 'a wildcard index cannot be descending');
}

function checkName(node: YamlNode, { report }: Context): void {
  const entry = entryOf(node, 'name');
  const name = textAt(node, 'name');
  if (entry === undefined || name === undefined) return;
  if (name === '*' || name === '_id_' || name.includes('\0')) {
    report('SCH2111', entry.value, `"${name.replaceAll('\0', '\\0')}" cannot be the name of an index`);
  }
}

interface Seen {
  readonly label: string;
  readonly place: Place;
}

/** The server tells indexes apart by name, and by key with unique and sparse (from 5.0; seen). */
function checkTwins(
  index: IndexDeclaration,
  label: string,
  node: YamlNode,
  seen: Map<string, Seen>,
  { report }: Context,
): void {
  const { unique, sparse } = index.options;
  const signature = JSON.stringify([index.key, unique ?? false, sparse ?? false]);
  const twin = seen.get(`key ${signature}`);
  const namesake = seen.get(`name ${label}`);
  const at = (first: Seen): string => `(first at ${describePlace(first.place)})`;
  if (twin !== undefined) {
    const both =
      twin.label === label ? `"${label}" is declared twice` : `"${twin.label}" and "${label}" are the same index`;
    report('SCH2112', node, `${both} ${at(twin)}`, 'one key needs one index; leave one out');
  } else if (namesake !== undefined) {
    report('SCH2112', node, `two indexes are called "${label}" ${at(namesake)}`, 'give one of them a "name"');
  }
  const entry = { label, place: node };
  if (twin === undefined) seen.set(`key ${signature}`, entry);
  if (namesake === undefined) seen.set(`name ${label}`, entry);
}

/** The indexes of a collection in canonical form. Findings are reported. */
export function readIndexes(collection: string, node: YamlNode, context: Context): readonly IndexDeclaration[] {
  const seen = new Map<string, Seen>();
  return itemsAt(node, 'indexes').flatMap((item) => {
    const key = readKey(item, context);
    if (nodeAt(item, 'key')?.kind !== 'map' || key.length === 0) return [];
    checkName(item, context);
    checkPossible(item, key, context);
    notYet(context, item, 'absent', ...unsupportedIndexOptions);
    const name = textAt(item, 'name') ?? null;
    const index = { key, options: readOptions(item), name, milestone: milestoneOf(item, context), absent: false };
    const label = name ?? indexName(key);
    checkTwins(index, label, item, seen, context);
    recordSource(context, addressOf.index(collection, label), item);
    return [index];
  });
}
