import { canonical } from '../../state/encode.ts';
import { roughSize } from '../../state/size.ts';
import { type Doc, doc, docOf, isDoc, type Value } from '../../state/value.ts';
import { literal, sameText } from './expressions.ts';
import type { Part } from './held.ts';
import type { Put } from './restore.ts';
import { changedAt, member } from './walk.ts';

/** A name that stands in an expression as it is; any other needs the form of keys and values. */
const isPlain = (name: string): boolean => name !== '' && !name.includes('.') && !name.startsWith('$');

/** The members of an object whose names are, or are not, among these, compared byte for byte. */
function membersOf(holder: string, names: readonly string[], are: boolean): Value {
  const isOne = docOf({ $or: names.map((name) => sameText('$$this.k', name)) });
  const cond = are ? isOne : docOf({ $not: [isOne] });
  return docOf({ $filter: docOf({ input: docOf({ $objectToArray: holder }), cond }) });
}

/** The object with a field behind those that stood before it and are still there; what came since stays at the end. */
function inserted(holder: string, name: string, value: Value, names: readonly string[]): Value {
  const at = names.indexOf(name);
  const earlier = at < 0 ? null : names.slice(0, at);
  if (earlier === null) return docOf({ $mergeObjects: [holder, doc([name, value])] });
  if (earlier.every(isPlain)) {
    const front = new Map<string, Value>([...earlier.map((one) => [one, member(holder, one)] as const), [name, value]]);
    return docOf({ $mergeObjects: [front, holder] });
  }
  const own = [docOf({ k: literal(name), v: value })];
  return docOf({
    $arrayToObject: docOf({
      $concatArrays: [membersOf(holder, earlier, true), own, membersOf(holder, earlier, false)],
    }),
  });
}

/** A value for each document: looked up by `_id` in a list of constants, which the server hashes once (4.4 to 6.0). */
function valueOf(ids: readonly Value[], values: readonly Value[]): Value {
  const [first] = values;
  const text = canonical(first);
  if (first !== undefined && values.every((value) => canonical(value) === text)) return literal(first);
  return docOf({ $arrayElemAt: [literal(values), docOf({ $indexOfArray: [literal(ids), '$_id'] })] });
}

function putOne({ path, from, names, ...put }: Put, value: Value): readonly Doc[] {
  const [root, ...rest] = path as readonly [string, ...string[]];
  // What leads to it was read and is no array; the stage builds no object anew, so a name that stands there twice stays.
  if (put.value === null) return [docOf({ $unset: path.join('.') })];
  const given = (holder: string | null): Value => (from === null ? value : member(holder, from));
  if (rest.length === 0) {
    const change = given(null);
    if (names === null) return [docOf({ $set: doc([root, change]) })];
    return [docOf({ $replaceWith: inserted('$$ROOT', root, change, names) })];
  }
  const holder = (at: string, name: string): Value =>
    names === null ? docOf({ $mergeObjects: [at, doc([name, given(at)])] }) : inserted(at, name, given(at), names);
  return [docOf({ $set: doc([root, changedAt(path, { holder, item: (item) => item })]) })];
}

/**
 * The update that puts into each of the documents what is listed for it. All of them get the same fields in the same
 * places; `rows` holds one list a document, beside its id.
 */
export function putAll(ids: readonly Value[], rows: readonly (readonly Put[])[]): readonly Doc[] {
  const [first] = rows;
  return (first ?? []).flatMap((put, at) => {
    const values = rows.flatMap((row) => row[at]?.value ?? []);
    return putOne(put, put.value === null || put.from !== null ? null : valueOf(ids, values));
  });
}

/** At least the bytes that the update of one document takes in a command. */
export function putBytes(id: Value, puts: readonly Put[]): number {
  const sent = puts.filter(({ value, from }) => value !== null && from === null);
  const values = sent.reduce((sum, { value }) => sum + roughSize(value), 0);
  return values + (sent.length + 1) * (roughSize(id) + 8);
}

/** Values that follow one another at one place are written once. */
export function withPut(puts: readonly Put[], put: Put): readonly Put[] {
  const key = put.path.join('.');
  const at = puts.findIndex((other) => other.path.join('.') === key);
  const earlier = puts[at];
  const isOver = put.value !== null && put.names === null && put.from === null;
  if (earlier?.value == null || earlier.from !== null || !isOver) return [...puts, put];
  return puts.with(at, { ...earlier, value: put.value });
}

/** Documents with one key get the same fields in the same places. */
export const putKey = (puts: readonly Put[]): string =>
  canonical(puts.map(({ path, value, from, names }) => [path, value === null, from, names]));

/** The names with one more behind those that stood before it. */
function withName(names: readonly string[], name: string, former: readonly string[]): readonly string[] {
  if (names.includes(name)) return names;
  const earlier = new Set(former.slice(0, Math.max(0, former.indexOf(name))));
  if (!former.includes(name)) return [...names, name];
  return [...names.filter((one) => earlier.has(one)), name, ...names.filter((one) => !earlier.has(one))];
}

function withMember(holder: Doc, path: readonly string[], put: Put): Doc {
  const [name, ...rest] = path as readonly [string, ...string[]];
  const inner = holder.get(name);
  if (rest.length > 0) return isDoc(inner) ? new Map([...holder, [name, withMember(inner, rest, put)]]) : holder;
  const { value } = put;
  if (value === null) return new Map([...holder].filter(([other]) => other !== name));
  const order = withName([...holder.keys()], name, put.names ?? []);
  return new Map(order.map((one) => [one, one === name ? value[0] : (holder.get(one) ?? null)]));
}

/** What was read of a document, as the puts leave it. */
export function withPuts(part: Part, puts: readonly Put[]): Part {
  return puts.reduce((now, put): Part => {
    const [root] = put.path as readonly [string];
    const names =
      now.names === null || put.path.length > 1
        ? now.names
        : put.value === null
          ? now.names.filter((name) => name !== root)
          : withName(now.names, root, put.names ?? []);
    return { ...now, fields: withMember(now.fields, put.path, put), names };
  }, part);
}
