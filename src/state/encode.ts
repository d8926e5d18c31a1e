import { internalError } from '../errors.ts';
import { isDoc, isList, type Scalar, type ScalarType, scalar } from './value.ts';

/** JSON as it stands in plan files, snapshots and the journal. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

type Encoder = (text: string) => Json;
type Decoder = (json: Json) => string;

const asText: Decoder = (json) => String(json);
const split = (text: string, mark: string): [string, string] => {
  const at = text.indexOf(mark);
  return [text.slice(0, at), text.slice(at + 1)];
};
const member = (json: Json, name: string): string => String((json as Record<string, Json>)[name]);

/** Canonical Extended JSON (v2), one row a type. */
const forms: Readonly<Record<ScalarType, readonly [name: string, encode: Encoder, decode: Decoder]>> = {
  int: ['$numberInt', (text) => text, asText],
  long: ['$numberLong', (text) => text, asText],
  double: ['$numberDouble', (text) => text, asText],
  decimal: ['$numberDecimal', (text) => text, asText],
  objectId: ['$oid', (text) => text, asText],
  date: ['$date', (text) => ({ $numberLong: text }), (json) => member(json, '$numberLong')],
  timestamp: [
    '$timestamp',
    (text) => {
      const [t, i] = split(text, ':');
      return { t: Number(t), i: Number(i) };
    },
    (json) => `${member(json, 't')}:${member(json, 'i')}`,
  ],
  binary: [
    '$binary',
    (text) => {
      const [subType, base64] = split(text, ':');
      return { base64, subType };
    },
    (json) => `${member(json, 'subType')}:${member(json, 'base64')}`,
  ],
  regex: [
    '$regularExpression',
    (text) => {
      const [options, pattern] = split(text, '/');
      return { pattern, options };
    },
    (json) => `${member(json, 'options')}/${member(json, 'pattern')}`,
  ],
  javascript: ['$code', (text) => text, asText],
  symbol: ['$symbol', (text) => text, asText],
  undefined: ['$undefined', () => true, () => ''],
  minKey: ['$minKey', () => 1, () => ''],
  maxKey: ['$maxKey', () => 1, () => ''],
  dbPointer: [
    '$dbPointer',
    (text) => {
      const [id, ref] = split(text, ':');
      return { $ref: ref, $id: { $oid: id } };
    },
    (json) => `${member((json as Record<string, Json>)['$id'] as Json, '$oid')}:${member(json, '$ref')}`,
  ],
  raw: ['$raw', (text) => text, asText],
};

const typeByForm = new Map(Object.entries(forms).map(([type, form]) => [form[0], type as ScalarType]));

/** The name under which an ordered document stands in JSON: `{ "$doc": [[name, value], …] }`. */
const docForm = '$doc';

/** A member's name that could be taken for one of our wrappers (an index may be called `$doc`) gets one more `$`. */
export function escapedName(name: string): string {
  return name.startsWith('$') ? `$${name}` : name;
}

function asScalar(value: object): Scalar | null {
  const { type, text } = value as Partial<Scalar>;
  const known = type !== undefined && text !== undefined && Object.hasOwn(forms, type);
  return known && Object.keys(value).length === 2 ? { type, text } : null;
}

/**
 * Plain data with user values in it, as JSON: ordered documents become `{ "$doc": [[name, value], …] }`,
 * so that no JSON parser can move their names; scalars become canonical Extended JSON;
 * everything else stays as it is. Undefined members are left out.
 */
export function encode(data: unknown): Json {
  if (data === null || typeof data === 'boolean' || typeof data === 'string') return data;
  if (typeof data === 'number') return data;
  if (isList(data as never)) return (data as readonly unknown[]).map(encode);
  if (isDoc(data as never)) {
    return { [docForm]: [...(data as ReadonlyMap<string, unknown>)].map(([name, value]) => [name, encode(value)]) };
  }
  if (typeof data !== 'object') throw internalError(`a ${typeof data} cannot stand in JSON`);
  const found = asScalar(data);
  if (found !== null) {
    const [name, toJson] = forms[found.type];
    return { [name]: toJson(found.text) };
  }
  const members = Object.entries(data).filter(([, value]) => value !== undefined);
  return Object.fromEntries(members.map(([name, value]) => [escapedName(name), encode(value)]));
}

/** What `encode` was given: `decode(encode(x))` equals x. */
export function decode(json: Json): unknown {
  if (json === null || typeof json !== 'object') return json;
  if (Array.isArray(json)) return json.map(decode);
  const entries = Object.entries(json as Record<string, Json>);
  const [only] = entries;
  if (entries.length === 1 && only !== undefined) {
    const [name, value] = only;
    if (name === docForm) {
      return new Map((value as readonly (readonly [string, Json])[]).map(([key, item]) => [key, decode(item)]));
    }
    const type = typeByForm.get(name);
    if (type !== undefined) return scalar(type, forms[type][2](value));
  }
  return Object.fromEntries(entries.map(([name, value]) => [name.replace(/^\$\$/, '$'), decode(value)]));
}

/** JSON text with object names sorted: equal data gives equal text. */
export function canonicalText(json: Json): string {
  if (json === null || typeof json !== 'object') return JSON.stringify(json);
  if (Array.isArray(json)) return `[${json.map(canonicalText).join(',')}]`;
  const members = Object.entries(json as Record<string, Json>).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, value]) => `${JSON.stringify(name)}:${canonicalText(value)}`).join(',')}}`;
}

/** The members of a record that are there, sorted; escaping leaves their order as it is. */
function recordText(data: object): string {
  let text = '';
  for (const name of Object.keys(data).sort()) {
    const value = (data as Readonly<Record<string, unknown>>)[name];
    if (value === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(escapedName(name))}:${canonical(value)}`;
  }
  return `{${text}}`;
}

/** Canonical text of any plain data with user values in it: `canonicalText(encode(data))`, without the JSON in between. */
export function canonical(data: unknown): string {
  if (typeof data === 'string') return JSON.stringify(data);
  if (data === null || typeof data !== 'object') return JSON.stringify(encode(data));
  if (isList(data as never)) return `[${(data as readonly unknown[]).map(canonical).join(',')}]`;
  if (isDoc(data as never)) {
    const members = [...(data as ReadonlyMap<string, unknown>)];
    return `{"${docForm}":[${members.map(([name, value]) => `[${JSON.stringify(name)},${canonical(value)}]`).join(',')}]}`;
  }
  const found = asScalar(data);
  if (found === null) return recordText(data);
  const [name, toJson] = forms[found.type];
  return `{"${name}":${canonicalText(toJson(found.text))}}`;
}
