import { findAll } from '../../database/read.ts';
import { update } from '../../database/write.ts';
import { fillUpdate, isPlainFill, stagesOf } from '../../planner/rewrite/edits.ts';
import { canonical } from '../../state/encode.ts';
import { type Doc, docOf, int, isDoc, isList, isNumber, isScalar, type Value } from '../../state/value.ts';
import { type Batch, leaseGuard, writing, type Position } from './batch.ts';
import { guardOf, idBytes, withinBytes } from './candidates.ts';

const byId = docOf({ _id: int(1) });

/** Values that `$gt` and `$lte` compare with one another: others are outside the range, whatever their order. */
function bracketOf(id: Value): string {
  if (id === null) return 'null';
  if (isNumber(id)) return id.text === 'NaN' ? 'NaN' : 'number';
  if (isScalar(id)) return id.type;
  return isDoc(id) ? 'object' : isList(id) ? 'array' : typeof id;
}

/** `_id` may be null, which is one as any other. */
const idOf = (document: Doc | undefined, otherwise: Value): Value =>
  document === undefined ? otherwise : (document.get('_id') as Value);

/** The first `_id` from where the pass stands, and the one up to which a batch goes: never past the last of this look. */
async function idsFrom(
  { context, op, size }: Batch,
  after: Position['after'],
  last: Value,
): Promise<readonly [from: Value, to: Value]> {
  const range = { collection: op.collection, filter: docOf({}), projection: byId, sort: byId, hint: byId, limit: 1 };
  const within = { ...range, max: docOf({ _id: last }), ...(after === null ? {} : { min: docOf({ _id: after[0] }) }) };
  const [first, end] = await Promise.all([findAll(context.db, within), findAll(context.db, { ...within, skip: size })]);
  return [idOf(first[0], last), idOf(end[0], last)];
}

/** Ids of several kinds stand in the filter one by one, so there are fewer of them. */
const mostListed = 1000;

interface Range {
  readonly filter: Doc;
  readonly to: Value;
}

/** Every `_id` from one to another: a range within one kind of value, else the first of the ids themselves. */
async function rangeOf({ context, op }: Batch, from: Value, to: Value, last: Value): Promise<Range> {
  if (bracketOf(from) === bracketOf(to)) return { filter: docOf({ _id: docOf({ $gte: from, $lte: to }) }), to };
  const found = await findAll(context.db, {
    ...{ collection: op.collection, filter: docOf({}), projection: byId, sort: byId, hint: byId },
    ...{ min: docOf({ _id: from }), max: docOf({ _id: last }), limit: mostListed },
  });
  const listed = withinBytes(found, idBytes).map((document) => document.get('_id') as Value);
  const isAll = listed.length === found.length && found.length < mostListed;
  const ids = isAll ? [...listed, last] : listed;
  return { filter: docOf({ _id: docOf({ $in: ids }) }), to: ids.length === 0 ? last : (ids.at(-1) as Value) };
}

export interface Unrecorded {
  readonly after: Position['after'];
  readonly documents: number;
}

/** The next documents of the look; null where it has come to its end. */
async function nextRange(batch: Batch): Promise<Range | null> {
  const { at, located, last } = batch;
  if (located !== null) return { filter: docOf({ _id: docOf({ $in: located }) }), to: located.at(-1) ?? null };
  if (last === null || (at.after !== null && canonical(last[0]) === canonical(at.after[0]))) return null;
  const [from, to] = await idsFrom(batch, at.after, last[0]);
  return rangeOf(batch, from, to, last[0]);
}

/**
 * The next documents by `_id`, rewritten by one update that is harmless when it is repeated; nothing is kept of them
 * (`--no-undo`). Null where the look has come to its end. The lease guards it, since no transaction does.
 */
export async function rewriteUnrecorded(batch: Batch): Promise<Unrecorded | null> {
  const { context, op } = batch;
  const range = await nextRange(batch);
  if (range === null) return null;
  const fills = op.edits.filter(isPlainFill);
  const change: Value = fills.length === 1 && op.edits.length === 1 ? fillUpdate(fills) : [...stagesOf(op.edits)];
  const filter = docOf({ $and: [range.filter, guardOf(op), ...leaseGuard(batch)] });
  const statement = { collection: op.collection, filter, update: change, multi: true };
  const { modified } = await update(context.db, statement, writing(batch));
  return { after: [range.to], documents: modified };
}
