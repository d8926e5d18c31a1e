/**
 * The one value type for user data: YAML, filters, defaults, plan file and server replies.
 * A document is a Map, because a JavaScript object moves integer-like names to the front.
 */
export type Value = null | boolean | string | Scalar | readonly Value[] | Doc;

/** An ordered document. */
export type Doc = ReadonlyMap<string, Value>;

export type ScalarType =
  | 'int'
  | 'long'
  | 'double'
  | 'decimal'
  | 'objectId'
  | 'date'
  | 'timestamp'
  | 'binary'
  | 'regex'
  | 'javascript'
  | 'symbol'
  | 'undefined'
  | 'minKey'
  | 'maxKey'
  | 'dbPointer'
  | 'raw';

/**
 * A BSON scalar that JSON lacks, with its canonical text:
 * int, long, decimal: the decimal number; double: the shortest form with a point (`1.0`, `-0.0`, `NaN`, `Infinity`);
 * objectId: 24 hex digits; date: milliseconds since 1970; timestamp: `seconds:increment`;
 * binary: `subtype:base64` (subtype in hex); regex: `options/pattern`; dbPointer: `id:namespace`;
 * raw: `type:base64`, the bytes of an element (type in hex) that none of the others stands for bit by bit.
 */
export interface Scalar {
  readonly type: ScalarType;
  readonly text: string;
}

export function scalar(type: ScalarType, text: string): Scalar {
  return { type, text };
}

export const int = (value: number): Scalar => scalar('int', String(value));

/** A whole number in the smallest type that holds it: int, else long. */
export const whole = (value: number): Scalar =>
  Math.abs(value) < 2 ** 31 ? int(value) : scalar('long', String(value));

/** A document from pairs; the later of two equal names wins, as in a Map. */
export function doc(...entries: readonly (readonly [string, Value])[]): Doc {
  return new Map(entries);
}

/** A document from a record whose names are fixed by us, so none of them is integer-like. Undefined entries are left out. */
export function docOf(record: Readonly<Record<string, Value | undefined>>): Doc {
  return new Map(Object.entries(record).filter((entry): entry is [string, Value] => entry[1] !== undefined));
}

export function isDoc(value: Value | undefined): value is Doc {
  return value instanceof Map;
}

export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

export function isScalar(value: Value | undefined): value is Scalar {
  return typeof value === 'object' && value !== null && !isDoc(value) && !isList(value);
}

/** An object or array that is kept as bytes. */
export const isRawHolder = (value: Value | undefined): boolean =>
  isScalar(value) && value.type === 'raw' && /^0[34]:/u.test(value.text);

/** The deprecated type undefined, however it was read. */
export const isUndefined = (value: Value): boolean =>
  isScalar(value) && (value.type === 'undefined' || (value.type === 'raw' && value.text === '06:'));

const numeric: ReadonlySet<ScalarType> = new Set(['int', 'long', 'double', 'decimal']);

export function isNumber(value: Value | undefined): value is Scalar {
  return isScalar(value) && numeric.has(value.type);
}

/** The JavaScript number nearest to a numeric value; undefined for anything else. */
export function toNumber(value: Value | undefined): number | undefined {
  return isNumber(value) ? Number(value.text) : undefined;
}

/** Equal in type, value and order of names: what the server would store byte for byte alike. */
export function equalValues(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (isDoc(a)) {
    if (!isDoc(b) || a.size !== b.size) return false;
    const others = b.entries();
    for (const [name, value] of a) {
      const next = others.next();
      if (next.done === true || next.value[0] !== name || !equalValues(value, next.value[1])) return false;
    }
    return true;
  }
  if (isList(a)) {
    return isList(b) && a.length === b.length && a.every((item, at) => equalValues(item, b[at] as Value));
  }
  return isScalar(a) && isScalar(b) && a.type === b.type && a.text === b.text;
}
