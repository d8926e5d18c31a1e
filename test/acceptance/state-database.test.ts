import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Db, Document } from 'mongodb';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { databaseHash } from '../../demo/hash.ts';
import { expire } from '../faults/mortal.ts';
import { applyOf, documents, inTheMiddle, killed, prepared } from '../support/crash.ts';
import { calm } from '../support/faults.ts';
import { schemaFile } from '../support/schema.ts';
import { must, ours, own, type Site, useSite } from '../support/site.ts';

/** Records that are kept in another database, also of several targets. */
const site = useSite('kept_elsewhere', {});
const records: Site = { ...site, name: 'test_records', db: () => site.client().db('test_records') };
const neighbour = 'test_kept_elsewhere_too';
const neighbourDb = (): Db => site.client().db(neighbour);

/** The flags that name the environment. */
let inEnvironment: readonly string[];

async function environment(stateDatabase: string): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'schemactl-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'schemactl.config.yaml');
  await writeFile(file, `environments: { shared: { stateDatabase: "${stateDatabase}" } }\n`);
  return ['--env', 'shared', '--config', file];
}

const run = (args: readonly string[]) => site.run([...args, ...inEnvironment]);

beforeEach(async () => {
  await records.db().dropDatabase();
  await neighbourDb().dropDatabase();
  inEnvironment = await environment(records.name);
});
afterEach(() => calm(site.client()));

const later = ['--auto-approve', '--lock-wait', '30s'];

test('apply, plan, status, rollback and the rollback of the rollback leave nothing of ours in the target', async () => {
  const { file, before } = await prepared(site);
  await must(0, run(applyOf(file)));
  const applied = await site.hash();
  expect(applied).not.toBe(before);
  expect(await ours(site)).toEqual([]);
  expect(await ours(records)).toEqual(['lock', 'objects', 'runs', 'steps', 'undo'].map((name) => `schemactl_${name}`));
  await must(0, run(['plan', '--detailed-exitcode', '--check-data', 'full', '--schema', file]));
  const { out } = await must(0, run(['status', '--format', 'json', '--schema', file]));
  expect(JSON.parse(out)).toMatchObject({ lastRun: { run: 1, state: 'applied' }, undo: { runs: [{ run: 1 }] } });
  await must(0, run(['rollback', '--auto-approve']));
  expect(await site.hash()).toBe(before);
  await must(0, run(['rollback', '--run', '2', '--auto-approve']));
  expect(await site.hash()).toBe(applied);
  expect(await ours(site)).toEqual([]);
});

test('two targets share it: runs, locks, ledgers and undo data are told apart', async () => {
  const { file, before } = await prepared(site);
  await neighbourDb()
    .collection('things')
    .insertMany([{ a: 1 }, { a: 2 }]);
  const neighbours = await databaseHash(neighbourDb());
  const there = ['--db', neighbour];
  await must(0, run(applyOf(file)));
  await must(0, run(applyOf(file, ...there)));
  expect((await own(records.db(), 'lock')).map(({ _id }) => String(_id))).toEqual([site.name, neighbour]);
  expect((await own(records.db(), 'runs')).map(({ _id }) => String(_id))).toEqual([`${site.name}#1`, `${neighbour}#1`]);
  await must(0, run(['rollback', '--auto-approve', ...there]));
  expect(await databaseHash(neighbourDb())).toBe(neighbours);
  await must(0, run(['purge', '--all', '--auto-approve', ...there]));
  await must(0, run(['plan', '--detailed-exitcode', '--check-data', 'full', '--schema', file]));
  await must(0, run(['rollback', '--auto-approve']));
  expect(await site.hash()).toBe(before);
});

test.each(['apply', 'resume', 'rollback'])('SIGKILL in the middle: %s goes on or takes back', async (how) => {
  const { file, before } = await prepared(site);
  const journal: Site = { ...site, db: () => records.db(), name: site.name };
  await killed(site.client(), await inTheMiddle(journal, [...applyOf(file), ...inEnvironment]));
  await expire(journal);
  expect(await site.db().collection('things').countDocuments({ note: null, kind: 'plain' })).toBeGreaterThan(0);
  await must(0, run(how === 'apply' ? applyOf(file, '--lock-wait', '30s') : [how, ...later]));
  if (how !== 'rollback') {
    expect(await site.db().collection('things').countDocuments({ note: null })).toBe(documents);
    await must(0, run(['rollback', ...later]));
  }
  expect(await site.hash()).toBe(before);
});

test('a saved plan is applied with its environment, and is stale (21) where records are kept elsewhere', async () => {
  const { file } = await prepared(site);
  await must(0, run(applyOf(file)));
  const more = await schemaFile('version: 1\ncollections: { things: { fields: { late: { type: int, default: 1 } } } }');
  const plan = `${file}.plan.json`;
  await must(0, run(['plan', '--schema', more, '--out', plan, '--allow', 'drop-index']));
  await must(21, site.run(['apply', plan]));
  await must(0, run(['apply', plan]));
});

test('grants: a role on each database is enough', async () => {
  const { out } = await must(0, run(['grants', '--format', 'json']));
  const { database, records: kept } = JSON.parse(out) as { database: string; records: Document };
  expect([database, kept['database']]).toEqual([site.name, records.name]);
  expect((kept['commands'] as Document[]).map(({ createRole }) => createRole as string)).toEqual([
    'schemactlReadRecords',
    'schemactlKeepRecords',
  ]);
  const text = await must(0, run(['grants']));
  expect(text.out).toContain(`db.getSiblingDB("${records.name}").runCommand`);
  expect(text.out).toContain(`{ role: "schemactlKeepRecords", db: "${records.name}" }`);
});

test.each([
  ['admin', 'cannot be a state database'],
  ['a b', 'cannot be a state database'],
  ['a/b', 'cannot be a state database'],
])('%s cannot keep records: 78', async (name, says) => {
  inEnvironment = await environment(name);
  const { err } = await must(78, run(['status']));
  expect(err).toContain(says);
});

test('a target whose name could be taken for a record of another one: 78', async () => {
  const { err } = await must(78, run(['status', '--db', 'a#1']));
  expect(err).toContain('its name holds "#"');
});
