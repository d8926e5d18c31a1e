import { docOf, int } from '../state/value.ts';
import type { Database } from './port.ts';
import { sizeOf } from './read.ts';

const sampleSize = 1000;
const patienceMs = 1000;

/**
 * A rewrite finds a document, changes it, keeps what is needed to take that back, and waits for the journal and a majority:
 * about so many times what the server takes to read it (measured on 6.0.5 with documents of 100 bytes to 10 kB).
 */
const timesARead = 12;
/** Even tiny documents take this long. */
const leastSeconds = 40e-6;

/** Reads; the quickest counts, as the others waited for something else. */
const looks = 5;

interface Looked {
  readonly seconds: number;
  readonly documents: number;
}

/** How long the server takes to read so many documents, each of them whole, and the way there and back; null: too long. */
async function look(db: Database, collection: string, limit: number): Promise<Looked | null> {
  const began = performance.now();
  const some = [docOf({ $limit: int(limit) })];
  const found = await sizeOf(db, collection, some, { timeoutMs: patienceMs }).catch(() => null);
  return found === null ? null : { seconds: (performance.now() - began) / 1000, documents: found.documents };
}

async function quickest(db: Database, collection: string, limit: number): Promise<Looked | null> {
  let best: Looked | null = null;
  for (let at = 0; at < looks; at += 1) {
    const looked = await look(db, collection, limit);
    if (looked === null || looked.documents === 0) break;
    if (best === null || looked.seconds < best.seconds) best = looked;
  }
  return best;
}

/** Up to the next of 1, 2, 5, 10, …: two plans of the same database should say the same. */
function roundedUp(seconds: number): number {
  const power = 10 ** Math.floor(Math.log10(seconds));
  const step = [1, 2, 5].find((each) => seconds <= each * power * 1.001) ?? 10;
  return step * power;
}

/** Seconds that rewriting one document of a collection is expected to take; null where there is none to try. Reads only. */
export async function paceOf(db: Database, collection: string): Promise<number | null> {
  const many = await quickest(db, collection, sampleSize);
  const one = many === null ? null : await quickest(db, collection, 1);
  if (many === null || one === null) return null;
  const aDocument = Math.max(0, many.seconds - one.seconds) / many.documents;
  return roundedUp(Math.max(leastSeconds, aDocument * timesARead));
}
