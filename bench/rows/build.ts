import { writeFile } from 'node:fs/promises';
import { applyFile, loadLibrary } from '../data/apply.ts';
import { forget, openBare } from '../data/bare.ts';
import { openDatabase } from '../data/connection.ts';
import { schemaFileOf } from '../data/database.ts';
import { fillCollection } from '../data/documents.ts';
import { collectionName, sampleIndexes, schemaText } from '../data/sample.ts';
import type { Lab } from '../lab.ts';
import type { Bout, Case, Contender, Row, Scene } from '../row.ts';

const collection = collectionName(0);

const casesOf = (size: number): readonly Case[] =>
  [5, 14].map((indexes) => ({ label: `${indexes} indexes on ${size.toLocaleString('en')} documents`, size, indexes }));

async function prepare(wanted: Case, lab: Lab): Promise<Scene> {
  const folder = await lab.folder(`build-${wanted.size}-${wanted.indexes}`);
  const scene = { ...wanted, uri: await lab.uri(), database: `bench_build_${wanted.size}`, folder };
  await lab.once(`documents ${wanted.size}`, () => fillCollection(scene, collection));
  await writeFile(schemaFileOf(scene), schemaText(1, wanted.indexes));
  return scene;
}

/** Before each round the collection has no index and the product no memory of the database. */
async function builder(scene: Scene, round: () => Promise<unknown>): Promise<Bout> {
  const { db, end } = await openBare(scene);
  const reset = async (): Promise<void> => {
    await db.collection(collection).dropIndexes();
    await forget(db);
  };
  return { reset, round, end };
}

async function ours(scene: Scene): Promise<Bout> {
  const [library, database] = [await loadLibrary(), await openDatabase(scene)];
  const bout = await builder(scene, () => applyFile(database, schemaFileOf(scene), library));
  return {
    ...bout,
    end: async () => {
      await database.close();
      await bout.end?.();
    },
  };
}

/** createIndexes with so many indexes at a time. */
const bare = (name: string, role: Contender['role'], atOnce: (indexes: number) => number): Contender => ({
  name,
  role,
  async open(scene) {
    const { db, end } = await openBare(scene);
    const specs = sampleIndexes(scene.indexes).map(({ key, unique, ...rest }) => ({
      ...rest,
      key: new Map(key),
      ...(unique ? { unique } : {}),
    }));
    const bout = await builder(scene, async () => {
      const step = atOnce(specs.length);
      for (let at = 0; at < specs.length; at += step) {
        await db.collection(collection).createIndexes(specs.slice(at, at + step));
      }
    });
    return {
      ...bout,
      end: async () => {
        await end();
        await bout.end?.();
      },
    };
  },
});

const perIndex = 'one createIndexes an index';
const together = 'one raw createIndexes';

export const build: Row = {
  name: 'build',
  title: 'build several indexes of a filled collection',
  cases: { quick: casesOf(20_000), usual: casesOf(200_000), full: casesOf(1_000_000) },
  prepare,
  contenders: [
    { name: 'apply', role: 'ours', open: ours },
    bare(together, 'floor', (indexes) => indexes),
    bare(perIndex, 'peer', () => 1),
  ],
  goals: [{ ours: 'apply', against: [perIndex], atMost: 0.75 }],
  growth: [],
};
