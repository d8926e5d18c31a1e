import { BSON, type CollectionInfo, type Db, MongoClient, MongoServerError } from 'mongodb';
import semver from 'semver';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { databaseHash } from '../../demo/hash.ts';
import type { Database } from '../../src/database/port.ts';
import { hazardCodes, type Plan } from '../../src/planner/contract.ts';
import { isOwn } from '../../src/planner/diff.ts';
import { parseSchema, type SchemaFile } from '../../src/state/parse.ts';
import { importDatabase } from '../../src/workflow/import.ts';
import { planRollback } from '../../src/workflow/plan-rollback.ts';
import { planSchema } from '../../src/workflow/plan-schema.ts';
import { runPlan } from '../../src/workflow/run.ts';
import { open } from '../cases/run.ts';
import { runOptions } from '../support/run-options.ts';
import { everything } from '../planner/support.ts';
import { type Chapter, isData, readApplication, runAll } from './application.ts';

const allow = [...hazardCodes];
const now = new Date('2026-01-31T12:00:00Z');

let client: MongoClient;
beforeAll(async () => {
  client = await new MongoClient(inject('uri')).connect();
});
afterAll(() => client.close());

async function imported(db: Database): Promise<readonly SchemaFile[]> {
  const found = await importDatabase(db, { sample: 20, head: [], before: () => Promise.resolve() });
  expect(found.differing).toEqual([]);
  expect(found.collections.flatMap(({ refused }) => refused)).toEqual([]);
  return found.collections.map(({ file, text }) => ({ path: file, text }));
}

async function planFor(db: Database, files: readonly SchemaFile[]): Promise<Plan> {
  const { schema, sources, diagnostics } = parseSchema(files);
  if (schema === null) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return planSchema(db, { schema, sources, selection: everything, checkData: 'fast', allow, now });
}

async function run(db: Database, plan: Plan): Promise<void> {
  expect(await runPlan(db, plan, null, runOptions(db))).toMatchObject({ error: null });
}

const text = (value: object): string => BSON.EJSON.stringify(value, { relaxed: false });
const sorted = (members: object): object =>
  Object.fromEntries(Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1)));

/** The structure as the server lists it; a swap gives an index another name, so names do not count. */
async function structure(db: Db): Promise<unknown> {
  const infos = (await db.listCollections().toArray()).filter(({ name }) => !isOwn(name));
  const found = infos.map(async (info) => {
    const { name, type, options = {} } = info as CollectionInfo;
    const indexes = type === 'view' ? [] : await db.collection(name).indexes();
    const specs = indexes.map(({ name: _, ...spec }) => text(sorted(spec)));
    return [name, { type, options: text(sorted(options)), indexes: specs.sort() }] as const;
  });
  return Object.fromEntries(await Promise.all(found));
}

async function counted(db: Db): Promise<Chapter['counts']> {
  const names = (await db.listCollections().toArray()).map(({ name }) => name).filter((name) => !isOwn(name));
  const indexes = await Promise.all(names.map((name) => db.collection(name).indexes()));
  return { collections: names.length, indexes: indexes.flat().length };
}

/** False where a server before 6.0, for which the application was not made, refuses its commands: its story ends there. */
async function runs(db: Db, commands: Chapter['live']): Promise<boolean> {
  try {
    await runAll(db, commands);
    return true;
  } catch (error) {
    if (semver.gte(inject('server'), '6.0.0') || !(error instanceof MongoServerError)) throw error;
    return false;
  }
}

async function emptied(name: string): Promise<Db> {
  await client.db(name).dropDatabase();
  return client.db(name);
}

describe.each(['shellhub', 'overleaf'])('the database of %s', (file) => {
  const { start, upgrades } = readApplication(file);
  const [theirs, ours] = [`test_app_${file}_theirs`, `test_app_${file}_ours`];

  test('is imported without a difference, and made again from the files', { timeout: 120_000 }, async () => {
    await runAll(await emptied(theirs), start.live);
    expect(await counted(client.db(theirs))).toEqual(start.counts);
    await (await emptied(ours)).createCollection('schemactl_test');
    const [original, made] = [await open(inject('uri'), theirs), await open(inject('uri'), ours)];
    const files = await imported(original);
    expect(await planFor(original, files)).toMatchObject({ noop: true, steps: [], unmanaged: [] });
    await run(made, await planFor(made, files));
    expect(await planFor(made, files)).toMatchObject({ noop: true, steps: [] });
    expect(await structure(client.db(ours))).toEqual(await structure(client.db(theirs)));
    await Promise.all([original.close(), made.close()]);
  });

  test('goes through each of its upgrades by a plan, and back', { timeout: 600_000 }, async () => {
    await runAll(await emptied(theirs), start.live);
    await runAll(await emptied(ours), start.live);
    const [original, managed] = [await open(inject('uri'), theirs), await open(inject('uri'), ours)];
    await run(managed, await planFor(managed, await imported(original)));
    let gone = 0;
    for (const { name, counts, live } of upgrades) {
      if (!(await runs(client.db(theirs), live))) break;
      gone += 1;
      expect([name, await counted(client.db(theirs))]).toEqual([name, counts]);
      const files = await imported(original);
      await runAll(client.db(ours), live.filter(isData));
      const before = await databaseHash(client.db(ours));
      const plan = await planFor(managed, files);
      expect([name, plan.violations]).toEqual([name, []]);
      await run(managed, plan);
      expect([name, await structure(client.db(ours))]).toEqual([name, await structure(client.db(theirs))]);
      expect(await planFor(managed, files)).toMatchObject({ noop: true, steps: [] });
      if (plan.noop) continue;
      await run(managed, await planRollback(managed, { which: { kind: 'last' }, only: [], exclude: [], allow, now }));
      expect([name, await databaseHash(client.db(ours))]).toEqual([name, before]);
      await run(managed, await planFor(managed, files));
    }
    expect(gone).toBeGreaterThanOrEqual(semver.gte(inject('server'), '6.0.0') ? upgrades.length : 1);
    await Promise.all([original.close(), managed.close()]);
  });
});
