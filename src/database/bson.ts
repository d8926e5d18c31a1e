import {
  Binary,
  BSON,
  BSONRegExp,
  BSONSymbol,
  Code,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from 'mongodb';
import { exitCodes, internalError, SchemactlError } from '../errors.ts';
import { roughSize } from '../state/size.ts';
import { type Doc, isDoc, isList, type ScalarType, scalar, type Value } from '../state/value.ts';

function unsupported(type: string): never {
  throw new SchemactlError(`A value of the BSON type ${type} cannot be handled by the driver.`, {
    code: 'SCH6501',
    exitCode: exitCodes.failed,
    next: ['Exclude the collection that holds it, or convert the value first.'],
  });
}

const parts = (text: string, mark: string): [string, string] => {
  const at = text.indexOf(mark);
  return [text.slice(0, at), text.slice(at + 1)];
};

/** The server's dates are 64-bit milliseconds; JavaScript's reach no further than this. */
const farthestDate = 8.64e15;

function dateOf(text: string): Date {
  if (Math.abs(Number(text)) > farthestDate) unsupported('date, beyond the year 275760,');
  return new Date(Number(text));
}

/** Numbers keep the bits that they are given (driver 7.9, Node.js 20 to 24); nothing else is sent but as it is built anew. */
function fromRaw(text: string): unknown {
  const [type, base64] = parts(text, ':');
  const content = Buffer.from(base64, 'base64');
  if (type === '01') return new Double(content.readDoubleLE());
  if (type === '13') return new Decimal128(new Uint8Array(content));
  return unsupported(`0x${type}`);
}

const writers: Readonly<Record<ScalarType, (text: string) => unknown>> = {
  int: (text) => new Int32(text),
  long: (text) => Long.fromString(text),
  double: (text) => new Double(Number(text)),
  decimal: (text) => Decimal128.fromString(text),
  objectId: (text) => new ObjectId(text),
  date: (text) => dateOf(text),
  timestamp: (text) => {
    const [t, i] = parts(text, ':');
    return new Timestamp({ t: Number(t), i: Number(i) });
  },
  binary: (text) => {
    const [subType, base64] = parts(text, ':');
    return Binary.createFromBase64(base64, Number.parseInt(subType, 16));
  },
  regex: (text) => {
    const [options, pattern] = parts(text, '/');
    return new BSONRegExp(pattern, options);
  },
  javascript: (text) => new Code(text),
  symbol: (text) => new BSONSymbol(text),
  undefined: () => unsupported('undefined'),
  minKey: () => new MinKey(),
  maxKey: () => new MaxKey(),
  dbPointer: () => unsupported('dbPointer'),
  raw: (text) => fromRaw(text),
};

/** A value as the driver serialises it; documents stay Maps, so their names keep their order. */
export function toBson(value: Value): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (isDoc(value)) return new Map([...value].map(([name, item]) => [name, toBson(item)]));
  if (isList(value)) return value.map(toBson);
  const { type, text } = value;
  return writers[type](text);
}

/** A command as the driver wants it: its own names are never integer-like, so the top level may be an object. */
export function toCommand(command: Doc): Record<string, unknown> {
  return Object.fromEntries([...command].map(([name, item]) => [name, toBson(item)]));
}

const doubleText = (value: number): string => {
  if (Object.is(value, -0)) return '-0.0';
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? `${value}.0` : String(value);
};

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const hex = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');

/** The text of a BSON string; null where it may not be UTF-8, which the driver judges. */
function textOf(bytes: Uint8Array): string | null {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + 4, bytes.byteLength - 5).toString('utf8');
  return text.includes('\ufffd') ? null : text;
}

/** BSON element types by number (https://bsonspec.org/spec.html). */
const listType = 4;
const docType = 3;

const { ByteUtils, parseToElements } = BSON.onDemand;
const { toUTF8 } = ByteUtils;

/** What replies are made of, read in place; any other type passes through the driver. */
const readers: Readonly<Record<number, (bytes: Uint8Array) => Value>> = {
  1: (bytes) => scalar('double', doubleText(viewOf(bytes).getFloat64(0, true))),
  2: (bytes) => textOf(bytes) ?? throughDriver(2, bytes),
  7: (bytes) => scalar('objectId', hex(bytes)),
  8: (bytes) => (bytes[0] === 1 ? true : bytes[0] === 0 ? false : throughDriver(8, bytes)),
  9: (bytes) => scalar('date', String(viewOf(bytes).getBigInt64(0, true))),
  10: () => null,
  16: (bytes) => scalar('int', String(viewOf(bytes).getInt32(0, true))),
  18: (bytes) => scalar('long', String(viewOf(bytes).getBigInt64(0, true))),
};

function throughDriver(type: number, bytes: Uint8Array): Value {
  const holder = new Uint8Array(4 + 1 + 1 + bytes.length + 1);
  new DataView(holder.buffer).setInt32(0, holder.length, true);
  holder[4] = type;
  holder.set(bytes, 6);
  const { '': value } = BSON.deserialize(holder, { promoteValues: false, bsonRegExp: true, promoteBuffers: false });
  return fromLeaf(type, value);
}

