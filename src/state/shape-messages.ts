import type { ErrorObject } from 'ajv';
import { definitions, keyNouns, languageSchema } from './language.ts';
import { didYouMean } from './suggest.ts';
import { fieldTypes } from './types.ts';
import type { YamlMap, YamlNode } from './yaml/node.ts';
import type { Place, Report } from './yaml/place.ts';

/** The node that an error is about. */
export interface Found {
  readonly node: YamlNode;
  /** Where a finding about the node itself should point if the node is empty. */
  readonly key: Place | null;
  readonly label: string;
}

const kindWords: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
};

function kindOf(node: YamlNode): string {
  if (node.kind !== 'scalar') return node.kind === 'list' ? 'a list' : 'a map';
  if (node.value === null) return node.text === '' ? 'empty' : 'null';
  if (typeof node.value === 'boolean') return `the boolean ${node.text}`;
  return typeof node.value === 'string' ? 'text' : `the number ${node.text}`;
}

const looksTrue = /^(?:yes|y|on)$/i;
const looksFalse = /^(?:no|n|off)$/i;

function typeHint(type: string, node: YamlNode): string | undefined {
  if (node.kind !== 'scalar') return undefined;
  if (type === 'boolean' && looksTrue.test(node.text)) return 'write true';
  if (type === 'boolean' && looksFalse.test(node.text)) return 'write false';
  if (type === 'string' && node.value !== null) return `quote it: "${node.text}"`;
  if (type === 'object' && node.value === null) return 'write {} for nothing in particular';
  if ((type === 'integer' || type === 'number') && /^[0-9]+$/.test(node.text)) return 'leave the quotes out';
  return undefined;
}

const typeSynonyms: Readonly<Record<string, string>> = {
  integer: 'int',
  int32: 'int',
  int64: 'long',
  bigint: 'long',
  float: 'double',
  boolean: 'bool',
  str: 'string',
  text: 'string',
  datetime: 'date',
  map: 'object',
  list: 'array',
};

/** By identity: ajv reports the very schema object that refused the key. */
const nouns: ReadonlyMap<unknown, string> = new Map(
  Object.entries(keyNouns).map(([name, noun]) => [name === '' ? languageSchema : definitions[name], noun]),
);

function reportUnknownKey(error: ErrorObject, found: Found, report: Report): void {
  const name = String(error.params['additionalProperty']);
  const known = Object.keys((error.parentSchema?.['properties'] ?? {}) as object);
  const key = (found.node as YamlMap).entries.get(name)?.key ?? found.node;
  const hint = didYouMean(name, known) ?? (known.length <= 6 ? `known: ${known.join(', ')}` : undefined);
  report('SCH2104', key, `"${name}" is not ${nouns.get(error.parentSchema) ?? 'a known key here'}`, hint);
}

function reportEnum(error: ErrorObject, found: Found, report: Report): void {
  const allowed = (error.params['allowedValues'] as readonly unknown[]).map(String);
  const given = found.node.kind === 'scalar' ? found.node.text : '';
  if (allowed.length === fieldTypes.length) {
    const synonym = typeSynonyms[given.toLowerCase()];
    const hint = synonym === undefined ? didYouMean(given, allowed) : `did you mean "${synonym}"?`;
    report('SCH2105', found.node, `unknown field type "${given}"`, hint ?? `known: ${allowed.join(', ')}`);
    return;
  }
  const message = `${found.label} must be ${allowed.slice(0, -1).join(', ')} or ${allowed.at(-1)}, not "${given}"`;
  report('SCH2103', found.node, message, didYouMean(given, allowed));
}

/** Says which kinds would do, and which one it is. */
export function reportWrongType(types: readonly string[], found: Found, report: Report): void {
  const wanted = types.map((type) => kindWords[type] ?? type).join(' or ');
  const place = found.node.end > found.node.start ? found.node : (found.key ?? found.node);
  const hint = types.length === 1 ? typeHint(types[0] as string, found.node) : undefined;
  report('SCH2103', place, `${found.label} must be ${wanted}, not ${kindOf(found.node)}`, hint);
}

/** One error of ajv in the words of the language, at the key or the value that is wrong. */
export function reportError(error: ErrorObject, found: Found, report: Report): void {
  if (error.keyword === 'additionalProperties') reportUnknownKey(error, found, report);
  else if (error.keyword === 'enum') reportEnum(error, found, report);
  else if (error.keyword === 'type') reportWrongType([String(error.params['type'])], found, report);
  else {
    const place = error.keyword === 'required' ? (found.key ?? found.node) : found.node;
    report('SCH2103', place, `${found.label} ${complaint(error)}`);
  }
}

function complaint({ keyword, params, message }: ErrorObject): string {
  switch (keyword) {
    case 'const':
      return `must be ${String(params['allowedValue'])}`;
    case 'required':
      return `lacks "${String(params['missingProperty'])}"`;
    case 'minimum':
      return `must be at least ${String(params['limit'])}`;
    case 'maximum':
      return `must be at most ${String(params['limit'])}`;
    case 'minLength':
    case 'minItems':
    case 'minProperties':
      return 'must not be empty';
    case 'maxProperties':
      return `must have exactly ${String(params['limit'])} key`;
    case 'uniqueItems':
      return 'holds the same item twice';
    default:
      return String(message);
  }
}
