import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { exitCodes } from '../../src/errors.ts';
import { openSchemactl, type RunEvent, SchemactlError } from '../../src/index.ts';
import { fillShop } from '../support/shop.ts';
import { schemaFile } from '../support/schema.ts';
import { must, ours, useSite } from '../support/site.ts';

const site = useSite('library');
const reference = fileURLToPath(new URL('../../schema', import.meta.url));
const open = (schema: string) =>
  openSchemactl({ url: site.uri(), database: site.name, schema, user: 'tester', commit: 'abc' });

interface Example {
  deploy(options: { url: string; database: string; schema: string; say: (line: string) => void }): Promise<object[]>;
}

test('the example deploys the reference application, finds its data unsound, and takes it back', async () => {
  await fillShop(await site.fresh());
  const before = await site.hash();
  const file: string = '../../examples/library/deploy.mjs';
  const example = (await import(file)) as Example;
  const said: string[] = [];
  const where = { url: site.uri(), database: site.name, schema: reference };
  const critical = await example.deploy({ ...where, say: (line) => said.push(line) });
  expect(critical.length).toBeGreaterThan(0);
  expect(said.slice(0, 2)).toEqual(['0 objects changed by hand', expect.stringMatching(/^2\d steps, 0 hazards$/)]);
  expect(said).toContain('run 1: applied');
  expect(said.some((line) => /^orders\.fields\.subscription_id: [\d]+ documents$/.test(line))).toBe(true);
  expect(said.at(-1)).toBe('rolled back by run 2');
  expect(await site.hash()).toBe(before);
});

test('in place of the command line: plan, apply with typed events, status, check, rollback', async () => {
  const db = await site.fresh();
  await db.collection('c').insertMany([{ n: 1 }, { n: 'x' }]);
  const file = await schemaFile(
    'version: 1\nmilestones: { m: M }\ncollections: { c: { fields: { n: { type: int }, f: { type: int, default: 3, milestone: m } } } }',
  );
  const shop = await open(file);
  const plan = await shop.plan();
  expect(await ours(site)).toEqual([]);
  expect(plan.steps.map(({ address }) => address)).toEqual(['c.fields.f']);
  const events: RunEvent[] = [];
  const result = await shop.apply(plan, { onEvent: (event) => events.push(event) });
  expect(result).toMatchObject({ run: 1, outcome: 'applied', documents: 2, error: null });
  expect(events.map(({ event }) => event)).toEqual(['lock', 'run', 'unit-started', 'progress', 'unit-done', 'done']);
  expect(await shop.status()).toMatchObject({
    milestones: [{ id: 'm', state: 'completed' }],
    lastRun: { by: 'tester', commit: 'abc' },
  });
  expect((await shop.check()).findings.map(({ rule, count }) => [rule, count])).toEqual([['type', 1]]);
  expect((await shop.check({ only: ['c.fields.f'] })).findings).toEqual([]);
  expect((await shop.plan()).noop).toBe(true);
  const history = await must(0, site.run(['history', '--format', 'json']));
  expect(history.out).toContain('"by":"tester"');
  await shop.apply(await shop.planRollback());
  expect(await db.collection('c').countDocuments({ f: { $exists: true } })).toBe(0);
  expect(await shop.resume()).toMatchObject({ run: null, outcome: 'noop' });
  await shop.close();
});

test('the example says what was changed by hand, and forgets what is older than a quarter', async () => {
  const db = await site.fresh();
  await db.collection('c').insertOne({});
  const file = await schemaFile(
    'version: 1\nmilestones: { "005": M }\ncollections: { c: { fields: { f: { type: int, default: 3 } }, indexes: [{ key: { a: 1 } }] } }',
  );
  const path: string = '../../examples/library/deploy.mjs';
  const example = (await import(path)) as Example;
  const where = { url: site.uri(), database: site.name, schema: file };
  await example.deploy({ ...where, say: () => undefined });
  await db.collection('c').dropIndex('a_1');
  const longAgo = new Date(Date.now() - 100 * 86_400_000);
  await db.collection('schemactl_runs').updateOne({ run: 1 }, { $set: { endedAt: longAgo } });
  const said: string[] = [];
  await example.deploy({ ...where, say: (line) => said.push(line) });
  expect(said[0]).toBe('1 objects changed by hand');
  expect(await db.collection('schemactl_undo').countDocuments()).toBe(0);
});

