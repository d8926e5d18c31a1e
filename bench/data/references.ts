import { openBare } from './bare.ts';
import type { Scene } from '../row.ts';

const batch = 10_000;

/** A number below `size` for each number below it, all different: what comes one after the other refers far apart. */
const scattered = (at: number, size: number): number => (at * 48_271) % size;

const keyOf = (at: number): string =>
  `${(Math.imul(at, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0')}-0000-4000-8000-${String(at).padStart(12, '0')}`;

/** One in a thousand refers to nothing. */
const isOrphan = (at: number): boolean => at % 1000 === 7;
export const orphansIn = (size: number): number => Array.from({ length: size }).filter((_, at) => isOrphan(at)).length;

/**
 * As many deliveries as orders, about 200 bytes each, each of one order by the application's own id. The field that
 * refers has an index, and with two indexes the one that is referenced has one too.
 */
export async function fillReferences(scene: Scene): Promise<void> {
  const { db, end } = await openBare(scene);
  const filler = 'x'.repeat(100);
  try {
    for (let from = 0; from < scene.size; from += batch) {
      const numbers = Array.from({ length: Math.min(batch, scene.size - from) }, (_, at) => from + at);
      const orders = numbers.map((at) => ({ id: keyOf(at), filler }));
      const deliveries = numbers.map((at) => ({
        order_id: isOrphan(at) ? `nobody ${at}` : keyOf(scattered(at, scene.size)),
        filler,
      }));
      await db.collection('orders').insertMany(orders, { ordered: false });
      await db.collection('deliveries').insertMany(deliveries, { ordered: false });
    }
    await db.collection('deliveries').createIndex({ order_id: 1 });
    if (scene.indexes === 2) await db.collection('orders').createIndex({ id: 1 });
  } finally {
    await end();
  }
}

export const referencesSchema = `
version: 1
collections:
  orders: { fields: { id: {} } }
  deliveries: { fields: { order_id: {} }, links: { order: { field: order_id, references: orders.id } } }
`;
