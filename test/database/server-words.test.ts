import { expect, inject, test } from 'vitest';
import { connect } from '../../src/database/mongo.ts';
import { aggregateCommand, readAll } from '../../src/database/read.ts';
import { insert, update } from '../../src/database/write.ts';
import { withoutValues } from '../../src/database/server-words.ts';
import { type Doc, doc, docOf, int } from '../../src/state/value.ts';
import { schemaFile } from '../support/schema.ts';
import { useDatabase } from '../support/database.ts';
import { must, useSite } from '../support/site.ts';

const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** What the server says of a failure, without what documents hold. */
const { db } = useDatabase('server_words');
const secret = 'SSN-123-45';

const site = useSite('server_words_cli');

type Door = Awaited<ReturnType<typeof connect>>;

async function said(work: (door: Door) => Promise<unknown>): Promise<string> {
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
] as const satisfies readonly (readonly [string, string, (door: Door) => Promise<unknown>])[])(
  '%s',
  async (_, words, work) => {
    await db().dropDatabase();
    await db()
      .collection('c')
      .createIndexes([{ key: { secret: 1 }, unique: true }]);
    await db().collection('c').insertOne({ secret });
    const message = await said(work);
    expect(message).toContain(words);
    expect(message).not.toContain(secret);
  },
);

const holder = docOf({ secret, places: [secret], within: docOf({ secret }) });
type Expressions = readonly (readonly [words: string, expression: Doc])[];

/** Of each kind of words in which the server repeats what an expression was given. */
const expressions: Expressions = [
  ['input', docOf({ $reduce: docOf({ input: '$secret', initialValue: int(0), in: int(1) }) })],
  ['input', docOf({ $reduce: docOf({ input: '$within', initialValue: int(0), in: int(1) }) })],
  ['$zip', docOf({ $zip: docOf({ inputs: ['$secret'] }) })],
  ['$mergeObjects', docOf({ $mergeObjects: ['$secret'] })],
  ['$mergeObjects', docOf({ $mergeObjects: ['$places'] })],
  ['time zone', docOf({ $year: docOf({ date: '$$NOW', timezone: '$secret' }) })],
  ["'year'", docOf({ $dateFromParts: docOf({ year: '$secret' }) })],
  ['date string', docOf({ $dateFromString: docOf({ dateString: '$secret', format: '%Y' }) })],
  ["'dateString'", docOf({ $dateFromString: docOf({ dateString: '$places' }) })],
  ['type name', docOf({ $convert: docOf({ input: int(1), to: '$secret' }) })],
  ['$trim', docOf({ $trim: docOf({ input: '$places' }) })],
  ['$replaceOne', docOf({ $replaceOne: docOf({ input: '$within', find: 'x', replacement: 'y' }) })],
  ['$arrayToObject', docOf({ $arrayToObject: ['$places'] })],
  ['$add', docOf({ $add: ['$secret', int(1)] })],
];

test.each(expressions)('an expression: %s', async (words, expression) => {
  await db().dropDatabase();
  await db().createCollection('c');
  const stages = [docOf({ $set: docOf({ n: expression }) })];
  for (const work of [
    (door: Door) => readAll(door, aggregateCommand('c', stages)),
    (door: Door) => update(door, { collection: 'c', filter: doc(), update: stages }),
  ]) {
    const message = await said(async (door) => {
      await insert(door, 'c', [holder]);
      return work(door);
    });
    expect(message).toContain(words);
    expect(message).not.toMatch(/SSN|123-|-45|S'/);
  }
});

test('the root of a document', async () => {
  await db().dropDatabase();
  const message = await said(async (door) => {
    await insert(door, 'c', [holder]);
    return readAll(door, aggregateCommand('c', [docOf({ $replaceRoot: docOf({ newRoot: '$secret' }) })]));
  });
  expect(message).toContain('must evaluate to an object');
  expect(message).not.toContain(secret);
});

/** What an index has against a document; most of these words repeat all of it. */
test.each([
  ['geo keys', { v: '2dsphere' }, { x: secret }],
  ['geo keys', { v: '2dsphere' }, secret],
  ['geo keys', { v: '2dsphere' }, { type: 'Point', coordinates: [500, 91] }],
  ['point not in interval', { v: '2d' }, [500, 500]],
  ['geo field', { v: '2d' }, [1]],
  ['geo values', { v: '2d' }, [[secret, secret]]],
  ['hashed', { v: 'hashed' }, [secret]],
  ['language override', { text: 'text' }, secret],
  ['language', { text: 'text' }, [secret]],
  ['parallel arrays', { v: 1, w: 1 }, [secret]],
] as const)('an index: %s of %o for %o', async (words, key, value) => {
  const collection = db().collection('c');
  const writes = (): Promise<unknown> =>
    collection.insertOne({ secret, v: value, w: [secret], text: secret, language: 'text' in key ? value : 'english' });
  await db().dropDatabase();
  await collection.createIndexes([{ key }]);
  const refused = await writes().then(
    () => 'nothing',
    (error: unknown) => (error as Error).message,
  );
  await collection.dropIndexes();
  await writes();
  const built = await collection.createIndexes([{ key }]).then(
    () => 'nothing',
    (error: unknown) => (error as Error).message,
  );
  for (const message of [withoutValues(refused), withoutValues(built)]) {
    expect(message).toContain(words);
    // The build and the collection are named by random UUIDs, which may hold any digits.
    expect(message.replaceAll(uuid, '')).not.toMatch(/SSN|500|ObjectId/);
  }
});

test('what structure says of itself is kept', () => {
  const conflict =
    'An existing index has the same name as the requested index. Requested index: { key: { a: 1 }, name: "a_1" }';
  for (const words of [conflict, 'index not found with name [a_1]', 'ns not found', 'BSON field "x.y" is unknown'])
    expect(withoutValues(words)).toBe(words);
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