function fromLeaf(type: number, value: unknown): Value {
  if (type === 6) return scalar('undefined', '');
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (value instanceof Int32) return scalar('int', String(value.value));
  if (value instanceof Double) return scalar('double', doubleText(value.value));
  if (value instanceof Timestamp) return scalar('timestamp', `${value.t}:${value.i}`);
  if (value instanceof Long) return scalar('long', value.toString());
  if (value instanceof Decimal128) return scalar('decimal', value.toString());
  if (value instanceof ObjectId) return scalar('objectId', value.toHexString());
  if (value instanceof Date) return scalar('date', String(value.getTime()));
  if (value instanceof Binary) {
    return scalar('binary', `${value.sub_type.toString(16).padStart(2, '0')}:${value.toString('base64')}`);
  }
  if (value instanceof BSONRegExp) return scalar('regex', `${value.options}/${value.pattern}`);
  if (value instanceof Code && value.scope !== null) return unsupported('code with scope');
  if (value instanceof Code) return scalar('javascript', value.code);
  if (value instanceof BSONSymbol) return scalar('symbol', value.valueOf());
  if (value instanceof MinKey) return scalar('minKey', '');
  if (value instanceof MaxKey) return scalar('maxKey', '');
  return unsupported(String(type));
}

/** What the driver serialises at once; its own buffer holds 17 MB. */
const piece = 8 * 1024 * 1024;

/** One value as a BSON element without a name. Only what is larger than a piece is put together here; a single text never is too large. */
function elementOf(value: Value): readonly [type: number, content: Uint8Array] {
  const isLarge = (isDoc(value) || isList(value)) && roughSize(value) > piece;
  if (isLarge) return isDoc(value) ? [docType, joined([...value])] : [listType, joined([...value.entries()])];
  const bytes = BSON.serialize({ '': toBson(value) });
  return [bytes[4] as number, bytes.subarray(6, -1)];
}

function joined(members: readonly (readonly [name: string | number, value: Value])[]): Uint8Array {
  const elements = members.flatMap(([name, value]) => {
    const [type, content] = elementOf(value);
    return [Buffer.from([type]), Buffer.from(`${name}\0`), content];
  });
  const length = Buffer.alloc(4);
  length.writeInt32LE(elements.reduce((sum, { length: bytes }) => sum + bytes, 5));
  return Buffer.concat([length, ...elements, Buffer.from([0])]);
}

/** An ordered document as raw BSON, however large it is. */
export const bytesOf = (document: Doc): Uint8Array => joined([...document]);

/** A raw BSON document as an ordered document; nothing passes through a JavaScript object. */
export function fromBytes(bytes: Uint8Array): Doc {
  const found = new Map<string, Value>();
  for (const [type, nameOffset, nameLength, offset, length] of parseToElements(bytes)) {
    const name = toUTF8(bytes, nameOffset, nameOffset + nameLength, false);
    found.set(name, valueOf(type, bytes.subarray(offset, offset + length)));
  }
  return found;
}

/** The value of a BSON element from its type and its bytes. */
export function valueOf(type: number, content: Uint8Array): Value {
  if (type === docType) return fromBytes(content);
  if (type === listType)
    return Array.from(parseToElements(content), ([kind, , , offset, length]) =>
      valueOf(kind, content.subarray(offset, offset + length)),
    );
  const read = readers[type];
  return read === undefined ? throughDriver(type, content) : read(content);
}

function fromReplyMember(value: unknown): Value {
  if (value instanceof Uint8Array) return fromBytes(value);
  if (Array.isArray(value)) return value.map(fromReplyMember);
  return fromLeaf(0, value);
}

/** The set's clock, signed, in every reply: the driver has kept it already. */
const clusterTime = '$clusterTime';

/** A reply read with `raw: true` and `promoteValues: false`: nested documents are bytes, scalars driver values. */
export function fromReply(reply: Record<string, unknown>): Doc {
  const members = Object.entries(reply).filter(([name]) => name !== clusterTime);
  return new Map(members.map(([name, value]) => [name, fromReplyMember(value)]));
}

/** The elements of a BSON array as documents; anything else in it is left out. */
export function documentsIn(array: Uint8Array): readonly Doc[] {
  return (valueOf(listType, array) as readonly Value[]).filter(isDoc);
}

/** One batch of a cursor. */
export interface CursorReply {
  /** `0` where nothing is left. */
  readonly id: string;
  readonly collection: string;
  /** A BSON array. */
  readonly documents: Uint8Array;
}

/** The cursor of a reply read with `raw: true`; its documents are not looked at. */
export function cursorReply(reply: Record<string, unknown>): CursorReply {
  const { cursor } = reply;
  if (!(cursor instanceof Uint8Array)) throw internalError("the server's reply has no cursor");
  const parts = new Map(
    Array.from(parseToElements(cursor), ([, nameOffset, nameLength, offset, length]) => [
      toUTF8(cursor, nameOffset, nameOffset + nameLength, false),
      cursor.subarray(offset, offset + length),
    ]),
  );
  const documents = parts.get('firstBatch') ?? parts.get('nextBatch');
  const [id, ns] = [parts.get('id'), parts.get('ns')];
  if (documents === undefined || id === undefined || ns === undefined)
    throw internalError("the server's cursor has no batch");
  const namespace = textOf(ns) ?? '';
  return {
    id: String(viewOf(id).getBigInt64(0, true)),
    collection: namespace.slice(namespace.indexOf('.') + 1),
    documents,
  };
}
