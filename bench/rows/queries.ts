import type { Db, Document } from 'mongodb';
import { applyFile, loadLibrary } from '../data/apply.ts';
import { openBare } from '../data/bare.ts';
import { openDatabase } from '../data/connection.ts';
import { built, pristineOf, restoreShop, shopScene, shopSchema, shopSizes } from '../data/shop.ts';
import type { Lab } from '../lab.ts';
import type { Bout, Case, Mode, Own, Row, Scene } from '../row.ts';
import { median } from '../sample.ts';

type Key = Readonly<Record<string, 1 | -1>>;

const questions = built.map(([collection, key]) => ({
  collection,
  key,
  label: `${collection} by ${Object.keys(key).join(' and ')}`,
}));

/** Every question that an index of milestone 003 answers is a case. */
const casesOf = (size: number): readonly Case[] => questions.map(({ label }) => ({ label, size, indexes: 14 }));

async function prepare(wanted: Case, lab: Lab): Promise<Scene> {
  const scene = await shopScene('queries')(wanted, lab);
  await lab.once(`queries ${wanted.size}`, async () => {
    const [{ db, end }, database] = [await openBare(scene), await openDatabase(scene)];
    await restoreShop(db);
    await applyFile(database, shopSchema, await loadLibrary());
    await database.close();
    await end();
  });
  return scene;
}

const reads = 11;

/** Values that stand in the data, spread over it. */
async function valuesOf(db: Db, collection: string, key: Key): Promise<readonly Document[]> {
  const fields = Object.keys(key);
  const stages = [
    { $match: Object.fromEntries(fields.map((field) => [field, { $exists: true, $ne: null }])) },
    { $project: { _id: fields.includes('_id') ? 1 : 0, ...Object.fromEntries(fields.map((field) => [field, 1])) } },
    { $sort: { [fields[0] ?? '_id']: 1 } },
  ];
  const found = await db.collection(collection).aggregate(stages).toArray();
  return Array.from({ length: reads }, (_, at) => found[Math.floor((at * found.length) / reads)] ?? {});
}

async function timeOf(db: Db, collection: string, filter: Document): Promise<number> {
  const began = performance.now();
  await db.collection(collection).find(filter).toArray();
  return performance.now() - began;
}

/** What the application waits for: every document that answers, the median of some questions. */
const asking =
  (where: (scene: Scene) => string, keyOf: (key: Key) => Key) =>
  async (scene: Scene): Promise<Bout> => {
    const question = questions.find(({ label }) => label === scene.label);
    if (question === undefined) throw new Error(`no question ${scene.label}`);
    const { collection, key } = question;
    const { db, end } = await openBare({ ...scene, database: where(scene) });
    const filters = await valuesOf(db, collection, keyOf(key));
    return {
      async round(): Promise<Own> {
        const times: number[] = [];
        for (const filter of filters) times.push(await timeOf(db, collection, filter));
        return { ownMs: median(times) };
      },
      end,
    };
  };

const withThem = 'with the indexes of 003';
const without = 'without them';

const sizes: Readonly<Record<Mode, number>> = { quick: shopSizes.quick, usual: shopSizes.usual, full: shopSizes.usual };

export const queries: Row = {
  name: 'queries',
  title: 'A read before and after milestone 003',
  cases: { quick: casesOf(sizes.quick), usual: casesOf(sizes.usual), full: casesOf(sizes.full) },
  prepare,
  contenders: [
    {
      name: withThem,
      role: 'ours',
      open: asking(
        ({ database }) => database,
        (key) => key,
      ),
    },
    {
      name: 'by _id',
      role: 'floor',
      open: asking(
        ({ database }) => database,
        () => ({ _id: 1 }),
      ),
    },
    {
      name: without,
      role: 'peer',
      open: asking(
        ({ database }) => pristineOf(database),
        (key) => key,
      ),
    },
  ],
  goals: [{ ours: withThem, against: [without], atMost: 1 }],
  growth: [],
};
