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

/** Reads; the quickest counts, as the others waited for something else. */
const looks = 5;

/** Up to the next of 1, 2, 5, 10, …: two plans of the same database should say the same. */
function roundedUp(seconds: number): number {
  const power = 10 ** Math.floor(Math.log10(seconds));
  const step = [1, 2, 5].find((each) => seconds <= each * power * 1.001) ?? 10;
  return step * power;
}

/** Seconds that rewriting one document of a collection is expected to take; null where there is none to try. Reads only. */
export async function paceOf(db: Database, collection: string): Promise<number | null> {
  const find = docOf({ find: collection, limit: int(sampleSize), batchSize: int(sampleSize), singleBatch: true });
  let quickest = Number.POSITIVE_INFINITY;
  for (let look = 0; look < looks; look += 1) {
    const began = performance.now();
    const reply = await db.run(find, { timeoutMs: patienceMs }).catch(() => null);
    const took = (performance.now() - began) / 1000;
    const cursor = reply?.get('cursor');
    const found = cursor instanceof Map ? (cursor.get('firstBatch') as readonly unknown[]).length : 0;
    if (found === 0) break;
    quickest = Math.min(quickest, (took / found) * timesARead);
  }
  return Number.isFinite(quickest) ? roundedUp(Math.max(leastSeconds, quickest)) : null;
}
