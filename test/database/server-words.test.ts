import { expect, inject, test } from 'vitest';
import { connect } from '../../src/database/mongo.ts';
import { aggregateCommand, readAll } from '../../src/database/read.ts';
import { insert, update } from '../../src/database/write.ts';
import { withoutValues } from '../../src/database/server-words.ts';
import { doc, docOf } from '../../src/state/value.ts';
import { schemaFile } from '../support/schema.ts';
import { useDatabase } from '../support/database.ts';
import { must, useSite } from '../support/site.ts';

/** What the server says of a failure, without what documents hold. */
const { db } = useDatabase('server_words');
const secret = 'SSN-123-45';

const site = useSite('server_words_cli');

async function said(work: (door: Awaited<ReturnType<typeof connect>>) => Promise<unknown>): Promise<string> {
  const door = await connect({ url: inject('uri'), database: db().databaseName, connectTimeoutMs: 5000 });
  try {
    return await work(door).then(
      () => 'nothing',
      (error: unknown) => (error as Error).message,
    );
  } finally {
    await door.close();
  }
}

const convert = (operator: string) => [docOf({ $set: docOf({ n: docOf({ [operator]: '$secret' }) }) })];

test.each([
  ['a duplicate', 'E11000 duplicate key error', (door) => insert(door, 'c', [docOf({ secret })])],
  ['a number', 'Failed to parse number', (door) => readAll(door, aggregateCommand('c', convert('$toInt')))],
  ['a date', 'Error parsing date string', (door) => readAll(door, aggregateCommand('c', convert('$toDate')))],
  ['an id', 'Failed to parse objectId', (door) => readAll(door, aggregateCommand('c', convert('$toObjectId')))],
  [
    'an update',
    'Failed to parse number',
    (door) => update(door, { collection: 'c', filter: doc(), update: convert('$toInt') }),
  ],
] as const satisfies readonly (readonly [
  string,
  string,
  (door: Awaited<ReturnType<typeof connect>>) => Promise<unknown>,
])[])('%s', async (_, words, work) => {
  await db().dropDatabase();
  await db()
    .collection('c')
    .createIndexes([{ key: { secret: 1 }, unique: true }]);
  await db().collection('c').insertOne({ secret });
  const message = await said(work);
  expect(message).toContain(words);
  expect(message).not.toContain(secret);
});

test('a command that is not permitted', () => {
  const command = '{ find: "orders", filter: { email: "a@b" }, lsid: { id: UUID("x") }, $db: "shop" }';
  expect(withoutValues(`not authorized on shop to execute command ${command}`)).toBe(
    'not authorized on shop to execute command find of "orders"',
  );
});

test('an expression that fails on a document: 22, and no word of the document', async () => {
  const things = (await site.fresh()).collection('things');
  await things.insertOne({ secret });
  const file = await schemaFile(
    'version: 1\ncollections: { things: { fields: { n: { type: int, compute: { $toInt: "$secret" } } } } }',
  );
  const { out, err } = await must(22, site.run(['plan', '--schema', file]));
  expect(err).toContain('the server failed on what a document holds: 241 ConversionFailure');
  expect(out + err).not.toContain(secret);
});
