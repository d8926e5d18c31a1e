import { docOf, int } from '../state/value.ts';
import type { Database } from './port.ts';

const sampleSize = 500;
const patienceMs = 1000;

/**
 * A rewrite finds a document, changes it, keeps what is needed to take that back, and waits for the journal and a majority:
 * about so many times what it takes to read it (measured on 6.0.5 with documents of 300 bytes to 10 kB).
 */
const timesARead = 12;
/** Even tiny documents take this long. */
const leastSeconds = 40e-6;

/** Seconds that rewriting one document of a collection is expected to take; null where there is none to try. Reads only. */
export async function paceOf(db: Database, collection: string): Promise<number | null> {
  const find = docOf({ find: collection, limit: int(sampleSize), batchSize: int(sampleSize), singleBatch: true });
  const began = performance.now();
  const reply = await db.run(find, { timeoutMs: patienceMs }).catch(() => null);
  const took = (performance.now() - began) / 1000;
  const cursor = reply?.get('cursor');
  const found = cursor instanceof Map ? (cursor.get('firstBatch') as readonly unknown[]).length : 0;
  return found === 0 ? null : Math.max(leastSeconds, (took / found) * timesARead);
}
