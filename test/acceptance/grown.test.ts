import type { Document } from 'mongodb';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { connect } from '../../src/database/mongo.ts';
import type { Database } from '../../src/database/port.ts';
import { runPlan } from '../../src/workflow/run.ts';
import { planText } from '../cases/run.ts';
import { runOptions } from '../support/run-options.ts';
import { schemaFile } from '../support/schema.ts';
import { must, useSite } from '../support/site.ts';

/** Hazards that concern many more documents than when they were approved. */
const site = useSite('grown');
let door: Database;
beforeAll(async () => {
  door = await connect({ url: inject('uri'), database: site.name, connectTimeoutMs: 5000 });
});
afterAll(() => door.close());

const long = new Date('2020-01-01T00:00:00Z');
const expired = (count: number, from: number): Document[] =>
  Array.from({ length: count }, (_, at) => ({ _id: from + at, at: long }));
const ttl = 'version: 1\ncollections: { c: { indexes: [ { key: { at: 1 }, expireAfterSeconds: 3600 } ] } }\n';
const filled =
  'version: 1\ncollections: { c: { fields: { at: { type: date }, n: { type: int, default: 1 } }, indexes: [ { key: { at: 1, n: 1 } } ] }, d: { indexes: [ { key: { at: 1 }, expireAfterSeconds: 3600 } ] } }\n';

test('since a plan was saved: 21 before the first write, and growth within a tenth is none', async () => {
  const db = await site.fresh();
  await db.collection('c').insertMany(expired(200, 0));
  const file = await schemaFile(ttl);
  const path = `${file}.plan.json`;
  await must(0, site.run(['plan', '--allow', 'ttl-expiry', '--schema', file, '--out', path]));
  await db.collection('c').insertMany(expired(150, 1000));
  const before = await site.hash();
  const { err } = await must(21, site.run(['apply', path]));
  expect(err).toContain('c.indexes.at_1: ttl-expiry concerned 200 documents, now 350');
  expect(await site.hash()).toBe(before);
  await db.collection('c').deleteMany({ _id: { $gte: 1090 } } as Document);
  await must(0, site.run(['apply', path]));
});

test('since somebody agreed to a plan: 21 before the first write, and never more than was agreed to', async () => {
  const db = await site.fresh();
  await db.collection('c').insertMany(expired(200, 0));
  const plan = await planText(door, ttl, ['ttl-expiry']);
  await db.collection('c').insertMany(expired(150, 1000));
  const before = await site.hash();
  const again = (): ReturnType<typeof planText> => planText(door, ttl, ['ttl-expiry']);
  await expect(runPlan(door, plan, again, runOptions(door))).rejects.toMatchObject({
    exitCode: 21,
    details: ['c.indexes.at_1: ttl-expiry concerned 200 documents, now 350'],
  });
  expect(await site.hash()).toBe(before);
});

test('while the steps before ran: 23, and what was done can be taken back', async () => {
  const db = await site.fresh();
  await db.collection('c').insertMany([...Array(20).keys()].map((_id) => ({ _id: _id as never })));
  await db.collection('d').insertMany(expired(200, 0));
  const before = await site.hash();
  const plan = await planText(door, filled, ['ttl-expiry']);
  const inserted: Promise<unknown>[] = [];
  const result = await runPlan(door, plan, null, {
    ...runOptions(door),
    throttle: { kind: 'rate', perSecond: 20 },
    emit: ({ event }) => {
      if (event === 'unit-started' && inserted.length === 0) {
        inserted.push(db.collection('d').insertMany(expired(150, 1000)));
      }
    },
  });
  await Promise.all(inserted);
  expect(result).toMatchObject({ exitCode: 23, steps: { done: 2, left: 1 } });
  expect(result.error?.details.join('\n')).toContain('d.indexes.at_1: ttl-expiry concerned 200 documents, now 350');
  await db.collection('d').deleteMany({ _id: { $gte: 1000 } } as Document);
  await must(0, site.run(['rollback', '--auto-approve']));
  expect(await site.hash()).toBe(before);
});
