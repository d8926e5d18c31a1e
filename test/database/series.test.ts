import { BSON, BSONRegExp, MaxKey, MinKey, MongoServerError, ObjectId, Timestamp } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { askAll } from '../../src/database/ask.ts';
import { fromBytes } from '../../src/database/bson.ts';
import { connect } from '../../src/database/mongo.ts';
import type { Database } from '../../src/database/port.ts';
import { obstaclesOf } from '../../src/planner/families/indexes/obstacles.ts';
import { againstSeries } from '../../src/planner/families/indexes/series.ts';
import { since } from '../../src/planner/versions.ts';
import type { NamedIndex } from '../../src/planner/operation.ts';
import type { Doc } from '../../src/state/value.ts';
import { useDatabase } from '../support/database.ts';

/** What is said of an index of a time series is what the server says when it builds it. */
const { db } = useDatabase('series');
const series = { time: 't', meta: 'm' };
let door: Database;
let version = '';
beforeAll(async () => {
  door = await connect({ url: inject('uri'), database: db().databaseName, connectTimeoutMs: 5000 });
  version = door.server.version;
});
afterAll(() => door.close());

const asDoc = (value: Readonly<Record<string, unknown>>): Doc => fromBytes(BSON.serialize(value));

type Key = Readonly<Record<string, number | string>>;

function indexOf(key: Key, filter?: Readonly<Record<string, unknown>>): NamedIndex {
  const options = filter === undefined ? {} : { partialFilterExpression: asDoc(filter) };
  return { name: 'x', key: [...asDoc(key)] as NamedIndex['key'], options };
}

/** Whether the server builds it on these documents; null: it has no time series. */
async function builds(key: Key, filter: object | undefined, documents: readonly object[]): Promise<boolean | null> {
  if (!since(version, '5.0.0')) return null;
  await db().createCollection('s', { timeseries: { timeField: 't', metaField: 'm' } });
  try {
    if (documents.length > 0) await db().collection('s').insertMany(documents);
    const rest = filter === undefined ? {} : { partialFilterExpression: filter };
    await db()
      .collection('s')
      .createIndexes([{ key, name: 'x', ...rest } as never]);
    return true;
  } catch (error) {
    if (error instanceof MongoServerError) return false;
    throw error;
  } finally {
    await db().collection('s').drop();
  }
}

const when = new Date(1_700_000_000_000);
const filters: readonly (readonly [what: string, filter: Readonly<Record<string, unknown>>])[] = [
  ['a time', { t: { $gt: when } }],
  ['a span', { t: { $gte: when, $lt: when } }],
  ['one time', { t: when }],
  ['some times', { t: { $in: [when] } }],
  ['a time that is a number', { t: { $gt: 5 } }],
  ['a time among others', { t: { $in: [when, 5] } }],
  ['that a time is there', { t: { $exists: true } }],
  ['the type of a time', { t: { $type: 'date' } }],
  ['below the time', { 't.x': { $gt: 1 } }],
  ['a measurement', { v: { $gt: 0 } }],
  ['that a measurement is there', { v: { $exists: true } }],
  ['the type of a measurement', { v: { $type: 'int' } }],
  ['null', { v: null }],
  ['null and more', { v: { $gte: null } }],
  ['null among others', { v: { $in: [null, 1] } }],
  ['an object', { v: { $gt: { x: 1 } } }],
  ['an empty object', { v: {} }],
  ['an object among others', { v: { $in: [{ a: 1 }] } }],
  ['a list', { v: { $lt: [1] } }],
  ['a list among others', { v: { $in: [[1]] } }],
  ['a pattern', { v: new BSONRegExp('a') }],
  ['an id', { v: new ObjectId() }],
  ['the least', { v: { $gt: new MinKey() } }],
  ['the greatest', { v: new MaxKey() }],
  ['a timestamp', { v: new Timestamp(1n) }],
  ['text', { v: 'x' }],
  ['not a number', { v: NaN }],
  ['both', { $and: [{ t: { $gt: when } }, { v: { $gt: 1 } }] }],
  ['either', { $or: [{ t: { $gt: when } }, { v: 1 }] }],
  ['either, with null', { $or: [{ v: null }, { v: 1 }] }],
  ['both, with a type', { v: { $gt: 1 }, w: { $type: 'int' } }],
  ['what describes a series', { 'm.a': { $gt: 0 } }],
  ['the type of what describes it', { m: { $type: 'object' } }],
  ['null in what describes it', { 'm.a': null }],
  ['the id', { _id: { $gt: new ObjectId() } }],
  ['the type of the id', { _id: { $type: 'objectId' } }],
];

describe.each<Key>([{ q: 1 }, { 'm.z': 1 }])('on %o, a filter of', (key) => {
  test.each(filters)('%s', async (_, filter) => {
    const built = await builds(key, filter, []);
    if (built !== null) expect(againstSeries(indexOf(key, filter), series, version) === null).toBe(built);
  });
});

const values: Readonly<Record<string, unknown>> = {
  'a number': 1,
  nothing: null,
  'a list': [1, 2],
  'an empty list': [],
  'an object': { x: 1 },
  'an object with a list': { x: [1] },
  objects: [{ x: 1 }],
  deeper: { x: { y: [1] } },
};
const keys: readonly Key[] = [{ v: 1 }, { v: -1, w: 1 }, { 'v.x': 1 }, { 'v.x.y': 1 }, { 'm.v': 1 }, { t: 1, v: 1 }];

describe.each(keys)('an index on %o over', (key) => {
  test.each(Object.entries(values))('%s', async (_, v) => {
    const documents = [
      { t: when, m: { v }, w: 1, v },
      { t: when, m: { v: 1 }, v: 2 },
    ];
    const index = indexOf(key);
    const built = await builds(key, undefined, documents);
    if (built === null || againstSeries(index, series, version) !== null) return;
    await db().collection('d').insertMany(documents);
    const questions = obstaclesOf(index, series).map(({ name, pipeline }) => ({
      id: name,
      collection: 'd',
      pipeline,
      mayEstimate: false,
    }));
    const answers = await askAll(door, questions, { limitMs: null });
    await db().collection('d').drop();
    expect([...answers.values()].every(({ count }) => count === 0)).toBe(built);
  });
});
