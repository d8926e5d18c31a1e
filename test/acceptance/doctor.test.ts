import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Document } from 'mongodb';
import { afterEach, describe, expect, test } from 'vitest';
import { decodePlan, encodePlan } from '../../src/planner/codec.ts';
import type { Plan, Step } from '../../src/planner/contract.ts';
import { checksumOf } from '../../src/planner/plan.ts';
import { building, calm, failPoint } from '../support/faults.ts';
import { here } from '../support/here.ts';
import { schemaFile } from '../support/schema.ts';
import { must, ours, useSite } from '../support/site.ts';

/** The checklist before production, item by item, on a server that asks who one is. */
const site = useSite('doctor', { auth: true });
afterEach(() => calm(site.client()));

const schema = `
version: 1
collections:
  orders:
    fields: { note: { type: string, default: x } }
    indexes: [ { key: { a: 1 } } ]
    checks: { lost: { severity: critical, where: { lost: true } } }
`;

interface Item {
  readonly item: string;
  readonly state: string;
  readonly message: string;
  readonly next: string | null;
}

const run = (code: number, args: readonly string[], uri = site.uri()) => must(code, here(uri, args));

async function examined(code: number, args: readonly string[], uri?: string): Promise<ReadonlyMap<string, Item>> {
  const { out } = await run(code, ['doctor', '--format', 'json', ...args], uri);
  const { items } = JSON.parse(out) as { items: readonly Item[] };
  return new Map(items.map((one) => [one.item, one]));
}

const open = (items: ReadonlyMap<string, Item>): readonly string[] =>
  [...items.values()].filter(({ state }) => state !== 'ok').map(({ item, state }) => `${state} ${item}`);

interface Scene {
  readonly file: string;
  readonly plan: string;
}

/** Forty documents to fill and an index to build, planned. */
async function scene(text = schema, ...more: readonly string[]): Promise<Scene> {
  const db = await site.fresh();
  await db.collection('orders').insertMany(Array.from({ length: 40 }, (_, a) => ({ a })));
  const file = await schemaFile(text);
  const plan = join(dirname(file), 'plan.json');
  await run(0, ['plan', '--schema', file, '--out', plan, ...more]);
  return { file, plan };
}

/** The plan file as if it had been made so. */
async function remade(path: string, change: (step: Step) => Step): Promise<void> {
  const { checksum: _, ...plan } = decodePlan(await readFile(path, 'utf8'));
  const other: Omit<Plan, 'checksum'> = { ...plan, steps: plan.steps.map(change) };
  await writeFile(path, encodePlan({ ...other, checksum: checksumOf(other) }));
}

const estimated =
  (seconds: number) =>
  (step: Step): Step =>
    step.estimate === null ? step : { ...step, estimate: { ...step.estimate, seconds } };

const writing =
  (documents: number) =>
  (step: Step): Step =>
    step.action === 'write' && step.estimate !== null ? { ...step, estimate: { ...step.estimate, documents } } : step;

const holding =
  (undoBytes: number) =>
  (step: Step): Step => ({ ...step, reversal: { kind: 'exact', undoBytes } });

const orders = () => site.db().collection('orders');
const held: Document = {
  owner: { id: 'k', host: 'h', pid: 1, user: 'u', link: null, session: null },
  token: 1,
  format: 1,
};

