import { BSON } from 'mongodb';
import { type Doc, isDoc, isList, isScalar, type Scalar, scalar, type Value } from '../state/value.ts';
import { toBson, valueOf } from './bson.ts';

const { ByteUtils, parseToElements } = BSON.onDemand;
const { toUTF8 } = ByteUtils;

/** BSON element types by number (https://bsonspec.org/spec.html). */
const types = { double: 1, string: 2, object: 3, array: 4, bool: 8, date: 9 } as const;

/** Of these, whatever their bytes are, the value says all. */
const plain: ReadonlySet<number> = new Set([7, 10, 16, 18]);

const rawOf = (type: number, content: Uint8Array): Scalar =>
  scalar('raw', `${type.toString(16).padStart(2, '0')}:${Buffer.from(content).toString('base64')}`);

/** The bytes that the driver makes of a value; null where it makes none. */
function sentAs(value: Value): readonly [type: number, content: Uint8Array] | null {
  try {
    const bytes = BSON.serialize({ '': toBson(value) });
    return [bytes[4] as number, bytes.subarray(6, -1)];
  } catch {
    return null;
  }
}

const readsAsNumber = (content: Uint8Array): boolean =>
  !Number.isNaN(new DataView(content.buffer, content.byteOffset, 8).getFloat64(0, true));

/** Whether a value says all of its bytes, told at a glance; where this cannot tell, the bytes are compared. */
function isPlain(type: number, content: Uint8Array): boolean {
  if (type === types.bool) return content[0] === 0 || content[0] === 1;
  return plain.has(type) || (type === types.double && readsAsNumber(content));
}

function leafOf(type: number, content: Uint8Array): Value {
  if (isPlain(type, content)) return valueOf(type, content);
  let value: Value;
  try {
    value = valueOf(type, content);
  } catch {
    return rawOf(type, content);
  }
  // Text that is no UTF-8 reads with this character in the place of what is none.
  if (type === types.string && typeof value === 'string' && !value.includes('\ufffd')) return value;
  const sent = sentAs(value);
  return sent?.[0] === type && Buffer.compare(sent[1], content) === 0 ? value : rawOf(type, content);
}

type Named = readonly [name: string, value: Value];

function membersOf(content: Uint8Array): readonly Named[] {
  return Array.from(parseToElements(content), ([type, nameOffset, nameLength, offset, length]) => [
    toUTF8(content, nameOffset, nameOffset + nameLength, false),
    exactValueOf(type, content.subarray(offset, offset + length)),
  ]);
}

const isReadable = ([name]: Named): boolean => !name.includes('\ufffd');

/** A document whose own names are ours. */
export const exactDocOf = (bytes: Uint8Array): Doc => new Map(membersOf(bytes));

/** The elements of a BSON array as documents, their values as `exactValueOf` has them. */
export const exactDocumentsIn = (array: Uint8Array): readonly Doc[] => bytesIn(array).map(exactDocOf);

/**
 * The value of a BSON element, as `valueOf` has it where it would be sent as these very bytes; else a scalar of the type
 * `raw`: an object that holds a name twice, texts that are no UTF-8, deprecated types, numbers that are none in other bits.
 */
function exactValueOf(type: number, content: Uint8Array): Value {
  if (type === types.array) {
    const items = membersOf(content);
    return items.every(([name], at) => name === String(at)) ? items.map(([, item]) => item) : rawOf(type, content);
  }
  if (type !== types.object) return leafOf(type, content);
  const members = membersOf(content);
  const found = new Map(members);
  return found.size === members.length && members.every(isReadable) ? found : rawOf(type, content);
}

/** The documents of a BSON array as the bytes that they are. */
export const bytesIn = (array: Uint8Array): readonly Uint8Array[] =>
  Array.from(parseToElements(array), ([, , , offset, length]) => array.subarray(offset, offset + length));

/** A whole document, whose own names may be anybody's; a scalar of the type `raw` where it would not be sent as these bytes. */
export const exactWhole = (bytes: Uint8Array): Value => exactValueOf(types.object, bytes);

/** The `_id` of a document of a collection. */
export function idIn(bytes: Uint8Array): Value {
  const [own] = parseToElements(bytes);
  if (own === undefined) return null;
  const [type, , , offset, length] = own;
  return exactValueOf(type, bytes.subarray(offset, offset + length));
}

const names: ReadonlyMap<number, string> = new Map([
  [types.string, 'string (not UTF-8)'],
  [types.object, 'object (a name twice, or not UTF-8)'],
  [types.array, 'array (positions out of order)'],
  [types.bool, 'bool (neither 0 nor 1)'],
  [types.date, 'date (beyond the year 275760)'],
  [0x05, 'binData (of no valid form)'],
  [0x06, 'undefined'],
  [0x0b, 'regex (options out of order)'],
  [0x0c, 'dbPointer'],
  [0x0f, 'javascriptWithScope'],
]);

function firstOf(values: Iterable<Value>): string | null {
  for (const value of values) {
    const found = unsendable(value);
    if (found !== null) return found;
  }
  return null;
}

/** What BSON calls the type of the first value within this one that cannot be sent as the bytes that it is; null: all can. */
export function unsendable(value: Value): string | null {
  if (isDoc(value)) return firstOf(value.values());
  if (isList(value)) return firstOf(value);
  if (!isScalar(value) || value.type !== 'raw' || sentAs(value) !== null) return null;
  const type = Number.parseInt(value.text.slice(0, 2), 16);
  return names.get(type) ?? `0x${type.toString(16)}`;
}
