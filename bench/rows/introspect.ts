import type * as introspection from '../../src/database/introspect.ts';
import { bareReader } from '../data/bare.ts';
import { openDatabase } from '../data/connection.ts';
import { collectionsScene } from '../data/database.ts';
import { openModels } from '../data/mongoose.ts';
import { product } from '../packages.ts';
import type { Bout, Case, Contender, Row, Scene } from '../row.ts';

const caseOf = (size: number): Case => ({
  label: `${size.toLocaleString('en')} collections, 5 indexes each`,
  size,
  indexes: 5,
});

/** The sizes of this row and of `plan`, which read the same databases. */
export const collectionCases = {
  quick: [caseOf(100)],
  usual: [caseOf(1000)],
  full: [caseOf(1000), caseOf(10_000)],
} as const;

async function ours(scene: Scene): Promise<Bout> {
  const { introspect: read } = (await product('database/introspect.js')) as typeof introspection;
  const db = await openDatabase(scene);
  return { round: () => read(db), end: () => db.close() };
}

async function diffIndexes(scene: Scene): Promise<Bout> {
  const { diff, end } = await openModels(scene);
  return { round: diff, end };
}

const bare = (concurrency: number): Contender => ({
  name: `bare driver, ${concurrency} at a time`,
  role: 'floor',
  open: (scene) => bareReader(scene, concurrency),
});
const floors = [8, 16, 32, 64].map(bare);

/** The same replies fetched by a bare script, one at a time. */
const serial = 'serial loop of listIndexes';

export const introspect: Row = {
  name: 'introspect',
  title: 'read the structure of a database',
  cases: collectionCases,
  prepare: collectionsScene,
  contenders: [
    { name: 'introspect', role: 'ours', open: ours },
    ...floors,
    { name: serial, role: 'peer', open: (scene) => bareReader(scene, 1) },
    { name: 'mongoose diffIndexes', role: 'peer', open: diffIndexes },
  ],
  goals: [
    { ours: 'introspect', against: floors.map(({ name }) => name), atMost: 1.25 },
    { ours: 'introspect', against: [serial], atMost: 0.6 },
  ],
  growth: [],
};
