import { type Doc, doc, isDoc, isList, isScalar, type Scalar, type Value } from '../../state/value.ts';

/** What `$type` answers for a value, by our own type names. */
const typeNames: Readonly<Record<Exclude<Scalar['type'], 'raw'>, string>> = {
  int: 'int',
  long: 'long',
  double: 'double',
  decimal: 'decimal',
  objectId: 'objectId',
  date: 'date',
  timestamp: 'timestamp',
  binary: 'binData',
  regex: 'regex',
  javascript: 'javascript',
  symbol: 'symbol',
  undefined: 'undefined',
  minKey: 'minKey',
  maxKey: 'maxKey',
  dbPointer: 'dbPointer',
};

function typeName(value: Value): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (isDoc(value)) return 'object';
  if (isList(value)) return 'array';
  return value.type === 'raw' ? (value.text.startsWith('13') ? 'decimal' : 'double') : typeNames[value.type];
}

const zero: Scalar = { type: 'int', text: '0' };

export const literal = (value: Value): Doc => doc(['$literal', value]);
export const both = (...conditions: readonly Value[]): Value =>
  conditions.length === 1 ? (conditions[0] as Value) : doc(['$and', conditions]);
export const equal = (a: Value, b: Value): Doc => doc(['$eq', [a, b]]);

/** `$cond` evaluates no more than it must. */
export const choose = (condition: Value, then: Value, otherwise: Value): Doc =>
  doc(['$cond', [condition, then, otherwise]]);

/** What a value takes as an item of a list: as a field it has a name of one letter, in a document of its own; nothing takes 3. */
export const itemBytes = (value: Value): Doc =>
  doc(['$subtract', [doc(['$bsonSize', doc(['v', value])]), { type: 'int', text: '2' }]]);

/** What a value that is there takes itself, wherever it stands. */
export const valueBytes = (value: Value): Doc =>
  doc(['$subtract', [doc(['$bsonSize', doc(['v', value])]), { type: 'int', text: '8' }]]);

/** The names of all fields of the document, in their order. */
export const fieldNames: Doc = doc(['$map', doc(['input', doc(['$objectToArray', '$$ROOT'])], ['in', '$$this.k'])]);

export const hasType = (expression: string, type: string): Doc => equal(doc(['$type', expression]), type);

/** `$cond` alone evaluates no more than it must; `$and` may. */
const whenType = (expression: string, type: string, then: Value): Doc =>
  doc(['$cond', [hasType(expression, type), then, false]]);

/** Whether a text is another byte for byte: `$eq` follows the collection's collation ('None' equals 'none'). */
export function sameText(expression: Value, other: Value): Value {
  const text = typeof other === 'string' ? literal(other) : other;
  return both(
    equal(doc(['$strLenBytes', expression]), doc(['$strLenBytes', text])),
    equal(doc(['$indexOfBytes', [expression, text]]), literal(zero)),
  );
}

/**
 * Whether the value at `expression` is this very value.
 * Text is compared byte by byte, since `$eq` follows the collection's collation ('None' equals 'none');
 * the type is compared too, since `$eq` calls long 1 and double 1 equal; decimals as text, since 1.1 equals 1.10.
 */
export function isSame(expression: string, value: Value): Doc {
  const type = typeName(value);
  if (value === null) return hasType(expression, type);
  if (typeof value === 'string') return whenType(expression, type, sameText(expression, value));
  if (isScalar(value) && value.type === 'decimal') {
    return whenType(expression, type, equal(doc(['$toString', expression]), literal(value.text)));
  }
  return whenType(expression, type, equal(expression, literal(value)));
}

/** How far the dates of JavaScript reach; the server's go on. */
const farthest = { type: 'date', text: '8640000000000000' } as const;
const earliest = { type: 'date', text: '-8640000000000000' } as const;

/** Whether a date lies where the driver could not send it back. */
export const isBeyondDates = (date: Value): Doc =>
  doc(['$or', [doc(['$gt', [date, farthest]]), doc(['$lt', [date, earliest]])]]);
