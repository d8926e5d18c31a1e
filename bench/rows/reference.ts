import { readFile } from 'node:fs/promises';
import type { Db } from 'mongodb';
import { applyFile, loadLibrary } from '../data/apply.ts';
import { openBare } from '../data/bare.ts';
import { checker } from '../data/check.ts';
import { openDatabase } from '../data/connection.ts';
import { migrateAsOriginal, restoreShop, shopCases, shopScene, shopSchema } from '../data/shop.ts';
import type { Lab } from '../lab.ts';
import type { Bout, Case, Row, Scene } from '../row.ts';

async function ours(scene: Scene): Promise<Bout> {
  const [library, database, { db, end }] = [await loadLibrary(), await openDatabase(scene), await openBare(scene)];
  return {
    reset: () => restoreShop(db),
    async round() {
      const { steps } = await applyFile(database, shopSchema, library);
      if (steps.done !== 24) throw new Error(`${steps.done} steps, not 10 fields and 14 indexes`);
    },
    async end() {
      await database.close();
      await end();
    },
  };
}

async function original(scene: Scene): Promise<Bout> {
  const { db, end } = await openBare(scene);
  return { reset: () => restoreShop(db), round: () => migrateAsOriginal(db), end };
}

const calls = "the original's calls";

export const reference: Row = {
  name: 'reference',
  title: 'the reference application, five milestones: planned, kept to be taken back, recorded',
  cases: shopCases,
  prepare: shopScene('reference'),
  contenders: [
    { name: 'apply', role: 'ours', open: ours },
    { name: calls, role: 'peer', open: original },
  ],
  goals: [{ ours: 'apply', against: [calls], atMost: 1 }],
  growth: [],
};

/** The original's consistency checks: collections read whole, and joins with nothing to lean on. */
async function checkAsOriginal(db: Db): Promise<void> {
  const joins = [
    ['delivery_statuses', 'order_id', 'orders', 'id'],
    ['orders', 'subscription_id', 'subscriptions_v2', 'id'],
    ['customers_v2', 'user_id', 'users', 'id'],
    ['billing_records', 'subscription_id', 'subscriptions_v2', 'id'],
  ] as const;
  for (const [name, localField, from, foreignField] of joins) {
    const lookup = { $lookup: { from, localField, foreignField, as: 'found' } };
    await db
      .collection(name)
      .aggregate([{ $match: { [localField]: { $ne: null } } }, lookup, { $match: { found: [] } }])
      .toArray();
  }
  for (const name of ['orders', 'customers_v2', 'users', 'billing_records', 'subscriptions_v2', 'delivery_statuses'])
    await db.collection(name).find().toArray();
}

async function checked(scene: Scene): Promise<Bout> {
  return checker(scene, await readFile(shopSchema, 'utf8'), ({ findings }) => {
    if (findings.length === 0) throw new Error('nothing was found in data that is known to be unsound');
  });
}

async function checkedAsOriginal(scene: Scene): Promise<Bout> {
  const { db, end } = await openBare(scene);
  return { round: () => checkAsOriginal(db), end };
}

async function migrated(wanted: Case, lab: Lab): Promise<Scene> {
  const scene = await shopScene('reference-checks')(wanted, lab);
  await lab.once(`reference checks ${wanted.size}`, async () => {
    const { db, end } = await openBare(scene);
    await restoreShop(db);
    await migrateAsOriginal(db).finally(end);
  });
  return scene;
}

const [smallest] = shopCases.quick;
const checks = "the original's checks";

export const referenceChecks: Row = {
  name: 'reference-checks',
  title: 'the seven checks of the reference application, and every rule of its schema',
  cases: { quick: shopCases.quick, usual: smallest === undefined ? [] : [smallest], full: shopCases.usual },
  prepare: migrated,
  contenders: [
    { name: 'check', role: 'ours', open: checked },
    { name: checks, role: 'peer', open: checkedAsOriginal, once: true },
  ],
  goals: [{ ours: 'check', against: [checks], atMost: 1 }],
  growth: [],
};
