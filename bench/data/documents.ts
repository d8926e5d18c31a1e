import { openBare } from './bare.ts';
import type { Scene } from '../row.ts';

const batch = 10_000;
const fields = Array.from({ length: 20 }, (_, at) => `field_${at}`);

/** A well-mixed whole number of 32 bits, the same for the same input (murmur3's finaliser). */
function mixed(input: number): number {
  let bits = Math.imul(input ^ (input >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** Texts, numbers, dates and booleans in turn; the first field differs in every document. */
function documentAt(at: number): Record<string, unknown> {
  const values = fields.map((_, field) => {
    const bits = mixed(at * fields.length + field);
    return [`text ${bits} ${at}`, bits % 1000, new Date(1.7e12 + bits), bits % 2 === 0][field % 4];
  });
  return Object.fromEntries(fields.map((name, field) => [name, values[field]]));
}

/** Fills a collection with as many documents as the scene is large, about 450 bytes each. */
export async function fillCollection(scene: Scene, collection: string): Promise<void> {
  const { db, end } = await openBare(scene);
  try {
    for (let from = 0; from < scene.size; from += batch) {
      const count = Math.min(batch, scene.size - from);
      const documents = Array.from({ length: count }, (_, at) => documentAt(from + at));
      await db.collection(collection).insertMany(documents, { ordered: false });
    }
  } finally {
    await end();
  }
}
