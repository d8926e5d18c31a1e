import type { Document } from 'mongodb';
import { expect, test } from 'vitest';
import { batchesIn } from '../support/rewriting.ts';
import { schemaFile } from '../support/schema.ts';
import { must, own, until, useSite } from '../support/site.ts';

const site = useSite('large');

const mebibyte = 1024 * 1024;

const things = (fields: string): Promise<string> =>
  schemaFile(`version: 1\ncollections:\n  things:\n    fields: ${fields}\n`);

async function filled(documents: readonly Document[]): Promise<string> {
  const db = await site.fresh();
  await db.collection('things').insertMany([...documents]);
  return site.hash();
}

const apply = (file: string, ...more: readonly string[]) =>
  site.run(['apply', '--auto-approve', '--allow', 'drop-field', '--schema', file, ...more]);

const many = (count: number, make: (at: number) => Document): readonly Document[] =>
  Array.from({ length: count }, (_, at) => make(at));

const item = (at: number, length: number): Document => ({ product: 'p'.repeat(length), old: at, price: at });
const items = (fields: string): string => `{ items: { type: array, items: { type: object, fields: ${fields} } } }`;

test.each([
  {
    what: 'values removed together with others, nearly 17 MB a batch',
    documents: many(1000, (_id) => ({ _id, big: String(_id).padStart(16_770, 'x'), g: _id })),
    fields: '{ big: { absent: true }, g: { absent: true } }',
  },
  {
    what: 'values removed from documents with long ids, nearly 17 MB a batch',
    documents: many(1000, (at) => ({ _id: `${'k'.repeat(60)}${at}`, big: String(at).padStart(16_700, 'x') })),
    fields: '{ big: { absent: true } }',
  },
  {
    what: 'values from another collection',
    documents: many(40, (_id) => ({ _id, k: _id % 2 })),
    fields: '{ k: { type: int }, o: { type: string, nullable: true } }',
    others: [
      { k: 0, o: 'a'.repeat(2 * mebibyte) },
      { k: 1, o: 'b'.repeat(2 * mebibyte) },
    ],
    links:
      '    links: { o: { field: o, references: people.o, optional: true, populate: { match: { k: k } } } }\n  people: { fields: { o: { type: string }, k: { type: int } } }\n',
  },
  {
    what: 'arrays with several edits, 32 MB to keep a batch',
    documents: many(1200, (_id) => ({ _id, items: many(50, (at) => item(at, 60)) })),
    fields: items('{ q: { type: int, default: 1 }, unit: { type: string, default: piece }, old: { absent: true } }'),
  },
  {
    what: 'an array of almost 16 MiB with several edits',
    documents: [{ _id: 1, items: many(1500, (at) => item(at, 10_900)) }],
    fields: items('{ q: { type: int, default: 1 }, unit: { type: string, default: piece }, old: { absent: true } }'),
  },
])('$what: written, and taken back byte for byte', { timeout: 240_000 }, async ({ documents, fields, ...more }) => {
  const db = await site.fresh();
  await db.collection('things').insertMany([...documents]);
  if (more.others !== undefined) await db.collection('people').insertMany([...more.others]);
  const before = await site.hash();
  const file = await schemaFile(`version: 1\ncollections:\n  things:\n    fields: ${fields}\n${more.links ?? ''}`);
  await must(0, apply(file));
  expect(await site.hash()).not.toBe(before);
  await must(0, site.run(['rollback', '--auto-approve']));
  expect(await site.hash()).toBe(before);
});

test('a pass of literals reads no more of huge documents at once than one transaction should hold', async () => {
  await filled(many(8, (_id) => ({ _id, a: 'x'.repeat(6 * mebibyte) })));
  const { out } = await must(0, apply(await things('{ n: { type: int, default: 1 } }'), '--format', 'json'));
  const batches = batchesIn(out);
  expect(batches.reduce((sum, batch) => sum + batch, 0)).toBe(8);
  expect(Math.max(...batches)).toBeLessThanOrEqual(2);
});

test('one document that somebody holds does not keep back the others, and to wait for it can be interrupted', {
  timeout: 60_000,
}, async () => {
  await filled(many(40, (_id) => ({ _id })));
  const collection = site.db().collection<{ _id: number }>('things');
  const session = site.client().startSession();
  session.startTransaction();
  await collection.updateOne({ _id: 20 }, { $set: { held: true } }, { session });
  const file = await things('{ n: { type: int, default: 1 } }');
  const running = site.spawn(['apply', '--auto-approve', '--schema', file]);
  await until(async () => (await collection.countDocuments({ n: 1 })) === 20);
  // By now it waits a second between two attempts.
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const began = performance.now();
  running.kill('SIGINT');
  await must(130, running.done);
  expect(performance.now() - began).toBeLessThan(5000);
  expect(await own(site.db(), 'runs')).toMatchObject([{ state: 'interrupted' }]);
  await session.abortTransaction();
  await session.endSession();
  await must(0, site.run(['resume', '--auto-approve']));
  expect(await collection.countDocuments({ n: 1 })).toBe(40);
});
