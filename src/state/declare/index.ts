import { addressOf, indexName } from '../address.ts';
import { canonical } from '../encode.ts';
import { indexKinds } from '../language/index.ts';
import { canonicalDirection } from '../normalise.ts';
import type { CollectionType, IndexDeclaration, IndexKey } from '../types.ts';
import { int, isNumber, toNumber, type Value } from '../value.ts';
import { entriesAt, entryOf, flagAt, itemsAt, nodeAt, textAt, type YamlEntry, type YamlNode } from '../yaml/node.ts';
import { describePlace, type Place } from '../yaml/place.ts';
import { type Context, milestoneOf, recordSource } from './context.ts';
import { indexOptionNames, readIndexOptions } from './index-options.ts';
import { checkKey, checkOptions, indexKind } from './index-rules.ts';
import { checkPath } from './names.ts';

const kinds: ReadonlySet<unknown> = new Set(indexKinds);

function readDirection({ name, value }: YamlEntry, { report }: Context): Value {
  const given = value.kind === 'scalar' ? (value.value ?? null) : null;
  if (toNumber(given) === 0) report('SCH2119', value, `the direction of "${name}" cannot be 0`, 'write 1 or -1');
  return isNumber(given) || kinds.has(given) ? canonicalDirection(given) : int(1);
}

function readKey(node: YamlNode, context: Context): IndexKey {
  return entriesAt(node, 'key').map((entry) => {
    checkPath(entry.name, entry.key, context.report, true);
    return [entry.name, readDirection(entry, context)] as const;
  });
}

function checkName(node: YamlNode, { report }: Context): void {
  const entry = entryOf(node, 'name');
  const name = textAt(node, 'name');
  if (entry === undefined || name === undefined) return;
  if (name === '*' || name === '_id_' || name.includes('\0')) {
    report('SCH2111', entry.value, `"${name.replaceAll('\0', '\\0')}" cannot be the name of an index`);
  }
}

/** An absent index is told by its name and key alone. */
function checkAbsent(node: YamlNode, { report }: Context): void {
  for (const name of indexOptionNames) {
    const entry = entryOf(node, name);
    if (entry !== undefined) {
      report('SCH2116', entry.key, `"${name}" cannot stand beside "absent: true"`, 'the key is enough; leave it out');
    }
  }
}

interface Read {
  readonly index: IndexDeclaration;
  readonly label: string;
  readonly node: YamlNode;
}

/** The part of the server's signature that is compared as it is written; the planner compares by meaning (5.0; seen). */
const signed = ['unique', 'sparse', 'partialFilterExpression', 'collation', 'wildcardProjection'] as const;

const signatureOf = ({ key, options }: IndexDeclaration): string =>
  canonical([key, ...signed.map((name) => options[name] ?? null)]);

const isText = ({ index }: Read): boolean => !index.absent && indexKind(index.key) === 'text';

/** Reports the second of two indexes that cannot both stand in a collection. */
function checkSecond(given: Read, earlier: readonly Read[], { report }: Context): void {
  const { index, label, node } = given;
  const at = ({ node: first }: { readonly node: Place }): string => `(first at ${describePlace(first)})`;
  const signature = signatureOf(index);
  const isTwin = (other: Read): boolean =>
    !(index.absent && other.index.absent) && signatureOf(other.index) === signature;
  const twin = earlier.find(isTwin);
  const namesake = earlier.find((other) => other.label === label);
  const text = isText(given) ? earlier.find(isText) : undefined;
  if (twin !== undefined) {
    const both =
      twin.label === label ? `"${label}" is declared twice` : `"${twin.label}" and "${label}" are the same index`;
    report('SCH2112', node, `${both} ${at(twin)}`, 'one key needs one index; leave one out');
  } else if (namesake !== undefined) {
    report('SCH2112', node, `two indexes are called "${label}" ${at(namesake)}`, 'give one of them a "name"');
  } else if (text !== undefined) {
    const place = entryOf(node, 'key')?.key ?? node;
    report('SCH2119', place, `a collection has one text index at most ${at(text)}`, 'put the fields into one index');
  }
}

function readIndex(node: YamlNode, type: CollectionType, context: Context): Read | null {
  const key = readKey(node, context);
  if (nodeAt(node, 'key')?.kind !== 'map' || key.length === 0) return null;
  const absent = flagAt(node, 'absent');
  const options = absent ? {} : readIndexOptions(node, context.report);
  checkName(node, context);
  checkKey(node, key, type, context);
  if (absent) checkAbsent(node, context);
  else checkOptions(node, key, options, context);
  const name = textAt(node, 'name') ?? null;
  const index = { key, options, name, milestone: milestoneOf(node, context), absent };
  return { index, label: name ?? indexName(key), node };
}

/** The indexes of a collection in canonical form. Findings are reported. */
export function readIndexes(
  collection: string,
  node: YamlNode,
  type: CollectionType,
  context: Context,
): readonly IndexDeclaration[] {
  const read: Read[] = [];
  for (const item of itemsAt(node, 'indexes')) {
    const found = readIndex(item, type, context);
    if (found === null) continue;
    checkSecond(found, read, context);
    recordSource(context, addressOf.index(collection, found.label), found.node);
    read.push(found);
  }
  return read.map(({ index }) => index);
}
