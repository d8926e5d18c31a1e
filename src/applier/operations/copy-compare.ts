import type { Database } from '../../database/port.ts';
import { docAt, fastCount, findAll } from '../../database/read.ts';
import { canonical } from '../../state/encode.ts';
import { type Doc, docOf, int, isDoc, isList, toNumber, type Value } from '../../state/value.ts';

const batchSize = 1000;

function batchOf(cursor: Doc, name: string): readonly Doc[] {
  const batch = cursor.get(name);
  return isList(batch) ? batch.filter(isDoc) : [];
}

/** All documents of a collection in the order in which the server holds them, some at a time. */
export async function* batchesOf(db: Database, collection: string): AsyncGenerator<readonly Doc[]> {
  const first = docAt(await db.run(docOf({ find: collection, batchSize: int(batchSize) })), 'cursor');
  yield batchOf(first, 'firstBatch');
  let id = first.get('id') as Value;
  while (toNumber(id) !== 0) {
    const next = docAt(await db.run(docOf({ getMore: id, collection, batchSize: int(batchSize) })), 'cursor');
    yield batchOf(next, 'nextBatch');
    id = next.get('id') as Value;
  }
}

/**
 * Whether two collections hold the same documents, types and order of names included. Read in batches by `_id`:
 * `dbHash` goes by the order of the index on `_id`, which another collation changes, and holds up the whole database.
 */
export async function sameDocuments(db: Database, one: string, other: string): Promise<boolean> {
  const [left, right] = await Promise.all([fastCount(db, one), fastCount(db, other)]);
  return left === right && isWithin(db, one, other);
}

/** Whether every document of one collection is in the other, the very same. */
export async function isWithin(db: Database, one: string, other: string): Promise<boolean> {
  for await (const documents of batchesOf(db, one)) {
    const ids = documents.map((document) => document.get('_id') as Value);
    const found = await findAll(db, { collection: other, filter: docOf({ _id: docOf({ $in: ids }) }) });
    const known = new Set(found.map(canonical));
    if (!documents.every((document) => known.has(canonical(document)))) return false;
  }
  return true;
}
