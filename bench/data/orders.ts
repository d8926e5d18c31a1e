import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Db, ObjectId } from 'mongodb';
import type { Lab } from '../lab.ts';
import type { Bout, Case, Mode, Scene } from '../row.ts';
import { type ApplyOptions, applyPlan, loadLibrary, planFile } from './apply.ts';
import { forget, openBare } from './bare.ts';
import { openDatabase } from './connection.ts';
import { watchServer } from './server-use.ts';

/** Orders of about 300 bytes, each of one of the customers, of whom there is one for ten orders. */
export const orders = 'orders';
const pristine = 'pristine';
export const customers = 'customers';
export const ordersPerCustomer = 10;
const batch = 10_000;

export const orderCases = Object.fromEntries(
  (
    [
      ['quick', 20_000],
      ['usual', 200_000],
      ['full', 1_000_000],
    ] as const
  ).map(([mode, size]) => [mode, [{ label: `${size.toLocaleString('en')} documents`, size, indexes: 0 }]]),
) as unknown as Readonly<Record<Mode, readonly Case[]>>;

const idOf = (kind: number, at: number): ObjectId =>
  ObjectId.createFromHexString(kind.toString(16).padStart(8, '0') + at.toString(16).padStart(16, '0'));

export const orderId = (at: number): ObjectId => idOf(2, at);

const customerOf = (order: number, size: number): number => (order * 7919) % Math.ceil(size / ordersPerCustomer);

const orderAt = (at: number, size: number): object => ({
  _id: orderId(at),
  customer: `c${String(customerOf(at, size)).padStart(8, '0')}`,
  number: at,
  total: (at % 9973) + 0.5,
  state: ['open', 'paid', 'sent'][at % 3],
  createdAt: new Date(1.7e12 + at * 1000),
  address: { street: `Street ${at % 977}`, city: `City ${at % 97}`, zip: String(10_000 + (at % 89_999)) },
  note: `n${at} `.repeat(12).slice(0, 90),
});

const customerAt = (at: number): object => ({
  _id: idOf(1, at),
  key: `c${String(at).padStart(8, '0')}`,
  name: `Customer ${at}`,
  mail: `customer${at}@example.org`,
  createdAt: new Date(1.6e12 + at * 1000),
});

async function fill(db: Db, name: string, count: number, make: (at: number) => object): Promise<void> {
  for (let from = 0; from < count; from += batch) {
    const documents = Array.from({ length: Math.min(batch, count - from) }, (_, at) => make(from + at));
    await db.collection(name).insertMany(documents, { ordered: false });
  }
}

async function fillAll(scene: Scene): Promise<void> {
  const { db, end } = await openBare(scene);
  try {
    const { size } = scene;
    await fill(db, pristine, size, (at) => orderAt(at, size));
    await fill(db, customers, Math.ceil(size / ordersPerCustomer), customerAt);
    await db.collection(customers).createIndex({ key: 1 });
  } finally {
    await end();
  }
}

/** The file with which the product rewrites the orders of a scene. */
export const schemaFileOf = ({ folder }: Scene): string => join(folder, 'schema.yaml');

/** Prepares a row on the orders, and the schema file with which the product rewrites them. */
export const ordersScene =
  (row: string, schema: string) =>
  async (wanted: Case, lab: Lab): Promise<Scene> => {
    const folder = await lab.folder(`${row}-${wanted.size}`);
    const scene = { ...wanted, uri: await lab.uri(), database: `bench_orders_${wanted.size}`, folder };
    await lab.once(`orders ${wanted.size}`, () => fillAll(scene));
    await writeFile(schemaFileOf(scene), schema);
    return scene;
  };

/** The orders as they were at first, on disk; the product remembers nothing. */
export async function restoreOrders(db: Db): Promise<void> {
  await forget(db);
  await db
    .collection(pristine)
    .aggregate([{ $out: orders }])
    .toArray();
  await db.admin().command({ fsync: 1 });
}

/** A contender that rewrites the orders with the bare driver. */
export const bareRewrite =
  (round: (db: Db, scene: Scene) => Promise<unknown>) =>
  async (scene: Scene): Promise<Bout> => {
    const { db, end } = await openBare(scene);
    return {
      reset: () => restoreOrders(db),
      watch: () => watchServer(db, scene.size),
      round: () => round(db, scene),
      end,
    };
  };

/** The product: a plan is made and run; `saved`: it was made before. */
export const productRewrite =
  ({ saved, ...options }: ApplyOptions & { readonly saved: boolean }) =>
  async (scene: Scene): Promise<Bout> => {
    const [library, database, { db, end }] = [await loadLibrary(), await openDatabase(scene), await openBare(scene)];
    const file = schemaFileOf(scene);
    const plan = (): ReturnType<typeof planFile> => planFile(database, file, library, options);
    let made: Awaited<ReturnType<typeof plan>> | undefined;
    return {
      async reset() {
        await restoreOrders(db);
        if (saved) made = await plan();
      },
      watch: () => watchServer(db, scene.size),
      async round() {
        const again = made === undefined ? plan : null;
        const { documents } = await applyPlan(database, made ?? (await plan()), again, library, options);
        if (documents !== scene.size) throw new Error(`${documents} documents were rewritten, not ${scene.size}`);
      },
      async end() {
        await database.close();
        await end();
      },
    };
  };