/** What is the matter, what it takes for that, and the items that say so; the first in these words. */
const faults: readonly (readonly [
  what: string,
  fault: (scene: Scene) => Promise<unknown>,
  items: string,
  says: RegExp,
])[] = [
  [
    'the lock is held',
    () =>
      site
        .db()
        .collection<Document & { _id: string }>('schemactl_lock')
        .insertOne({ _id: site.name, ...held, leaseUntil: new Date(Date.now() + 60_000) }),
    'lock',
    /^held by u@h \(process 1\)$/,
  ],
  [
    'the database has moved',
    () => orders().createIndex({ b: 1 }),
    'plan',
    /has moved.*orders\.indexes\.b_1: was added/,
  ],
  [
    'there is no room for undo data',
    ({ plan }) => remade(plan, holding(1e18)),
    'undo space, oplog window',
    /^about 2000000 TB needed/,
  ],
  [
    'it writes for longer than the oplog holds',
    ({ plan }) => remade(plan, estimated(1e12)),
    'oplog window',
    /writes for about/,
  ],
  [
    'it writes more than half of what the oplog holds',
    ({ plan }) => remade(plan, writing(1e12)),
    'oplog window',
    /writes about 200 TB of .*: members that are away/,
  ],
  [
    'there is something wrong with the data',
    () => orders().updateOne({}, { $set: { lost: true } }),
    'consistency',
    /^1 critical \(\d+ rules\)$/,
  ],
];

describe('a plan', () => {
  test('that may go: every item is ticked', async () => {
    const { file, plan } = await scene();
    const { out } = await run(0, ['doctor', plan, '--schema', file]);
    expect(out.match(/^✔ [a-z ]+?(?= {2})/gm)).toEqual(
      ['connection', 'version', 'topology', 'privileges', 'lock', 'plan', 'undo space', 'oplog window', 'index slots']
        .concat(['running builds', 'longest step', 'consistency', 'way back'])
        .map((title) => `✔ ${title}`),
    );
    expect(out).toContain('✔ privileges      all ');
    expect(out).toContain('✔ index slots     orders 2 of 64');
    expect(out).toMatch(/✔ way back {8}exact for all steps, about .*; kept for 30 days/);
    expect(out).toMatch(/\nAll 13 ticked\.\n?$/);
    expect(await ours(site)).toEqual([]);
  });

  test.each(faults)('%s: that item is not ticked', async (_, fault, titles, says) => {
    const { file, plan } = await scene();
    await fault({ file, plan });
    const items = await examined(2, [plan, '--schema', file]);
    const [item = '', ...others] = titles.split(', ');
    expect(open(items)).toEqual([item, ...others].map((title) => `bad ${title}`));
    expect(items.get(item)?.message).toMatch(says);
    expect(items.get(item)?.next).not.toBeNull();
  });

  test.each([
    ['keeps nothing', ['--no-undo'], ['bad plan', 'bad way back'], /nothing is kept to take it back with/],
    [
      'keeps nothing, as is allowed',
      ['--no-undo', '--allow', 'no-undo'],
      ['bad way back'],
      /^orders\.fields\.note: planned with/,
    ],
  ])('that %s has no way back', async (_, more, expected, says) => {
    const { file, plan } = await scene(schema, ...more);
    const items = await examined(2, [plan, '--schema', file]);
    expect(open(items)).toEqual(expected);
    expect(items.get('way back')?.message).toMatch(says);
  });

  test('on a collection that has no room for its indexes any more', async () => {
    const { file, plan } = await scene();
    const indexes = Array.from({ length: 63 }, (_, n) => ({ key: { [`x${n}`]: 1 }, name: `x${n}` }));
    await site.db().command({ createIndexes: 'orders', indexes });
    const items = await examined(2, [plan, '--schema', file]);
    expect(open(items)).toEqual(['bad plan', 'bad index slots']);
    expect(items.get('index slots')?.message).toBe('orders 65 of 64');
  });

  test('on a collection on which somebody else builds an index', async () => {
    const { file, plan } = await scene();
    await failPoint(site.client(), 'hangAfterStartingIndexBuild', 'alwaysOn');
    const built = site.db().command({ createIndexes: 'orders', indexes: [{ key: { z: 1 }, name: 'z_1' }] });
    await building(site.client(), site.name, 'orders');
    const items = await examined(2, [plan, '--schema', file]);
    await calm(site.client());
    await built;
    expect(open(items)).toEqual(['bad running builds']);
    expect(items.get('running builds')?.message).toBe('orders.z_1');
  });

  test('without a schema the data is not checked, and that is said', async () => {
    const { plan } = await scene();
    const folder = dirname(plan);
    const { code, out } = await site.run(['doctor', plan], { cwd: folder });
    expect(code).toBe(2);
    expect(out).toContain('? consistency     not known: no schema to check the data against');
    await run(65, ['doctor', plan, '--schema', join(folder, 'nowhere')]);
  });

  test.each([
    ['of another database', ['--db', 'elsewhere'], 21],
    ['that is none', ['--schema', 'x'], 65],
  ])('%s', async (_, more, code) => {
    const { plan } = await scene();
    if (code === 65) await writeFile(plan, '{}');
    await run(code, ['doctor', plan, ...more]);
  });
});

