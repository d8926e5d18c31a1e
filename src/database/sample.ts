import { type Doc, docOf, int } from '../state/value.ts';
import type { Database } from './port.ts';
import { fastCount, readBatches } from './read.ts';

export interface SampleOptions {
  /** The most documents that are read. */
  readonly size: number;
  /** Milliseconds after which the server gives up (50 MaxTimeMSExpired). */
  readonly timeoutMs: number;
}

/** What was read, and of how many. */
export interface Sampled {
  readonly read: number;
  readonly total: number;
}

/** So that documents of 16 MiB are not all held at once. */
const batchSize = int(100);

/**
 * Shows `look` the documents of a collection, or so many of them chosen by `$sample`, one at a time.
 * Throws DatabaseError as the server answers. Reads only.
 */
export async function sampleDocuments(
  db: Database,
  collection: string,
  { size, timeoutMs }: SampleOptions,
  look: (document: Doc) => void,
): Promise<Sampled> {
  const total = await fastCount(db, collection);
  const pipeline = [docOf(total > size ? { $sample: docOf({ size: int(size) }) } : { $limit: int(size) })];
  const command = docOf({ aggregate: collection, pipeline, cursor: docOf({ batchSize }), allowDiskUse: true });
  let read = 0;
  for await (const batch of readBatches(db, command, { timeoutMs })) {
    for (const document of batch) look(document);
    read += batch.length;
  }
  return { read, total: Math.max(total, read) };
}
