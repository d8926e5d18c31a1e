import { Decimal128, Double, Long, MongoServerError } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { askAll } from '../../src/database/ask.ts';
import { connect } from '../../src/database/mongo.ts';
import type { Database } from '../../src/database/port.ts';
import { obstaclesOf } from '../../src/planner/families/indexes/obstacles.ts';
import { useDatabase } from '../support/database.ts';

/** What the plan says of an index and the documents is what the server says when it builds it. */
const { db } = useDatabase('not_indexable');
let door: Database;
beforeAll(async () => {
  door = await connect({ url: inject('uri'), database: db().databaseName, connectTimeoutMs: 5000 });
});
afterAll(() => door.close());

async function builds(key: Record<string, '2d' | '2dsphere' | 'text'>): Promise<boolean> {
  try {
    await db()
      .collection('c')
      .createIndexes([{ key, name: 'x' }]);
    await db().collection('c').dropIndex('x');
    return true;
  } catch (error) {
    if (error instanceof MongoServerError) return false;
    throw error;
  }
}

async function isHeld(key: Record<string, '2d' | '2dsphere' | 'text'>): Promise<boolean> {
  const index = { name: 'x', key: Object.entries(key), options: {} };
  const questions = obstaclesOf(index).map(({ name, pipeline }) => ({
    id: name,
    collection: 'c',
    pipeline,
    mayEstimate: false,
  }));
  const answers = await askAll(door, questions, { limitMs: null });
  return [...answers.values()].every(({ count }) => count === 0);
}

const point = (...coordinates: readonly unknown[]) => ({ type: 'Point', coordinates });
const polygon = (...coordinates: readonly unknown[]) => ({ type: 'Polygon', coordinates: [coordinates] });

const places: Readonly<Record<string, unknown>> = {
  point: point(1, 2),
  'a point beyond the world': point(200, 2),
  'a point of three': point(1, 2, 3),
  'a point of one': point(1),
  pole: point(180, 90),
  line: { type: 'LineString', coordinates: [point(0, 0).coordinates, [1, 1]] },
  polygon: polygon([0, 0], [1, 0], [1, 1], [0, 0]),
  'a polygon that crosses itself': polygon([0, 0], [1, 1], [1, 0], [0, 1], [0, 0]),
  'an open polygon': polygon([0, 0], [1, 1], [1, 0]),
  'a polygon of half the world': polygon([-170, -80], [170, -80], [170, 80], [-170, 80], [-170, -80]),
  'points together': {
    type: 'MultiPoint',
    coordinates: [
      [1, 2],
      [3, 4],
    ],
  },
  geometries: { type: 'GeometryCollection', geometries: [point(1, 2)] },
  'bad geometries': { type: 'GeometryCollection', geometries: [point(1)] },
  'an unknown type': { type: 'Foo', coordinates: [1, 2] },
  pair: [1, 2],
  'a pair of longs': [Long.fromNumber(1), Long.fromNumber(2)],
  'a pair of two types': [new Double(5), Decimal128.fromString('5')],
  'a pair and more': [1, 2, 'x'],
  'a pair beyond the plane': [200, 2],
  'a pair beyond the sphere': [0, 91],
  'the edge': [180, 180],
  'beyond the edge': [180.0000001, 0],
  'not a number': [NaN, 0],
  infinite: [1, Infinity],
  'a date in a pair': [new Date(0), 1],
  'a pair of texts': ['a', 'b'],
  'one number': [1],
  'one number in a list': [[1]],
  object: { x: 1, y: 2 },
  'an object of texts': { x: 'a', y: 'b' },
  'an object of three': { x: 1, y: 2, z: 3 },
  objects: [
    { x: 1, y: 2 },
    { x: 3, y: 4 },
  ],
  'objects and pairs': [{ x: 1, y: 2 }, [1, 2]],
  'several points': [point(1, 2), point(3, 4)],
  'a point and a text': [point(1, 2), 'x'],
  'several pairs': [
    [1, 2],
    [3, 4],
  ],
  'a pair and null': [[1, 2], null],
  'null in a list': [null],
  'an empty list': [],
  'an empty object': {},
  null: null,
  text: 'x',
  number: 5,
  boolean: true,
};

describe.each(['2dsphere', '2d'] as const)('%s', (kind) => {
  test.each(Object.entries(places))('%s', async (_, at) => {
    await db().collection('c').drop();
    await db()
      .collection('c')
      .insertMany([{ at }, { s: { at } }, { r: [{ at }, {}] }]);
    for (const path of ['at', 's.at', 'r.at']) {
      expect(await isHeld({ [path]: kind }), path).toBe(await builds({ [path]: kind }));
    }
  });
});

test.each([
  ['English', { a: 'x', language: 'English' }],
  ['a short name', { a: 'x', language: 'EN' }],
  ['none', { a: 'x', language: 'none' }],
  ['no name', { a: 'x', language: '' }],
  ['an unknown one', { a: 'x', language: 'klingon' }],
  ['a name and more', { a: 'x', language: 'french ' }],
  ['null', { a: 'x', language: null }],
  ['a list', { a: 'x', language: ['english'] }],
  ['beside no text', { language: 'klingon' }],
  ['above the text', { language: 'klingon', s: { a: 'x' } }],
  ['beside a text within', { s: { a: 'x', language: 'klingon' } }],
  ['within a list', { s: [{ a: 'x' }, { language: 'klingon' }] }],
  ['elsewhere', { a: 'x', z: { language: 'klingon' } }],
])('a language: %s', async (_, document) => {
  await db().collection('c').drop();
  await db()
    .collection('c')
    .insertOne({ ...document });
  const key = { a: 'text', 's.a': 'text' } as const;
  expect(await isHeld(key)).toBe(await builds(key));
});
