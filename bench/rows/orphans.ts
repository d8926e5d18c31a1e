import { openBare } from '../data/bare.ts';
import { checker } from '../data/check.ts';
import { fillReferences, orphansIn, referencesSchema } from '../data/references.ts';
import type { Lab } from '../lab.ts';
import type { Bout, Case, Row, Scene } from '../row.ts';

const caseOf = (size: number): Case => ({ label: `${size.toLocaleString('en')} references`, size, indexes: 2 });

const prepared =
  (name: string) =>
  async (wanted: Case, lab: Lab): Promise<Scene> => {
    const database = `bench_${name}_${wanted.size}`;
    const scene = { ...wanted, uri: await lab.uri(), database, folder: await lab.folder(database) };
    await lab.once(database, () => fillReferences(scene));
    return scene;
  };

const ours = (scene: Scene): Promise<Bout> =>
  checker(scene, referencesSchema, ({ findings: [found] }) => {
    if (found?.count !== orphansIn(scene.size)) throw new Error(`found ${found?.count ?? 0} orphans`);
  });

/** Both indexes read from their beginning to their end, and dropped. */
async function scans(scene: Scene): Promise<Bout> {
  const { db, end } = await openBare(scene);
  const scan = async (name: string, field: string): Promise<void> => {
    const options = { projection: { _id: 0, [field]: 1 }, hint: { [field]: 1 }, batchSize: 20_000, raw: true };
    let read = 0;
    for await (const _key of db.collection(name).find({}, options)) read += 1;
    if (read !== scene.size) throw new Error(`read ${read} keys`);
  };
  return { round: () => Promise.all([scan('deliveries', 'order_id'), scan('orders', 'id')]), end };
}

/** The original's way: a `$lookup` for each document, and those that found nothing. */
async function lookup(scene: Scene): Promise<Bout> {
  const { db, end } = await openBare(scene);
  const pipeline = [
    { $match: { order_id: { $ne: null } } },
    { $lookup: { from: 'orders', localField: 'order_id', foreignField: 'id', as: 'found' } },
    { $match: { found: [] } },
    { $count: 'n' },
  ];
  return {
    async round() {
      const [found] = await db.collection('deliveries').aggregate(pipeline, { allowDiskUse: true }).toArray();
      if (found?.['n'] !== orphansIn(scene.size)) throw new Error('the join found others');
    },
    end,
  };
}

export const orphans: Row = {
  name: 'orphans',
  title: 'find references to nothing, with an index on both fields',
  cases: { quick: [caseOf(20_000)], usual: [caseOf(200_000)], full: [caseOf(1_000_000), caseOf(4_000_000)] },
  prepare: prepared('orphans'),
  contenders: [
    { name: 'check', role: 'ours', open: ours },
    { name: 'two covered scans', role: 'floor', open: scans },
    { name: '$lookup', role: 'peer', open: lookup },
  ],
  goals: [{ ours: 'check', against: ['$lookup'], atMost: 0.5 }],
  growth: [{ ours: 'check', what: 'memory', atMost: 1.3 }],
};

const unindexed = (size: number): Case => ({ ...caseOf(size), indexes: 1 });

export const orphansUnindexed: Row = {
  name: 'orphans-unindexed',
  title: 'find references to nothing, without an index on the referenced field',
  cases: { quick: [unindexed(2000)], usual: [unindexed(20_000)], full: [unindexed(50_000)] },
  prepare: prepared('orphans_unindexed'),
  contenders: [
    { name: 'check', role: 'ours', open: ours },
    { name: '$lookup', role: 'peer', open: lookup, once: true },
  ],
  goals: [{ ours: 'check', against: ['$lookup'], atMost: 0.5 }],
  growth: [],
};
