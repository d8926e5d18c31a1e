import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Document } from 'mongodb';
import { afterAll, describe, expect, test } from 'vitest';
import { emptyFolder } from '../support/folder.ts';
import { must, ours, useSite } from '../support/site.ts';

const site = useSite('diff');
const second = 'test_diff_second';
afterAll(() => site.client().db(second).dropDatabase());

const schema = `
version: 1
collections:
  other: {}
  orders:
    fields: { note: { type: string, default: "-" } }
    indexes:
      - { key: { a: 1, b: -1 }, unique: true }
      - { key: { at: 1 }, expireAfterSeconds: 60 }
`;
const otherSchema = schema.replace('60 }', '90 }').replace('  other: {}\n', '');

/** The schema stands in `schema/s.yaml` and is applied; another in `other.yaml`; a snapshot in `snap.json`. */
async function applied(): Promise<string> {
  await site.fresh();
  const cwd = await emptyFolder();
  await writeFile(join(cwd, 's.yaml'), schema);
  await writeFile(join(cwd, 'other.yaml'), otherSchema);
  await must(0, site.run(['apply', '--auto-approve', '--schema', 's.yaml'], { cwd }));
  await must(0, site.run(['snapshot', '--out', 'snap.json'], { cwd }));
  return cwd;
}

async function differences(cwd: string, a: string, b: string): Promise<readonly string[]> {
  const { out } = await must(0, site.run(['diff', a, b, '--format', 'json'], { cwd }));
  const found = JSON.parse(out) as { readonly differences: readonly Document[] };
  return found.differences.map(({ change, address, parts }) => [change, address, ...(parts as string[])].join(' '));
}

const nowhere = 'mongodb://127.0.0.1:1/nowhere?serverSelectionTimeoutMS=500';

describe('sides', () => {
  test.each<[a: string, b: string]>([
    ['s.yaml', 'live'],
    ['live', 'schema:s.yaml'],
    ['snapshot:snap.json', 'live'],
    ['s.yaml', 'snapshot:snap.json'],
    ['live', 'live'],
  ])('%s and %s are the same: 0 with --detailed-exitcode', async (a, b) => {
    const cwd = await applied();
    const { out } = await must(0, site.run(['diff', a, b, '--detailed-exitcode'], { cwd }));
    expect(out).toContain('The same structure: 2 collections.');
  });

  test('two schemas, a schema and a snapshot, without a server: 2 with --detailed-exitcode, 0 without', async () => {
    const cwd = await applied();
    const offline = { cwd, uri: nowhere };
    const { out } = await must(2, site.run(['diff', 's.yaml', 'other.yaml', '--detailed-exitcode'], offline));
    expect(out).toContain('- collection');
    expect(out).toContain('expireAfterSeconds: 60 → 90');
    expect(out).toContain('2 differences: 1 only in A (-), 1 changed (~).');
    await must(0, site.run(['diff', 'other.yaml', 'snapshot:snap.json'], offline));
    expect(await differences(cwd, 'other.yaml', 'snapshot:snap.json')).toEqual([
      'changed orders.indexes.at_1 expireAfterSeconds',
      'added other',
    ]);
  });

  test('schema is that of --schema; an address tells what by hand has changed since a snapshot', async () => {
    const cwd = await applied();
    await site.db().collection('orders').dropIndex('at_1');
    await site
      .db()
      .collection('orders')
      .createIndexes([{ key: { x: 1 }, name: 'by_hand', sparse: true }]);
    await site.db().createCollection('made_by_hand');
    const expected = ['added made_by_hand', 'removed orders.indexes.at_1', 'added orders.indexes.by_hand'];
    expect([...(await differences(cwd, 'snapshot:snap.json', 'live'))].sort()).toEqual([...expected].sort());
    const { out } = await must(0, site.run(['diff', 'schema', 'live', '--schema', 's.yaml'], { cwd }));
    expect(out).toContain('+ index       by_hand                         { x: 1 }, sparse');
  });

  test('another database of the same server', async () => {
    const cwd = await applied();
    await site.client().db(second).dropDatabase();
    const empty = await must(0, site.run(['diff', 'live', `live:${second}`], { cwd }));
    expect(empty.err).toContain(`the database "${second}" holds no collections`);
    await site.client().db(second).createCollection('other');
    expect(await differences(cwd, `live:${second}`, 'live')).toEqual(['added orders']);
    expect(await differences(cwd, 'live', `live:${second}`)).toEqual(['removed orders']);
  });

  test('an index that the schema does not name is the same under any name', async () => {
    const cwd = await applied();
    await site.db().collection('orders').dropIndex('at_1');
    await site
      .db()
      .collection('orders')
      .createIndexes([{ key: { at: 1 }, name: 'mine', expireAfterSeconds: 60 }]);
    expect(await differences(cwd, 's.yaml', 'live')).toEqual([]);
  });
});

test('as JSON: both sides, the summary, each difference whole', async () => {
  const cwd = await applied();
  const { out } = await must(0, site.run(['diff', 'other.yaml', 'live', '--format', 'json'], { cwd }));
  expect(JSON.parse(out)).toEqual({
    formatVersion: 1,
    a: { kind: 'schema', name: 'other.yaml' },
    b: { kind: 'live', name: site.name },
    summary: { added: 1, removed: 0, changed: 1 },
    differences: [
      {
        address: 'orders.indexes.at_1',
        kind: 'index',
        change: 'changed',
        parts: ['expireAfterSeconds'],
        a: { key: [['at', { $numberInt: '1' }]], options: { expireAfterSeconds: { $numberInt: '90' } } },
        b: { key: [['at', { $numberInt: '1' }]], options: { expireAfterSeconds: { $numberInt: '60' } } },
      },
      {
        address: 'other',
        kind: 'collection',
        change: 'added',
        parts: [],
        a: null,
        b: { type: 'collection', options: {}, validator: null, indexes: {} },
      },
    ],
  });
});

test('writes nothing', async () => {
  const db = await site.fresh();
  const cwd = await emptyFolder();
  await writeFile(join(cwd, 's.yaml'), schema);
  const before = await site.hash();
  await must(0, site.run(['diff', 's.yaml', 'live'], { cwd }));
  expect(await site.hash()).toBe(before);
  expect(await ours(site)).toEqual([]);
  expect(await db.listCollections().toArray()).toHaveLength(1);
});

test.each<[code: number, args: readonly string[]]>([
  [64, ['s.yaml']],
  [64, ['s.yaml', 'snapshot:']],
  [64, ['s.yaml', 'snap.json']],
  [64, ['s.yaml', 'live:']],
  [64, ['s.yaml', 'live:a/b']],
  [65, ['s.yaml', 'missing.yaml']],
  [65, ['s.yaml', 'snapshot:missing.json']],
  [65, ['s.yaml', 'snapshot:s.yaml']],
  [69, ['s.yaml', 'live']],
])('%i for diff %j', async (code, args) => {
  const cwd = await emptyFolder();
  await writeFile(join(cwd, 's.yaml'), schema);
  await must(code, site.run(['diff', ...args], { cwd, uri: nowhere }));
});
