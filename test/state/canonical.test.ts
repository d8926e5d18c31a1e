import { describe, expect, test } from 'vitest';
import { canonicalCollation } from '../../src/state/canonical/collation.ts';
import { canonicalFilter } from '../../src/state/canonical/filter.ts';
import { canonicalProjection } from '../../src/state/canonical/projection.ts';
import { canonicalText } from '../../src/state/canonical/text.ts';
import { canonicalValidator } from '../../src/state/canonical/validator.ts';
import { canonical, encode } from '../../src/state/encode.ts';
import type { IndexKey } from '../../src/state/types.ts';
import type { Doc, Value } from '../../src/state/value.ts';
import { soundSchema } from './support.ts';

/** A value as it is read from flow YAML. */
function value(text: string): Value {
  const schema = soundSchema(
    `version: 1\ncollections: { c: { fields: { f: { type: any, nullable: true, default: ${text} } } } }\n`,
  );
  return schema.collections[0]?.fields[0]?.default as Value;
}

const form = (found: Value | undefined | null): string => (found === undefined ? 'nothing' : canonical(found));

describe('partial filters are trees', () => {
  test.each([
    ['{ a: 1, b: 2 }', '{ b: 2, a: 1 }', true],
    ['{ a: 1 }', '{ a: { $eq: 1 } }', true],
    ['{ a: 1 }', '{ a: { $eq: 1.0 } }', true],
    ['{ a: { $gte: 1, $lt: 5 } }', '{ $and: [{ a: { $lt: 5 } }, { a: { $gte: 1 } }] }', true],
    ['{ $and: [{ $and: [{ a: 1 }] }, { b: 2 }] }', '{ a: 1, b: 2 }', true],
    ['{ a: { $in: [2, 1, 2] } }', '{ a: { $in: [1, 2] } }', true],
    ['{ a: { $in: [1] } }', '{ a: 1 }', true],
    ['{ $or: [{ a: 1 }, { b: 2 }] }', '{ $or: [{ b: 2 }, { a: 1 }] }', true],
    ['{ a: { $exists: 1 } }', '{ a: { $exists: true } }', true],
    ['{ a: { $type: 2 } }', '{ a: { $type: string } }', true],
    ['{ a: { $type: [int, string] } }', '{ a: { $type: [string, int] } }', true],
    ['{ a: 1 }', '{ a: 2 }', false],
    ['{ a: { $gt: 1 } }', '{ a: { $gte: 1 } }', false],
    ['{ a: 1 }', '{ $and: [{ a: 1 }, { a: 1 }] }', false],
    ['{}', '{ a: 1 }', false],
    ['{ a: { b: 1, c: 2 } }', '{ a: { c: 2, b: 1 } }', false],
    ['{ a: "1" }', '{ a: 1 }', false],
  ])('%s and %s: %s', (left, right, same) => {
    expect(form(canonicalFilter(value(left))) === form(canonicalFilter(value(right)))).toBe(same);
  });
});

describe('collations are filled in', () => {
  test.each([
    ['{ locale: fr }', '{ locale: fr, strength: 3, caseLevel: false, backwards: false }', true],
    ['{ locale: fr_CA }', '{ locale: fr_CA, backwards: true }', true],
    ['{ locale: fr_CA }', '{ locale: fr_CA, backwards: false }', false],
    ['{ locale: fr, version: "57.1" }', '{ locale: fr }', true],
    ['{ locale: fr, strength: 1 }', '{ locale: fr, strength: 2 }', false],
    ['{ locale: simple }', '{ locale: en }', false],
  ])('%s and %s: %s', (left, right, same) => {
    expect(form(canonicalCollation(value(left))) === form(canonicalCollation(value(right)))).toBe(same);
  });

  test('simple is none', () => expect(canonicalCollation(value('{ locale: simple }'))).toBeUndefined());
});

