/**
 * Keys of an index as bytes, in the order in which an index without a collation holds them: by type, numbers of every
 * type by value, text and binary by bytes (the server's own order of BSON values).
 */
export interface Key {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** The BSON type; null stands for what is missing too. */
  readonly type: number;
  /** Where its value begins and ends. */
  readonly start: number;
  readonly end: number;
}

/** BSON element types by number (https://bsonspec.org/spec.html). */
const bson = {
  double: 1,
  string: 2,
  document: 3,
  binary: 5,
  objectId: 7,
  bool: 8,
  date: 9,
  null: 10,
  int: 16,
  long: 18,
};

/** The order of the types that are compared here; any other is left to the server. */
const ranks = new Map([
  [bson.null, 0],
  [bson.int, 1],
  [bson.long, 1],
  [bson.double, 1],
  [bson.string, 2],
  [bson.binary, 3],
  [bson.objectId, 4],
  [bson.bool, 5],
  [bson.date, 6],
]);

export const isNull = ({ type }: Key): boolean => type === bson.null;
/** Whether keys of this type can be compared here. */
export const isComparable = ({ type }: Key): boolean => ranks.has(type);

/** Where the value of a document's only element stands, through so many documents; null where it is missing. */
export function onlyValue(bytes: Uint8Array, view: DataView, start: number, depth: number): Key {
  let [at, end] = [start, start + view.getInt32(start, true)];
  for (let left = depth; left > 0; left -= 1) {
    const type = bytes[at + 4] ?? 0;
    if (type === 0) break;
    let value = at + 5;
    while (bytes[value] !== 0) value += 1;
    value += 1;
    if (left === 1) return { bytes, view, type, start: value, end: end - 1 };
    if (type !== bson.document) break;
    [at, end] = [value, value + view.getInt32(value, true)];
  }
  return { bytes, view, type: bson.null, start: at, end: at };
}

const sign = (a: number | bigint, b: number | bigint): number => (a < b ? -1 : a > b ? 1 : 0);

function numberAt({ type, view, start }: Key): number | bigint {
  if (type === bson.int) return view.getInt32(start, true);
  return type === bson.long ? view.getBigInt64(start, true) : view.getFloat64(start, true);
}

/** NaN is less than every other number, and equal to itself; an integer and a double are compared exactly. */
function compareNumbers(a: Key, b: Key): number {
  const [left, right] = [numberAt(a), numberAt(b)];
  const [isNaN, isOtherNaN] = [left !== left, right !== right];
  return isNaN || isOtherNaN ? Number(isOtherNaN) - Number(isNaN) : sign(left, right);
}

/** Bytes one by one from an offset into each value; the shorter of two that begin alike is the lesser. */
function compareBytes(a: Key, b: Key, skip: number): number {
  const [from, to] = [a.start + skip, b.start + skip];
  const length = Math.min(a.end - from, b.end - to);
  for (let at = 0; at < length; at += 1) {
    const difference = (a.bytes[from + at] as number) - (b.bytes[to + at] as number);
    if (difference !== 0) return difference;
  }
  return a.end - from - (b.end - to);
}

/** Binary goes by length, then by kind, then by bytes. */
function compareBinary(a: Key, b: Key): number {
  return sign(a.view.getInt32(a.start, true), b.view.getInt32(b.start, true)) || compareBytes(a, b, 4);
}

/** Less than, equal to or greater than 0 as the server orders the two. Both must be comparable. */
export function compareKeys(a: Key, b: Key): number {
  const [rank, other] = [ranks.get(a.type) ?? 0, ranks.get(b.type) ?? 0];
  if (rank !== other) return rank - other;
  switch (a.type) {
    case bson.null:
      return 0;
    case bson.string:
      return compareBytes(a, b, 4);
    case bson.binary:
      return compareBinary(a, b);
    case bson.objectId:
    case bson.bool:
      return compareBytes(a, b, 0);
    case bson.date:
      return sign(a.view.getBigInt64(a.start, true), b.view.getBigInt64(b.start, true));
    default:
      return compareNumbers(a, b);
  }
}
