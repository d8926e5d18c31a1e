import { expect, inject, onTestFinished, test } from 'vitest';
import { MongoClient } from 'mongodb';
import { connect } from '../../src/database/mongo.ts';
import { aggregateCommand, readAll } from '../../src/database/read.ts';
import { arraysPipeline } from '../../src/planner/families/indexes/arrays.ts';
import { int, toNumber } from '../../src/state/value.ts';

type Key = Readonly<Record<string, 1 | -1 | string>>;

const rows: readonly (readonly [key: Key, document: object])[] = [
  [
    { a: 1, b: 1 },
    { a: [1], b: [2] },
  ],
  [
    { a: 1, b: 1 },
    { a: [], b: [] },
  ],
  [
    { a: 1, b: 1 },
    { a: [1], b: 2 },
  ],
  [{ a: 1, b: 1 }, { a: [1] }],
  [{ 'a.b': 1, 'a.c': 1 }, { a: [{ b: 1, c: 2 }, { b: 3 }] }],
  [{ 'a.b': 1, 'a.c': 1 }, { a: [{ b: [1], c: [2] }] }],
  [
    { 'a.b': 1, 'a.c': 1 },
    {
      a: [
        { b: [1], c: 2 },
        { b: 1, c: [2] },
      ],
    },
  ],
  [{ 'a.b': 1, 'a.c': 1 }, { a: { b: [1], c: [2] } }],
  [{ 'a.b': 1, 'a.c': 1 }, { a: { b: [1], c: 2 } }],
  [{ 'a.b.x': 1, 'a.b.y': 1, 'a.c': 1 }, { a: [{ b: [{ x: 1, y: 2 }], c: 1 }] }],
  [{ 'a.b.x': 1, 'a.b.y': 1, 'a.c': 1 }, { a: [{ b: [{ x: 1, y: 2 }], c: [1] }] }],
  [{ 'a.b.x': 1, 'a.b.y': 1 }, { a: [{ b: [{ x: [1], y: [2] }] }] }],
  [{ a: 1, 'a.b': 1 }, { a: [{ b: 1 }] }],
  [{ a: 1, 'a.b': 1 }, { a: [{ b: [1] }] }],
  [
    { a: 1, b: 1, c: 1 },
    { a: 1, b: [1], c: [2] },
  ],
  [{ a: 'hashed' }, { a: [1] }],
  [{ 'a.b': 'hashed' }, { a: [{ b: 1 }] }],
  [{ 'a.b': 'hashed' }, { a: { b: 1 } }],
  [
    { h: 'hashed', a: 1 },
    { h: 1, a: [1] },
  ],
  [
    { h: 'hashed', a: 1 },
    { h: 1, a: 1 },
  ],
  [
    { g: '2dsphere', b: 1 },
    { g: [1, 2], b: [1, 2] },
  ],
  [
    { t: 'text', b: 1 },
    { t: ['x'], b: 1 },
  ],
  [
    { t: 'text', b: 1 },
    { t: ['x'], b: [1] },
  ],
];

test('the question about arrays says of each document what the server says', async () => {
  const name = 'test_arrays';
  const client = await new MongoClient(inject('uri')).connect();
  onTestFinished(() => client.close());
  const mongo = client.db(name);
  await mongo.dropDatabase();
  const db = await connect({ url: inject('uri'), database: name, connectTimeoutMs: 10_000 });
  onTestFinished(() => db.close());
  const told: unknown[] = [];
  const wanted: unknown[] = [];
  for (const [at, [key, document]] of rows.entries()) {
    const collection = `c${at}`;
    await mongo.collection(collection).insertOne({ ...document });
    const fields = Object.entries(key).map(
      ([field, direction]) => [field, typeof direction === 'number' ? int(direction) : direction] as const,
    );
    const pipeline = arraysPipeline({ name: 'x', key: fields, options: {} }, null);
    const [found] = pipeline === null ? [] : await readAll(db, aggregateCommand(collection, pipeline));
    told.push([key, document, (toNumber(found?.get('n')) ?? 0) > 0]);
    const refused = await mongo
      .collection(collection)
      .createIndex({ ...key } as Record<string, 1>)
      .then(
        () => false,
        () => true,
      );
    wanted.push([key, document, refused]);
  }
  expect(told).toEqual(wanted);
});
