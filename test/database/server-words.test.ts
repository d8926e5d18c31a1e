import { inspect } from 'node:util';
import { expect, inject, test } from 'vitest';
import { aggregateCommand, findAll, readAll } from '../../src/database/read.ts';
import { knownWords } from '../../src/database/server-words.ts';
import type { Database } from '../../src/database/port.ts';
import { findAndModify, insert, update } from '../../src/database/write.ts';
import { type Doc, doc, docOf, int, scalar } from '../../src/state/value.ts';
import { schemaFile } from '../support/schema.ts';
import { useDatabase } from '../support/database.ts';
import { told, withDoor } from '../support/door.ts';
import { must, useSite } from '../support/site.ts';

/** What the server says of a failure, without what documents hold. */
const { db } = useDatabase('server_words');
const secret = 'zqMARKqz';

const site = useSite('server_words_cli');

const said = (work: (door: Database) => Promise<unknown>): Promise<string> =>
  withDoor(db().databaseName, (door) => told(work(door)));

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
] as const satisfies readonly (readonly [string, string, (door: Database) => Promise<unknown>])[])(
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

/** No part of what the document holds: not even a few letters of it. */
const marks = /zqMARK|ARKqz|77123773|8812377/;
const holder = docOf({
  secret,
  places: [secret, int(77_123_773)],
  pairs: [docOf({ k: secret })],
  within: docOf({ secret, zqMARKqz: int(77_123_773) }),
  number: int(77_123_773),
  long: scalar('long', '8812377388123773'),
  decimal: scalar('decimal', '77123773.5'),
  regex: scalar('regex', '/zqMARKqz/'),
  when: scalar('date', '1577836800000'),
});

const when = '$when';

/** One expression of each shape in which a server repeats what it was given; each fails on the document (6.0). */
const isNewest = inject('server').startsWith('6.');
const expressions: readonly Doc[] = [
  docOf({ $reduce: docOf({ input: '$secret', initialValue: int(0), in: int(1) }) }),
  docOf({ $reduce: docOf({ input: '$within', initialValue: int(0), in: int(1) }) }),
  docOf({ $zip: docOf({ inputs: ['$secret'] }) }),
  docOf({ $mergeObjects: ['$secret'] }),
  docOf({ $mergeObjects: ['$places'] }),
  docOf({ $year: docOf({ date: '$$NOW', timezone: '$secret' }) }),
  docOf({ $year: docOf({ date: '$$NOW', timezone: '$number' }) }),
  docOf({ $year: '$secret' }),
  docOf({ $filter: docOf({ input: '$places', cond: true, limit: '$secret' }) }),
  docOf({ $filter: docOf({ input: '$number', cond: true }) }),
  docOf({ $dateDiff: docOf({ startDate: when, endDate: when, unit: 'week', startOfWeek: '$secret' }) }),
  docOf({ $dateDiff: docOf({ startDate: when, endDate: when, unit: '$secret' }) }),
  docOf({ $dateDiff: docOf({ startDate: '$within', endDate: when, unit: 'day' }) }),
  docOf({ $dateTrunc: docOf({ date: when, unit: 'day', binSize: '$within' }) }),
  docOf({ $dateTrunc: docOf({ date: when, unit: 'day', binSize: '$decimal' }) }),
  docOf({ $dateAdd: docOf({ startDate: when, unit: 'day', amount: '$secret' }) }),
  docOf({ $dateAdd: docOf({ startDate: when, unit: 'year', amount: '$long' }) }),
  docOf({ $dateFromParts: docOf({ year: '$secret' }) }),
  docOf({ $dateFromParts: docOf({ year: int(2020), month: '$number' }) }),
  docOf({ $dateFromParts: docOf({ year: '$regex' }) }),
  docOf({ $dateFromString: docOf({ dateString: '$secret', format: '%Y' }) }),
  docOf({ $dateFromString: docOf({ dateString: '$places' }) }),
  docOf({ $convert: docOf({ input: int(1), to: '$secret' }) }),
  docOf({ $convert: docOf({ input: int(1), to: '$number' }) }),
  docOf({ $convert: docOf({ input: int(1), to: '$decimal' }) }),
  docOf({ $toInt: '$long' }),
  docOf({ $toInt: '$secret' }),
  docOf({ $toObjectId: '$secret' }),
  docOf({ $trim: docOf({ input: '$places' }) }),
  docOf({ $trim: docOf({ input: 'x', chars: '$number' }) }),
  docOf({ $replaceOne: docOf({ input: '$within', find: 'x', replacement: 'y' }) }),
  docOf({ $replaceOne: docOf({ input: 'x', find: '$regex', replacement: 'y' }) }),
  docOf({ $regexMatch: docOf({ input: '$within', regex: 'x' }) }),
  docOf({ $regexMatch: docOf({ input: 'x', regex: '$number' }) }),
  docOf({ $arrayToObject: ['$places'] }),
  docOf({ $arrayToObject: '$pairs' }),
  docOf({ $objectToArray: '$regex' }),
  docOf({ $range: [int(0), '$decimal'] }),
  docOf({ $range: [int(0), '$secret'] }),
  docOf({ $substrCP: ['abc', '$decimal', int(1)] }),
  docOf({ $arrayElemAt: ['$places', '$decimal'] }),
  docOf({ $slice: ['$places', '$secret'] }),
  docOf({ $in: [int(1), '$within'] }),
  docOf({ $indexOfArray: ['$places', int(1), '$decimal'] }),
  docOf({ $round: [int(1), '$number'] }),
  docOf({ $log: [int(5), '$secret'] }),
  docOf({ $sqrt: docOf({ $multiply: ['$number', int(-1)] }) }),
  docOf({ $pow: ['$secret', int(2)] }),
  docOf({ $add: ['$secret', int(1)] }),
  docOf({ $setUnion: ['$secret', []] }),
  docOf({ $toLower: '$within' }),
  docOf({ $strcasecmp: ['$within', 'x'] }),
  docOf({ $concat: ['$number'] }),
  docOf({ $split: ['$number', ','] }),
  docOf({ $size: '$secret' }),
  docOf({ $binarySize: '$within' }),
  docOf({ $bsonSize: '$secret' }),
  docOf({ $setField: docOf({ field: 'x', input: '$secret', value: int(1) }) }),
  docOf({ $divide: ['$number', int(0)] }),
];

/** As a value, as a condition, in an update, and where the server tries two indexes before it chooses. */
const ways: readonly ((door: Database, expression: Doc) => Promise<unknown>)[] = [
  (door, expression) => readAll(door, aggregateCommand('c', [docOf({ $set: docOf({ n: expression }) })])),
  (door, expression) =>
    findAll(door, { collection: 'c', filter: docOf({ $expr: docOf({ $eq: [expression, 'no'] }) }) }),
  (door, expression) =>
    findAll(door, {
      collection: 'c',
      filter: docOf({ a: int(1), b: int(1), $expr: docOf({ $eq: [expression, 'no'] }) }),
    }),
  (door, expression) =>
    update(door, { collection: 'c', filter: doc(), update: [docOf({ $set: docOf({ n: expression }) })] }),
  (door, expression) => findAndModify(door, 'c', doc(), [docOf({ $set: docOf({ n: expression }) })]),
  (door, expression) =>
    door.transaction((session) =>
      update(
        door,
        { collection: 'c', filter: doc(), update: [docOf({ $set: docOf({ n: expression }) })] },
        { session },
      ),
    ),
];

test('expressions that fail on a document, in each kind of command: no word of the document', async () => {
  await db().dropDatabase();
  await db()
    .collection('c')
    .createIndexes([{ key: { a: 1 } }, { key: { b: 1 } }]);
  await said((door) =>
    insert(
      door,
      'c',
      Array.from({ length: 20 }, () => docOf({ a: int(1), b: int(1), ...Object.fromEntries(holder) })),
    ),
  );
  await withDoor(db().databaseName, async (door) => {
    for (const expression of expressions) {
      for (const way of ways) {
        const shown = await told(way(door, expression));
        if (shown === 'nothing' && !isNewest) continue;
        const about = `${inspect(expression, { depth: null })}, ${String(way)}`;
        expect(shown, about).toMatch(/the server said: \d+ \w*: ./);
        expect(shown, about).not.toMatch(marks);
      }
    }
  });
});

test.each([
  ['a constant', [docOf({ $set: docOf({ n: docOf({ $toInt: 'eleven' }) }) })], "Failed to parse number 'eleven'"],
  [
    'an operator that is not there',
    [docOf({ $set: docOf({ n: docOf({ $nope: int(1) }) }) })],
    "Unrecognized expression '$nope'",
  ],
  ['a stage that is not there', [docOf({ $nope: docOf({}) })], "Unrecognized pipeline stage name: '$nope'"],
] as const)("what fails without a document too is told in the server's words: %s", async (_, pipeline, words) => {
  await db().dropDatabase();
  await db().collection('c').insertOne({ secret });
  expect(await said((door) => readAll(door, aggregateCommand('c', pipeline)))).toContain(words);
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

const structure = docOf({ createIndexes: 'c', indexes: [] });
const answered = (code: number, codeName: string, message: string) => ({ code, codeName, message });

test.each([
  [answered(86, 'IndexKeySpecsConflict', 'Requested index: { key: { a: 1 }, name: "a_1" }'), structure],
  [answered(27, 'IndexNotFound', 'index not found with name [a_1]'), docOf({ dropIndexes: 'c', index: 'a_1' })],
  [answered(26, 'NamespaceNotFound', 'ns not found'), docOf({ drop: 'c' })],
  [answered(40415, 'Location40415', 'BSON field "x.y" is an unknown field.'), structure],
  [answered(48, 'NamespaceExists', 'target namespace exists'), docOf({ renameCollection: 'a.b', to: 'a.c' })],
  [answered(31253, 'Location31253', 'Invalid field'), docOf({ collMod: 'c' })],
])('what structure says of itself is kept: %o', (words, command) => {
  expect(knownWords(words, command)).toBe(words.message);
});

test('a command that is not permitted', () => {
  const command = '{ find: "orders", filter: { email: "a@b" }, lsid: { id: UUID("x") }, $db: "shop" }';
  expect(
    knownWords(
      answered(13, 'Unauthorized', `not authorized on shop to execute command ${command}`),
      docOf({ find: 'orders', filter: doc() }),
    ),
  ).toBe('not authorized on shop to execute command find of "orders"');
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

/** The document turns bad between the plan, which has asked the data, and the pass. */
test.each([
  ['text', '{ $toInt: $secret }'],
  ['json', '{ $toInt: $secret }'],
  ['text', '{ $year: { date: $$NOW, timezone: $secret } }'],
  ['json', '{ $year: { date: $$NOW, timezone: $secret } }'],
])('a pass that fails on a document: its _id, and no word of it: %s, %s', async (format, compute) => {
  const things = (await site.fresh()).collection<{ _id: string; secret: string }>('things');
  await things.insertMany(['good', 'bad'].map((_id) => ({ _id, secret: '+0500' })));
  const file = await schemaFile(
    `version: 1\ncollections: { things: { fields: { n: { type: int, compute: ${compute} } } } }`,
  );
  const saved = `${file}.plan.json`;
  await must(0, site.run(['plan', '--schema', file, '--out', saved]));
  await things.updateOne({ _id: 'bad' }, { $set: { secret } });
  const { code, out, err } = await site.run(['apply', saved, '--format', format, '-v']);
  expect([1, 23], out + err).toContain(code);
  expect(out + err).toMatch(/the server said: \d+[\w ]*: /);
  expect(out + err).toMatch(/It fails on the document with the _id \W*bad/);
  expect(out + err).not.toContain(secret);
  for (const args of [['status'], ['resume', '--auto-approve']]) {
    const told = await site.run(args);
    expect(told.out + told.err).not.toContain(secret);
  }
});
