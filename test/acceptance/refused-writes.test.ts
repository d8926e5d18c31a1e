import type { Db } from 'mongodb';
import { expect, test } from 'vitest';
import { schemaFile } from '../support/schema.ts';
import { must, useSite } from '../support/site.ts';

const site = useSite('refused_writes');

interface Row {
  readonly what: string;
  /** What somebody added by hand after the apply. */
  readonly add: (db: Db) => Promise<unknown>;
  readonly remove: (db: Db) => Promise<unknown>;
  readonly says: readonly string[];
}

const rows: readonly Row[] = [
  {
    what: 'a validator',
    add: (db) => db.command({ collMod: 'c', validator: { u: { $exists: true } } }),
    remove: (db) => db.command({ collMod: 'c', validator: {} }),
    says: ['121', 'the document with the _id 1', 'First mend the documents that the validator refuses'],
  },
  {
    what: 'a unique index',
    add: (db) => db.collection('c').createIndexes([{ key: { u: 1 }, unique: true }]),
    remove: (db) => db.collection('c').dropIndex('u_1'),
    says: ['11000', 'u_1', 'First mend the documents that would share the key'],
  },
];

test.each(rows)('a rollback that $what added since refuses says which document, and what to do first', async (row) => {
  const db = await site.fresh();
  await db.collection<{ _id: number }>('c').insertMany([
    { _id: 1, a: 1 },
    { _id: 2, a: 2 },
  ] as never);
  const before = await site.hash();
  const file = await schemaFile('version: 1\ncollections:\n  c: { fields: { u: { type: int, compute: "$a" } } }\n');
  await must(0, site.run(['apply', '--schema', file, '--auto-approve']));
  await row.add(db);
  const { err } = await must(22, site.run(['rollback', '--auto-approve']));
  for (const said of row.says) expect(err).toContain(said);
  await row.remove(db);
  await must(0, site.run(['rollback', '--auto-approve']));
  expect(await site.hash()).toBe(before);
});
