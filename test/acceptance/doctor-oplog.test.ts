import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { here } from '../support/here.ts';
import { schemaFile } from '../support/schema.ts';
import { must, useSite } from '../support/site.ts';

/** What a plan puts into the oplog, as the checklist says it before and as a server of its own has it afterwards. */
const site = useSite('doctor_oplog', {});
const run = (code: number, args: readonly string[]) => must(code, here(site.uri(), args));

test.each([
  ['fields are filled', 'version: 1\ncollections: { orders: { fields: { note: { type: string, default: x } } } }'],
  ['values are removed', 'version: 1\ncollections: { orders: { fields: { long: { absent: true } } } }'],
  ['a collection is recreated', 'version: 1\ncollections: { orders: { options: { collation: { locale: fr } } } }'],
])('%s: what goes into the oplog is about what is said', async (_, text) => {
  const db = await site.fresh();
  const file = await schemaFile(text);
  const plan = join(dirname(file), 'plan.json');
  await db.collection('orders').insertMany(Array.from({ length: 5000 }, (_, a) => ({ a, long: 'x'.repeat(200) })));
  await run(0, ['plan', '--schema', file, '--out', plan, '--allow', 'drop-field,recreate-collection']);
  const { out } = await run(0, ['doctor', plan, '--schema', file, '--format', 'json']);
  const { items } = JSON.parse(out) as { items: readonly { item: string; measured: { planBytes: number } }[] };
  const { planBytes } = items.find(({ item }) => item === 'oplog window')!.measured;
  const oplog = site.client().db('local').collection('oplog.rs');
  const [last] = await oplog.find().sort({ $natural: -1 }).limit(1).toArray();
  await run(0, ['apply', plan]);
  const sum = { $group: { _id: null, bytes: { $sum: { $bsonSize: '$$ROOT' } } } };
  const [written] = await oplog.aggregate([{ $match: { ts: { $gt: last!['ts'] as unknown } } }, sum]).toArray();
  const bytes = Number(written!['bytes']);
  expect(planBytes / bytes, `${planBytes} said, ${bytes} written`).toBeGreaterThan(0.9);
  expect(planBytes / bytes, `${planBytes} said, ${bytes} written`).toBeLessThan(2);
});
