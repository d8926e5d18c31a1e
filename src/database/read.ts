import { internalError } from '../errors.ts';
import { type Doc, docOf, int, isDoc, toNumber, type Value } from '../state/value.ts';
import { documentsIn } from './bson.ts';
import { bytesIn, exactDocumentsIn } from './exact.ts';
import { persistently } from './persist.ts';
import type { Database, RunOptions } from './port.ts';

/** A part of a reply that the server always sends; its absence is a bug of ours or a changed server. */
export function docAt(reply: Doc, name: string): Doc {
  const value = reply.get(name);
  if (!isDoc(value)) throw internalError(`the server's reply has no document "${name}"`);
  return value;
}

export interface ReadOptions extends RunOptions {
  /** Values that would not be sent again as they are stay bytes (`raw`). */
  readonly exact?: boolean;
}

/** Milliseconds that a question over all documents may take at most: nobody may be there to end it, and a pattern can take for ever. */
export const longestQuestionMs = 3_600_000;

/** What a cursor command (find, aggregate, listCollections, listIndexes) yields, a batch at a time, each a BSON array. */
async function* batchesOf(db: Database, command: Doc, options: RunOptions): AsyncGenerator<Uint8Array, void> {
  const cursor = db.cursor(command, options);
  try {
    for (let batch = await cursor.next(); batch !== null; batch = await cursor.next()) yield batch;
  } finally {
    await cursor.close();
  }
}

/** The documents of a cursor command, a batch at a time. */
export async function* readBatches(
  db: Database,
  command: Doc,
  { exact = false, ...options }: ReadOptions = {},
): AsyncGenerator<readonly Doc[], void> {
  for await (const batch of batchesOf(db, command, options)) yield exact ? exactDocumentsIn(batch) : documentsIn(batch);
}

/** The documents of a cursor command as the bytes that they are, a batch at a time. */
export async function* readBytes(db: Database, command: Doc): AsyncGenerator<readonly Uint8Array[], void> {
  for await (const batch of batchesOf(db, command, {})) yield bytesIn(batch);
}

async function readOnce(db: Database, command: Doc, options: ReadOptions): Promise<readonly Doc[]> {
  const found: Doc[] = [];
  for await (const batch of readBatches(db, command, options)) found.push(...batch);
  return found;
}

/** Every document that a cursor command yields; outside a transaction read anew where a failover closes the cursor. */
export async function readAll(db: Database, command: Doc, options: ReadOptions = {}): Promise<readonly Doc[]> {
  const read = (): Promise<readonly Doc[]> => readOnce(db, command, options);
  return options.session === undefined ? persistently(read) : read();
}

export interface Find {
  readonly collection: string;
  readonly filter: Doc;
  readonly projection?: Doc;
  readonly sort?: Doc;
  readonly limit?: number;
  readonly skip?: number;
  readonly hint?: Doc;
  /** Inclusive lower bound of the hinted index; unlike a filter it is not bound to one BSON type. */
  readonly min?: Doc;
  /** Exclusive upper bound of the hinted index. The server answers 51175 where it does not lie behind `min`. */
  readonly max?: Doc;
}

export function findCommand(find: Find): Doc {
  return docOf({
    find: find.collection,
    filter: find.filter,
    projection: find.projection,
    sort: find.sort,
    hint: find.hint,
    min: find.min,
    max: find.max,
    skip: find.skip === undefined ? undefined : int(find.skip),
    limit: find.limit === undefined ? undefined : int(find.limit),
    batchSize: int(find.limit ?? 10_000),
  });
}

export async function findAll(db: Database, find: Find, options: ReadOptions = {}): Promise<readonly Doc[]> {
  return readAll(db, findCommand(find), options);
}

export function aggregateCommand(collection: string, pipeline: readonly Value[], collation?: Doc): Doc {
  const cursor = docOf({ batchSize: int(10_000) });
  return docOf({ aggregate: collection, pipeline, cursor, collation, allowDiskUse: true });
}

/** How many documents these stages leave, and the bytes of all of them. Reads only. */
export async function sizeOf(
  db: Database,
  collection: string,
  stages: readonly Value[],
  options: ReadOptions = {},
): Promise<{ readonly documents: number; readonly bytes: number }> {
  const sums = docOf({ _id: null, n: docOf({ $sum: int(1) }), bytes: docOf({ $sum: docOf({ $bsonSize: '$$ROOT' }) }) });
  const [found] = await readAll(db, aggregateCommand(collection, [...stages, docOf({ $group: sums })]), options);
  return { documents: toNumber(found?.get('n')) ?? 0, bytes: toNumber(found?.get('bytes')) ?? 0 };
}

/** The number of documents by the collection's own metadata: fast, and exact but after a crash or for orphans. */
export async function fastCount(db: Database, collection: string): Promise<number> {
  const reply = await persistently(() => db.run(docOf({ count: collection })));
  return toNumber(reply.get('n')) ?? 0;
}
