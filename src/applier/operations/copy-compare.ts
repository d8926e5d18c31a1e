import type { Database } from '../../database/port.ts';
import { fastCount, findAll, readBatches } from '../../database/read.ts';
import { canonical } from '../../state/encode.ts';
import { type Doc, docOf, int, type Value } from '../../state/value.ts';

const batchSize = 1000;

/** All documents of a collection in the order in which the server holds them, some at a time. */
export const batchesOf = (db: Database, collection: string): AsyncGenerator<readonly Doc[]> =>
  readBatches(db, docOf({ find: collection, batchSize: int(batchSize) }));

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