test('drift and purge, in place of the command line', async () => {
  const db = await site.fresh();
  await db.collection('c').insertOne({});
  const file = await schemaFile(
    'version: 1\ncollections: { c: { fields: { f: { type: int, default: 3 } }, indexes: [{ key: { a: 1 } }] } }',
  );
  const shop = await open(file);
  const verdicts = async (options?: Parameters<typeof shop.drift>[0]) =>
    (await shop.drift(options)).findings.map(({ verdict, address }) => `${verdict} ${address}`);
  expect(await verdicts({ only: ['c', 'c.**'] })).toEqual(['pending c', 'pending c.fields.f', 'pending c.indexes.a_1']);
  await shop.apply(await shop.plan());
  await db.collection('c').dropIndex('a_1');
  expect(await verdicts()).toEqual(['drift c.indexes.a_1', 'unmanaged other']);
  const ignore = [{ address: 'other', reason: 'not ours', until: null }];
  expect(await verdicts({ ignore })).toEqual(['drift c.indexes.a_1']);
  await expect(shop.drift({ only: ['nothing'] })).rejects.toMatchObject({ exitCode: exitCodes.usage });

  expect((await shop.planPurge()).runs).toEqual([]);
  const plan = await shop.planPurge({ which: { kind: 'all' } });
  expect(plan.runs).toMatchObject([{ run: 1, lost: ['c.fields.f'] }]);
  expect(await db.collection('schemactl_undo').countDocuments()).toBe(1);
  expect((await shop.purge(plan)).runs.map(({ run }) => run)).toEqual([1]);
  expect(await db.collection('schemactl_undo').countDocuments()).toBe(0);
  expect((await shop.purge(plan)).runs).toEqual([]);
  await expect(shop.planRollback()).rejects.toMatchObject({ exitCode: exitCodes.blocked });
  await shop.close();
});

test.each([
  ['a hazard that nobody allowed', '{ other: {} }', {}, exitCodes.blocked],
  ['one that is allowed', '{ other: {} }', { allow: ['drop-collection'] }, null],
  ['allowed elsewhere', '{ other: {} }', { allow: ['drop-collection@other'] }, exitCodes.blocked],
  ['a hazard that is none', '{ other: {} }', { allow: ['drop-everything'] }, exitCodes.usage],
  ['what the data forbids', '{ c: { indexes: [{ key: { a: 1 }, unique: true }] } }', {}, exitCodes.violated],
])('%s', async (_, collections, options, code) => {
  const db = await site.fresh();
  const first = await open(await schemaFile('version: 1\ncollections: { c: {} }'));
  await first.apply(await first.plan());
  await first.close();
  await db.collection('c').insertMany([{ a: 1 }, { a: 1 }]);
  const shop = await open(await schemaFile(`version: 1\ncollections: ${collections}`));
  const ran = shop.apply(await shop.plan(), options).then(
    () => null,
    (error: unknown) => (error instanceof SchemactlError ? error.exitCode : error),
  );
  expect(await ran).toBe(code);
  await shop.close();
});

test('a plan that has aged is refused; files that are wrong, and no server, throw what the command line shows', async () => {
  const db = await site.fresh();
  await db.createCollection('c');
  const file = await schemaFile('version: 1\ncollections: { c: { indexes: [{ key: { a: 1 } }] } }');
  const shop = await open(file);
  const plan = await shop.plan();
  await db.collection('c').createIndex({ by_hand: 1 });
  await expect(shop.apply(plan)).rejects.toMatchObject({ code: 'SCH2511', exitCode: exitCodes.stale });
  await shop.close();
  await expect(open(await schemaFile('version: 2'))).rejects.toMatchObject({ exitCode: exitCodes.invalid });
  const nowhere = { url: 'mongodb://127.0.0.1:1/x', database: 'x', schema: file, connectTimeoutMs: 500 };
  await expect(openSchemactl(nowhere)).rejects.toThrow();
});
