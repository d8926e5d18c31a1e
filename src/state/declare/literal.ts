import { decimalText, doubleText } from '../numbers.ts';
import type { FieldDeclaration, FieldType } from '../types.ts';
import { isDoc, isList, isNumber, isScalar, type Scalar, type ScalarType, scalar, type Value } from '../value.ts';
import { dateText, objectIdText, toValue, unwrap, wholeWithin } from '../yaml/extended.ts';
import type { YamlNode } from '../yaml/node.ts';
import type { Report } from '../yaml/place.ts';

/** The part of a field that decides what its literals mean. */
export type Typed = Pick<FieldDeclaration, 'types' | 'nullable' | 'fields' | 'items'>;

/** A literal as given: the value it would be without a type, and the characters of a bare number. */
interface Literal {
  readonly node: YamlNode;
  readonly value: Value;
  /** The characters of a number, bare or wrapped; decimals need their trailing zeros. */
  readonly digits: string | null;
}

type Convert = (literal: Literal, typed: Typed, report: Report) => Value | undefined;

const exactly =
  (type: ScalarType): Convert =>
  ({ value }) =>
    isScalar(value) && value.type === type ? value : undefined;

const fromDigits =
  (type: ScalarType, read: (digits: string) => string | null): Convert =>
  ({ digits }) => {
    const text = digits === null ? null : read(digits);
    return text === null ? undefined : scalar(type, text);
  };

const fromText =
  (type: ScalarType, read: (text: string) => string | null): Convert =>
  ({ value }) => {
    if (isScalar(value)) return value.type === type ? value : undefined;
    const text = typeof value === 'string' ? read(value) : null;
    return text === null ? undefined : scalar(type, text);
  };

/** A whole number must be the very number that the double holds; a fraction is the nearest double, as everywhere. */
function doubleFrom(digits: string): string | null {
  const value = Number(digits);
  if (!Number.isFinite(value)) return null;
  const whole = wholeWithin(digits, 64);
  return whole !== null && BigInt(value) !== BigInt(whole) ? null : doubleText(value);
}

const convertDoc: Convert = ({ node, value }, { fields }, report) => {
  if (!isDoc(value) || node.kind !== 'map') return undefined;
  const byName = new Map(fields.map((field) => [field.name, field]));
  const members = [...node.entries.values()].map(({ name, value: member }): [string, Value] => {
    const field = byName.get(name);
    return [name, field === undefined ? (value.get(name) ?? null) : readLiteral(member, field, `"${name}"`, report)];
  });
  return new Map(members);
};

const convertList: Convert = ({ node, value }, { items }, report) => {
  if (!isList(value) || node.kind !== 'list') return undefined;
  if (items === null) return value;
  return node.items.map((item, at) => readLiteral(item, items, `item ${at + 1}`, report));
};

const converters: Readonly<Record<FieldType, Convert>> = {
  string: ({ value }) => (typeof value === 'string' ? value : undefined),
  bool: ({ value }) => (typeof value === 'boolean' ? value : undefined),
  null: ({ value }) => (value === null ? null : undefined),
  int: fromDigits('int', (digits) => wholeWithin(digits, 32)),
  long: fromDigits('long', (digits) => wholeWithin(digits, 64)),
  double: fromDigits('double', doubleFrom),
  decimal: fromDigits('decimal', decimalText),
  number: ({ value }) => (isNumber(value) ? value : undefined),
  date: fromText('date', dateText),
  objectId: fromText('objectId', objectIdText),
  timestamp: exactly('timestamp'),
  binary: exactly('binary'),
  regex: exactly('regex'),
  object: convertDoc,
  array: convertList,
  any: ({ value }) => value,
};

/** NaN and the infinities are not what anyone means to declare, and NaN is not equal to itself everywhere. */
const isFiniteValue = (value: Value): boolean => !isNumber(value) || !/NaN|Infinity/.test(value.text);

function digitsOf(node: YamlNode, value: Value): string | null {
  if (!isNumber(value)) return null;
  return node.kind === 'scalar' ? node.text.replace(/^\+/, '') : value.text;
}

function describe(node: YamlNode, value: Value): string {
  if (node.kind === 'scalar') return value === null ? 'null' : node.plain ? node.text : `"${node.text}"`;
  if (isScalar(value)) return `the ${value.type} ${value.text}`;
  return node.kind === 'list' ? 'a list' : 'a map';
}

const boolWords = /^(?:yes|no|y|n|on|off)$/i;

function hintFor(node: YamlNode, value: Value, { types }: Typed): string | undefined {
  const has = (...wanted: readonly FieldType[]): boolean => wanted.some((type) => types.includes(type));
  const written = node.kind === 'scalar' ? node.text : '';
  if (value === null && node.kind === 'scalar') return 'add "nullable: true" if null is meant';
  if (has('string') && node.kind === 'scalar' && node.plain) return `quote it if text is meant: "${written}"`;
  if (has('bool') && boolWords.test(written)) return `write ${/^(?:yes|y|on)$/i.test(written) ? 'true' : 'false'}`;
  if (has('int', 'long', 'double', 'decimal', 'number') && typeof value === 'string')
    return 'write the number without quotes';
  if (has('int', 'long', 'double', 'decimal', 'number') && isNumber(value))
    return 'write a number that the type holds exactly, or declare a wider type (long, double, decimal)';
  if (has('date') && typeof value === 'string') return 'a date is 2026-01-31 or 2026-01-31T12:00:00Z';
  if (has('objectId')) return 'an objectId has 24 hexadecimal digits';
  return undefined;
}

/** The value wrapped or bare; anything but a wrapper of one of the types is judged by conversion. */
function exactWrapper(value: Value, { types }: Typed): Scalar | undefined {
  return isScalar(value) && types.some((type) => type === value.type) ? value : undefined;
}

/**
 * A literal as the first of the field's types that it fits without loss; null if the field may be null.
 * An Extended JSON wrapper of one of the types is taken as it is. What fits none is reported (SCH2108), and null.
 */
export function readLiteral(node: YamlNode, typed: Typed, label: string, report: Report): Value {
  const isUnreadable = node.kind === 'scalar' && node.value === undefined;
  if (isUnreadable) return null;
  const value = readUntyped(node, report);
  if (value === undefined) return null;
  if (value === null && typed.nullable) return null;
  if (isFiniteValue(value)) {
    const wrapper = node.kind === 'map' ? exactWrapper(value, typed) : undefined;
    if (wrapper !== undefined) return wrapper;
    const literal = { node, value, digits: digitsOf(node, value) };
    for (const type of typed.types) {
      const converted = converters[type](literal, typed, report);
      if (converted !== undefined) return converted;
    }
  }
  const message = `${label} must be ${typed.types.join(' or ')}, and ${describe(node, value)} is not`;
  report('SCH2108', node, message, hintFor(node, value, typed));
  return null;
}

/** Undefined: an invalid wrapper, reported. */
function readUntyped(node: YamlNode, report: Report): Value | undefined {
  const value = toValue(node, report);
  return node.kind === 'map' && unwrap(node) === undefined ? undefined : value;
}