describe('a login that may only read', () => {
  const password = 'throw-away-too';

  async function reader(role: unknown): Promise<string> {
    await site
      .db()
      .command({ dropUser: 'reader' })
      .catch(() => undefined);
    await site.db().command({ createUser: 'reader', pwd: password, roles: [role] });
    const url = new URL(site.uri());
    [url.username, url.password] = ['reader', password];
    url.searchParams.set('authSource', site.name);
    return url.toString();
  }

  test('may be examined itself: all is ticked, and what may not be asked is said', async () => {
    await site.fresh();
    const uri = await reader('read');
    const items = await examined(0, [], uri);
    expect(open(items)).toEqual([]);
    expect(items.get('privileges')?.message).toBe('to read; not to change (apply, rollback, purge)');
    expect(items.get('connection')?.message).toContain('lag not asked (this takes clusterMonitor)');
  });

  test('sees what a plan would lack, and what it may not measure is not ticked', async () => {
    const { file, plan } = await scene();
    const items = await examined(2, [plan, '--schema', file], await reader('read'));
    expect(open(items)).toEqual(['bad privileges', 'unknown oplog window']);
    expect(items.get('privileges')?.message).toContain(`update on ${site.name}.orders`);
    expect(items.get('oplog window')?.message).toBe(
      'may not be asked: this takes find and collStats on local.oplog.rs',
    );
    const { out } = await run(2, ['doctor', plan, '--schema', file], await reader('read'));
    expect(out.replaceAll(/\s+/g, ' ')).toMatch(
      / 1 of 13 needs attention; not measured, so not ticked: oplog window \(takes find and collStats on local\.oplog\.rs\)\. ?$/,
    );
  });

  test('ticks the rest where one says that one does without; what is left out is said', async () => {
    const { file, plan } = await scene();
    const skip = ['--skip', 'privileges', '--skip', 'oplog window'];
    const uri = await reader('read');
    const { out } = await run(0, ['doctor', plan, '--schema', file, ...skip], uri);
    expect(out).not.toMatch(/^. (?:privileges|oplog)/m);
    expect(out).toMatch(/\nAll 11 ticked; left out: privileges, oplog window\.\n?$/);
    await site
      .db()
      .collection('orders')
      .updateOne({}, { $set: { lost: true } });
    expect(open(await examined(2, [plan, '--schema', file, ...skip], uri))).toEqual(['bad consistency']);
    const { err } = await run(64, ['doctor', plan, '--schema', file, '--skip', 'oplog']);
    expect(err).toContain('oplog window');
  });

  test('with the two privileges more that are named, measures the oplog window', async () => {
    const { file, plan } = await scene();
    const uri = await reader('read');
    const privileges = [{ resource: { db: 'local', collection: 'oplog.rs' }, actions: ['find', 'collStats'] }];
    const admin = site.client().db('admin');
    await admin.command({ createRole: 'oplogReader', privileges, roles: [] });
    await site.db().command({ grantRolesToUser: 'reader', roles: [{ role: 'oplogReader', db: 'admin' }] });
    expect(open(await examined(2, [plan, '--schema', file], uri))).toEqual(['bad privileges']);
    await admin.command({ dropRole: 'oplogReader' });
  });

  test('of another database may not even read here', async () => {
    await site.fresh();
    const items = await examined(2, [], await reader({ role: 'read', db: 'elsewhere' }));
    expect(open(items)).toEqual(['bad privileges', 'unknown lock']);
  });
});
