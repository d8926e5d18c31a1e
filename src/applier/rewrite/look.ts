import type { Database } from '../../database/port.ts';
import { aggregateCommand, findAll, readAll } from '../../database/read.ts';
import type { RewriteOperation } from '../../planner/operation.ts';
import { canonical } from '../../state/encode.ts';
import { docOf, int, type Value } from '../../state/value.ts';
import type { Position } from './batch.ts';
import { guardOf, idBytes, withinBytes } from './candidates.ts';

/** What a pass looks through before it looks again: never more than there was when it began, whatever is inserted meanwhile. */
export type Look =
  /** What an earlier pass recorded. */
  | { readonly kind: 'recorded' }
  /** Every `_id` in order, up to this one, which was the last when the look began. */
  | { readonly kind: 'ordered'; readonly last: Value }
  /** The few documents that there are, in the order of `_id`. */
  | { readonly kind: 'listed'; readonly ids: readonly Value[] }
  | { readonly kind: 'nothing' };

/** More documents than this are looked for in the order of `_id`. */
export const mostListed = 20_000;

const byId = docOf({ _id: int(1) });

/**
 * The ids of all documents in which a pass may have something to do; null where they are too many for a list. The server
 * finds them by whatever index serves: `$limit` before `$sort` keeps it from walking the index on `_id` for the order.
 */
async function listed(db: Database, op: RewriteOperation): Promise<readonly Value[] | null> {
  const pipeline = [
    docOf({ $match: guardOf(op) }),
    docOf({ $limit: int(mostListed + 1) }),
    docOf({ $project: byId }),
    docOf({ $sort: byId }),
  ];
  const found = await readAll(db, aggregateCommand(op.collection, pipeline));
  if (found.length > mostListed || withinBytes(found, idBytes).length < found.length) return null;
  return found.map((document) => document.get('_id') as Value);
}

/** The last `_id` that there is now; null where none lies at or behind the place where a pass stands. */
async function lastId(db: Database, { collection }: RewriteOperation, after: Position['after']): Promise<Look> {
  const one = { collection, filter: docOf({}), projection: byId, hint: byId, limit: 1 };
  const ahead = after === null ? null : await findAll(db, { ...one, sort: byId, min: docOf({ _id: after[0] }) });
  if (ahead?.length === 0) return { kind: 'nothing' };
  const [last] = await findAll(db, { ...one, sort: docOf({ _id: int(-1) }) });
  return last === undefined ? { kind: 'nothing' } : { kind: 'ordered', last: last.get('_id') as Value };
}

/** Begins to look from where a pass stands, by a list where few documents are expected and a list can hold them. */
export async function beginLook(db: Database, op: RewriteOperation, at: Position, expectsFew: boolean): Promise<Look> {
  if (op.scope.kind === 'changed-by') return { kind: 'recorded' };
  const ids = expectsFew && at.after === null ? await listed(db, op) : null;
  if (ids === null) return lastId(db, op, at.after);
  return ids.length === 0 ? { kind: 'nothing' } : { kind: 'listed', ids };
}

/** What is left of a list once a batch of so many of its ids was worked on, up to this one; null: none of them had anything to do. */
export function afterBatch(ids: readonly Value[], size: number, after: Position['after']): Look {
  const worked = ids.slice(0, size);
  const at = after === null ? -1 : worked.findIndex((id) => canonical(id) === canonical(after[0]));
  const rest = ids.slice(at < 0 ? worked.length : at + 1);
  return rest.length === 0 ? { kind: 'nothing' } : { kind: 'listed', ids: rest };
}