describe('projections are paths', () => {
  test.each([
    ['{ a: 1 }', '{ a: true, _id: false }', true],
    ['{ a.b: 1 }', '{ a: { b: true }, _id: 0 }', true],
    ['{ a: 0 }', '{ _id: false, a: false }', true],
    ['{ a: 1, b: 1 }', '{ b: 1, a: 1 }', true],
    ['{ a: 1, _id: 1 }', '{ a: 1 }', false],
    ['{ a: 1 }', '{ a: 0 }', false],
  ])('%s and %s: %s', (left, right, same) => {
    expect(form(canonicalProjection(value(left))) === form(canonicalProjection(value(right)))).toBe(same);
  });
});

describe('a text index is what servers list', () => {
  const key = (...fields: readonly string[]): IndexKey =>
    fields.map((field) => {
      const [name = '', direction = 'text'] = field.split(':');
      return [name, direction === 'text' ? 'text' : { type: 'int', text: direction }] as const;
    });
  const listed = (...fields: readonly string[]): IndexKey => key(...fields, '_ftsx:1');
  test.each<
    readonly [what: string, left: IndexKey, weights: string | null, right: IndexKey, listed: string, same: boolean]
  >([
    ['one field', key('a'), null, listed('_fts'), '{ a: 1 }', true],
    ['two fields in any order', key('b', 'a'), null, listed('_fts'), '{ a: 1, b: 1 }', true],
    ['a prefix', key('x:1', 'a'), null, listed('x:1', '_fts'), '{ a: 1 }', true],
    ['a weight', key('a', 'b'), '{ b: 5 }', listed('_fts'), '{ a: 1, b: 5 }', true],
    ['a weight is whole', key('a'), '{ a: 2.5 }', listed('_fts'), '{ a: 2 }', true],
    ['a field of the weights alone', key('a'), '{ z: 3 }', listed('_fts'), '{ a: 1, z: 3 }', true],
    ['every field', key('$**'), null, listed('_fts'), '{ "$**": 1 }', true],
    ['another weight', key('a'), '{ a: 3 }', listed('_fts'), '{ a: 1 }', false],
    ['another prefix', key('x:1', 'a'), null, listed('y:1', '_fts'), '{ a: 1 }', false],
  ])('%s', (_, left, weights, right, listedWeights, same) => {
    const declared = canonicalText({ key: left, options: weights === null ? {} : { weights: value(weights) } });
    const live = canonicalText({ key: right, options: { weights: value(listedWeights) } });
    expect(JSON.stringify(encode(declared)) === JSON.stringify(encode(live))).toBe(same);
  });

  test('what stands behind the text keeps its place', () => {
    const { key: found } = canonicalText({ key: key('x:1', 'a', 'b', 'y:-1'), options: {} });
    expect(found.map(([field]) => field)).toEqual(['x', '_fts', '_ftsx', 'y']);
  });
});

describe('validators', () => {
  const rule = (text: string): Doc =>
    new Map<string, Value>([
      ['rule', value(text)],
      ['level', 'strict'],
      ['action', 'error'],
    ]);
  test.each([
    [
      '{ $jsonSchema: { required: [a, b], bsonType: object } }',
      '{ $jsonSchema: { bsonType: object, required: [b, a] } }',
      true,
    ],
    [
      '{ $jsonSchema: { properties: { a: { minimum: 1 }, b: {} } } }',
      '{ $jsonSchema: { properties: { b: {}, a: { minimum: 1.0 } } } }',
      true,
    ],
    [
      '{ $jsonSchema: { properties: { required: { bsonType: [int, string] } } } }',
      '{ $jsonSchema: { properties: { required: { bsonType: [string, int] } } } }',
      true,
    ],
    [
      '{ $jsonSchema: { properties: { a: { enum: [1, 2] } } } }',
      '{ $jsonSchema: { properties: { a: { enum: [2, 1] } } } }',
      true,
    ],
    [
      '{ $jsonSchema: { items: [{ minimum: 1 }, { minimum: 2 }] } }',
      '{ $jsonSchema: { items: [{ minimum: 2 }, { minimum: 1 }] } }',
      false,
    ],
    ['{ a: 1, b: 2 }', '{ a: 1, b: 2 }', true],
    ['{ a: 1 }', '{ a: 2 }', false],
  ])('%s and %s: %s', (left, right, same) => {
    expect(form(canonicalValidator(rule(left))) === form(canonicalValidator(rule(right)))).toBe(same);
  });
});
