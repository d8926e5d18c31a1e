import { type Db, Double, Int32, MongoClient } from 'mongodb';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { databaseHash } from '../../demo/hash.ts';

let client: MongoClient;
let db: Db;
beforeAll(async () => {
  client = await new MongoClient(inject('uri')).connect();
  db = client.db('test_demo_hash');
});
beforeEach(async () => {
  await db.dropDatabase();
  await milk().insertOne({ _id: 1, a: new Int32(1), b: 'x' });
});
afterAll(async () => {
  await db.dropDatabase();
  await client.close();
});

const milk = () => db.collection<{ _id: number; [name: string]: unknown }>('milk');

test.each<[string, () => Promise<unknown>]>([
  ['a value', () => milk().updateOne({ _id: 1 }, { $set: { b: 'y' } })],
  ['a number of another type', () => milk().updateOne({ _id: 1 }, { $set: { a: new Double(1) } })],
  ['another order of fields', () => milk().replaceOne({ _id: 1 }, { b: 'x', a: new Int32(1) })],
  ['a null where nothing was', () => milk().updateOne({ _id: 1 }, { $set: { c: null } })],
  ['one document more', () => milk().insertOne({ _id: 2 })],
  ['an index', () => milk().createIndex({ b: 1 })],
  ['an empty collection', () => db.createCollection('butter')],
  ['an option of a collection', () => db.command({ collMod: 'milk', validationLevel: 'moderate' })],
])('tells %s', async (_, change) => {
  const before = await databaseHash(db);
  await change();
  expect(await databaseHash(db)).not.toBe(before);
});

test('is the same for the same, whatever was there meanwhile and whatever schemactl keeps', async () => {
  await milk().createIndex({ b: 1 });
  await milk().insertOne({ _id: 0 });
  const before = await databaseHash(db);
  await milk().dropIndex('b_1');
  await milk().deleteOne({ _id: 0 });
  await db.collection('schemactl_runs').insertOne({ run: 1 });
  await milk().createIndex({ a: 1 });
  await milk().createIndex({ b: 1 });
  await milk().dropIndex('a_1');
  await milk().insertOne({ _id: 0 });
  expect(await databaseHash(db)).toBe(before);
});
