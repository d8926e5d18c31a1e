import type { Db } from 'mongodb';
import { fillDemo } from '../../demo/data.ts';
import { demoSizes } from '../../demo/shop.ts';
import type { Lab } from '../lab.ts';
import { pathOf } from '../packages.ts';
import type { Case, Mode, Scene } from '../row.ts';
import { forget, openBare } from './bare.ts';

/** The reference application with so many orders, and the rest in proportion. */
const caseOf = (orders: number): Case => ({
  label: `${orders.toLocaleString('en')} orders`,
  size: orders,
  indexes: 14,
});

/** Orders of a small and of the original's size. */
export const shopSizes = { quick: demoSizes.orders / 4, usual: demoSizes.orders } as const;

export const shopCases: Readonly<Record<Mode, readonly Case[]>> = {
  quick: [caseOf(shopSizes.quick)],
  usual: [caseOf(shopSizes.usual)],
  full: [caseOf(shopSizes.usual), caseOf(100 * shopSizes.usual)],
};

/** The schema of the reference application, all five milestones. */
export const shopSchema = pathOf('schema/collections.yaml');

/** The same data in a database of its own, which no migration touches. */
export const pristineOf = (database: string): string => `${database}_pristine`;
const collections = Object.keys(demoSizes);

export const shopScene =
  (row: string) =>
  async (wanted: Case, lab: Lab): Promise<Scene> => {
    const database = `bench_shop_${wanted.size}`;
    const scene = { ...wanted, uri: await lab.uri(), database, folder: await lab.folder(`${row}-${wanted.size}`) };
    await lab.once(database, async () => {
      const { db, end } = await openBare({ ...scene, database: pristineOf(database) });
      await fillDemo(db, { seed: 2025, scale: wanted.size / demoSizes.orders }).finally(end);
    });
    return scene;
  };

/** The application as it was before its migrations: no field, no index, nothing remembered. */
export async function restoreShop(db: Db): Promise<void> {
  await forget(db);
  const pristine = db.client.db(pristineOf(db.databaseName));
  for (const name of collections) {
    await db.dropCollection(name).catch(() => false);
    await pristine
      .collection(name)
      .aggregate([{ $out: { db: db.databaseName, coll: name } }])
      .toArray();
  }
  await db.admin().command({ fsync: 1 });
}

/** The fields that a migration of the original writes into every document, and whether it asks first who lacks them. */
const written: readonly (readonly [collection: string, fields: readonly string[], asks: boolean])[] = [
  ['orders', ['subscription_id'], true],
  ['delivery_statuses', ['order_id'], false],
  ['users', ['customer_v2_id'], false],
  ['customers_v2', ['user_id'], false],
  [
    'delivery_statuses',
    ['confirmed_by_user_id', 'confirmed_by_name', 'confirmed_at', 'confirmation_method', 'ip_address', 'device_info'],
    false,
  ],
];

/** The indexes of milestone 003, one after the other. */
export const built: readonly (readonly [collection: string, key: Readonly<Record<string, 1 | -1>>])[] = [
  ['orders', { user_id: 1 }],
  ['orders', { customer_id: 1 }],
  ['orders', { subscription_id: 1 }],
  ['orders', { delivery_date: -1 }],
  ['orders', { user_id: 1, status: 1 }],
  ['subscriptions_v2', { customer_id: 1 }],
  ['subscriptions_v2', { status: 1 }],
  ['subscriptions_v2', { status: 1, customer_id: 1 }],
  ['subscriptions_v2', { user_id: 1 }],
  ['delivery_statuses', { order_id: 1 }],
  ['delivery_statuses', { customer_id: 1, delivery_date: -1 }],
  ['billing_records', { customer_id: 1 }],
  ['users', { email: 1 }],
  ['customers_v2', { phone: 1 }],
];

/** The calls of the original's five migrations, by this driver: nothing checked, nothing kept, nothing remembered. */
export async function migrateAsOriginal(db: Db): Promise<void> {
  for (const [name, fields, asks] of written) {
    const nulls = Object.fromEntries(fields.map((field) => [field, null]));
    const missing = Object.fromEntries(fields.map((field) => [field, { $exists: false }]));
    await db.collection(name).updateMany(asks ? missing : {}, { $set: nulls });
  }
  for (const [name, key] of built) await db.collection(name).createIndex(key);
}
