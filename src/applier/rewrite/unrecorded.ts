import { findAll } from '../../database/read.ts';
import { update } from '../../database/write.ts';
import { fillUpdate, isPlainFill, stagesOf } from '../../planner/rewrite/edits.ts';
import { canonical } from '../../state/encode.ts';
import { type Doc, docOf, int, isDoc, isList, isNumber, isScalar, type Value } from '../../state/value.ts';
import { type Batch, leaseGuard, type Position } from './batch.ts';
import { guardOf, idBytes, withinBytes } from './candidates.ts';

const byId = docOf({ _id: int(1) });

/** Values that `$gt` and `$lte` compare with one another: others are outside the range, whatever their order. */
function bracketOf(id: Value): string {
  if (id === null) return 'null';
  if (isNumber(id)) return id.text === 'NaN' ? 'NaN' : 'number';
  if (isScalar(id)) return id.type;
  return isDoc(id) ? 'object' : isList(id) ? 'array' : typeof id;
}

async function idsFrom({ context, op, size }: Batch, after: Position['after']): Promise<readonly Value[]> {
  const range = { collection: op.collection, filter: docOf({}), projection: byId, sort: byId, hint: byId, limit: 1 };
  const from = after === null ? {} : { min: docOf({ _id: after[0] }) };
  const [first, last] = await Promise.all([
    findAll(context.db, { ...range, ...from }),
    findAll(context.db, { ...range, ...from, skip: size }),
  ]);
  const ends = [
    ...first,
    ...(last.length > 0 ? last : await findAll(context.db, { ...range, sort: docOf({ _id: int(-1) }) })),
  ];
  return ends.map((document) => document.get('_id') as Value);
}

/** Ids of several kinds stand in the filter one by one, so there are fewer of them. */
const mostListed = 1000;

interface Range {
  readonly filter: Doc;
  readonly to: Value;
}

/** Every `_id` from one to another: a range within one kind of value, else the first of the ids themselves. */
async function rangeOf({ context, op }: Batch, from: Value, to: Value): Promise<Range> {
  if (bracketOf(from) === bracketOf(to)) return { filter: docOf({ _id: docOf({ $gte: from, $lte: to }) }), to };
  const found = await findAll(context.db, {
    ...{ collection: op.collection, filter: docOf({}), projection: byId, sort: byId, hint: byId },
    ...{ min: docOf({ _id: from }), limit: mostListed },
  });
  const ids = withinBytes(found, idBytes).map((document) => document.get('_id') as Value);
  return { filter: docOf({ _id: docOf({ $in: ids }) }), to: ids.at(-1) ?? to };
}

export interface Unrecorded {
  readonly after: Position['after'];
  readonly documents: number;
}

/**
 * The next documents by `_id`, rewritten by one update that is harmless when it is repeated; nothing is kept of them
 * (`--no-undo`). Null where the pass has come to the end. The lease guards it, since no transaction does.
 */
export async function rewriteUnrecorded(batch: Batch): Promise<Unrecorded | null> {
  const { context, op, at } = batch;
  const [from, to] = await idsFrom(batch, at.after);
  if (from === undefined || to === undefined) return null;
  const isAtEnd = at.after !== null && canonical(to) === canonical(at.after[0]);
  if (isAtEnd) return null;
  const fills = op.edits.filter(isPlainFill);
  const change: Value = fills.length === 1 && op.edits.length === 1 ? fillUpdate(fills) : [...stagesOf(op.edits)];
  const range = await rangeOf(batch, from, to);
  const filter = docOf({ $and: [range.filter, guardOf(op), ...leaseGuard(batch)] });
  const { matched } = await update(context.db, { collection: op.collection, filter, update: change, multi: true });
  return { after: [range.to], documents: matched };
}
