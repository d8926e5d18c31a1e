import { describe, expect, test } from 'vitest';
import { int, scalar, type Value } from '../../src/state/value.ts';
import { collectionOf } from './support.ts';

const double = (text: string): Value => scalar('double', text);
const long = (text: string): Value => scalar('long', text);
const date = (iso: string): Value => scalar('date', String(Date.parse(iso)));
const map = (...entries: readonly (readonly [string, Value])[]): Value => new Map(entries);

describe('indexes in canonical form', () => {
  const indexOf = (flow: string) => collectionOf(`{ indexes: [${flow}] }`).indexes[0];

  test.each([
    ['defaults are left out', '{ key: { a: 1 }, unique: false, sparse: false, hidden: false }', {}],
    [
      'what differs stays',
      '{ key: { a: 1 }, hidden: true, unique: true, sparse: true }',
      { unique: true, sparse: true, hidden: true },
    ],
    ['a TTL of 0 is one', '{ key: { a: 1 }, expireAfterSeconds: 0 }', { expireAfterSeconds: int(0) }],
    ['a TTL is an int', '{ key: { a: 1 }, expireAfterSeconds: 2147483647 }', { expireAfterSeconds: int(2147483647) }],
    [
      'a filter is kept in its order, its values as they are',
      '{ key: { a: 1 }, partialFilterExpression: { b: { $gt: 1.0 }, "2": { $date: 2026-01-31 }, a: null } }',
      {
        partialFilterExpression: map(['b', map(['$gt', double('1.0')])], ['2', date('2026-01-31')], ['a', null]),
      },
    ],
    [
      'a filter of everything is one',
      '{ key: { a: 1 }, partialFilterExpression: {} }',
      { partialFilterExpression: map() },
    ],
    [
      'a collation has one order, whole numbers and no version',
      '{ key: { a: 1 }, collation: { strength: 2.0, version: "57.1", caseLevel: false, locale: en } }',
      { collation: map(['locale', 'en'], ['caseLevel', false], ['strength', int(2)]) },
    ],
    [
      'a projection',
      '{ key: { $**: 1 }, wildcardProjection: { b: 1, a: { c: true }, _id: 0 } }',
      { wildcardProjection: map(['b', int(1)], ['a', map(['c', true])], ['_id', int(0)]) },
    ],
    [
      'text',
      '{ key: { a: text, b: text }, weights: { b: 2, a: 1.0, "1": 3 }, default_language: none, language_override: l }',
      {
        weights: map(['b', int(2)], ['a', double('1.0')], ['1', int(3)]),
        default_language: 'none',
        language_override: 'l',
      },
    ],
    [
      '2d',
      '{ key: { a: 2d }, bits: 26.0, min: -180.0, max: 180 }',
      { bits: int(26), min: double('-180.0'), max: int(180) },
    ],
    [
      'settings of the storage engine',
      '{ key: { a: 1 }, storageEngine: { wiredTiger: { configString: x } } }',
      { storageEngine: map(['wiredTiger', map(['configString', 'x'])]) },
    ],
  ])('%s', (_what, flow, options) => {
    expect(indexOf(flow)?.options).toEqual(options);
  });

  test('the order of the key is the order of the file, whatever the names look like', () => {
    expect(indexOf('{ key: { b: 1, "2024": -1.0, a.b: 1 } }')?.key).toEqual([
      ['b', int(1)],
      ['2024', int(-1)],
      ['a.b', int(1)],
    ]);
  });

  test.each<readonly [string, Value]>([
    ['1.0', int(1)],
    ['-1.0', int(-1)],
    ['2', int(2)],
    ['1.5', double('1.5')],
    ['5000000000', long('5000000000')],
    ['text', 'text'],
    ['2d', '2d'],
    ['2dsphere', '2dsphere'],
    ['hashed', 'hashed'],
  ])('direction %s', (written, direction) => {
    expect(indexOf(`{ key: { a: ${written} } }`)?.key).toEqual([['a', direction]]);
  });

  test('options have one order', () => {
    const index = indexOf('{ hidden: true, collation: { locale: en }, key: { a: 1 }, sparse: true, unique: true }');
    expect(Object.keys(index?.options ?? {})).toEqual(['unique', 'sparse', 'hidden', 'collation']);
  });

  test('an absent index is its key and name', () => {
    expect(indexOf('{ key: { a: 1 }, name: x, absent: true }')).toEqual({
      key: [['a', int(1)]],
      name: 'x',
      options: {},
      milestone: null,
      absent: true,
    });
    expect(indexOf('{ key: { a: 1 }, absent: false }')?.absent).toBe(false);
  });

  test('wildcards, DBRef parts and _id with others are allowed', () => {
    const { indexes } = collectionOf(
      '{ indexes: [{ key: { $**: 1 } }, { key: { a.$id: 1 } }, { key: { _id: 1, a: 1 } }] }',
    );
    expect(indexes).toHaveLength(3);
  });
});
