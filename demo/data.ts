import type { Collection, Db } from 'mongodb';
import { bills, deliveries } from './deliveries.ts';
import { orders, subscriptions } from './orders.ts';
import { customers, users } from './people.ts';
import { type DemoCollection, type DemoDocument, makeShop } from './shop.ts';

export { type DemoCollection, type DemoDocument, demoSizes } from './shop.ts';

/** The fields that the milestones add: a small share of the documents carries one already. */
export const addedFields: Readonly<Record<DemoCollection, readonly string[]>> = {
  users: ['customer_v2_id'],
  customers_v2: ['user_id'],
  subscriptions_v2: [],
  orders: ['subscription_id'],
  delivery_statuses: [
    'order_id',
    'confirmed_by_user_id',
    'confirmed_by_name',
    'confirmed_at',
    'confirmation_method',
    'ip_address',
    'device_info',
  ],
  billing_records: [],
};

/**
 * The documents of the milk-delivery application as they were before its migrations, `_id` included: the same for the
 * same seed and scale, on every machine. At scale 1 there are as many as `demoSizes` says, and four at least.
 * Each generator runs once and holds one document at a time.
 */
export function demoDocuments(seed: number, scale: number): Readonly<Record<DemoCollection, Generator<DemoDocument>>> {
  const shop = makeShop(seed, scale);
  return {
    users: users(shop),
    customers_v2: customers(shop),
    subscriptions_v2: subscriptions(shop),
    orders: orders(shop),
    delivery_statuses: deliveries(shop),
    billing_records: bills(shop),
  };
}

const batchSize = 2_000;

async function insertAll(collection: Collection<DemoDocument>, documents: Iterable<DemoDocument>): Promise<number> {
  let count = 0;
  let batch: DemoDocument[] = [];
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await collection.insertMany(batch, { ordered: true });
    count += batch.length;
    batch = [];
  };
  for (const document of documents) {
    batch.push(document);
    if (batch.length === batchSize) await flush();
  }
  await flush();
  return count;
}

export interface DemoOptions {
  readonly seed: number;
  readonly scale: number;
}

/** Writes the documents into empty or missing collections, and answers how many went into each. */
export async function fillDemo(
  db: Db,
  { seed, scale }: DemoOptions,
): Promise<Readonly<Record<DemoCollection, number>>> {
  const filled: Partial<Record<DemoCollection, number>> = {};
  for (const [name, documents] of Object.entries(demoDocuments(seed, scale))) {
    filled[name as DemoCollection] = await insertAll(db.collection<DemoDocument>(name), documents);
  }
  return filled as Record<DemoCollection, number>;
}
