import type { Database } from '../../database/port.ts';
import { idIn } from '../../database/exact.ts';
import { persistently } from '../../database/persist.ts';
import { fastCount, findCommand, readBytes } from '../../database/read.ts';
import { docOf, int, type Value } from '../../state/value.ts';

const batchSize = 1000;

/** All documents of a collection, as bytes, in the order in which the server holds them, some at a time. */
export const batchesOf = (db: Database, collection: string): AsyncGenerator<readonly Uint8Array[]> =>
  readBytes(db, docOf({ find: collection, batchSize: int(batchSize) }));

const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');

/** The documents of these ids, as texts of their bytes. */
const textsOf = (db: Database, collection: string, ids: readonly Value[]): Promise<ReadonlySet<string>> =>
  persistently(async () => {
    const found = new Set<string>();
    const command = findCommand({ collection, filter: docOf({ _id: docOf({ $in: ids }) }) });
    for await (const documents of readBytes(db, command)) for (const bytes of documents) found.add(textOf(bytes));
    return found;
  });

/**
 * Whether two collections hold the same documents, byte for byte. Read in batches by `_id`:
 * `dbHash` goes by the order of the index on `_id`, which another collation changes, and holds up the whole database.
 */
export async function sameDocuments(db: Database, one: string, other: string): Promise<boolean> {
  const [left, right] = await Promise.all([fastCount(db, one), fastCount(db, other)]);
  return left === right && isWithin(db, one, other);
}

/** Whether every document of one collection is in the other, the very same. */
export async function isWithin(db: Database, one: string, other: string): Promise<boolean> {
  for await (const documents of batchesOf(db, one)) {
    const known = await textsOf(db, other, documents.map(idIn));
    if (!documents.every((bytes) => known.has(textOf(bytes)))) return false;
  }
  return true;
}
