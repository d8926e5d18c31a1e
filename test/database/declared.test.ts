import semver from 'semver';
import { describe, expect, inject, test } from 'vitest';
import { toBson, toCommand } from '../../src/database/bson.ts';
import type { CollectionDeclaration } from '../../src/state/types.ts';
import type { Doc, Value } from '../../src/state/value.ts';
import { collectionOf } from '../state/support.ts';
import { useDatabase } from '../support/database.ts';

/*
 * What the reader lets through, a real server takes; and the generated validators mean what the fields say.
 */

const { db } = useDatabase('declared');
let count = 0;
/** Clustered collections, images and $or in filters. */
const isSince6 = semver.gte(inject('server'), '6.0.0');

async function create({ options, validation }: CollectionDeclaration): Promise<string> {
  const name = `c${count++}`;
  const rule = validation?.validator?.get('rule');
  const command: Doc = new Map<string, Value>([
    ['create', name],
    ...Object.entries(options),
    ...(rule === undefined ? [] : [['validator', rule] as const]),
  ]);
  await db().command(toCommand(command));
  return name;
}

describe.runIf(isSince6)('declared options', () => {
  test.each([
    '{ capped: false }',
    '{ capped: true, size: 5000, max: 0 }',
    '{ collation: { locale: fr_CA, strength: 2.0, version: "1" }, storageEngine: { wiredTiger: { configString: "" } } }',
    '{ clusteredIndex: { key: { _id: 1 }, unique: true, v: 2, name: x }, capped: false, expireAfterSeconds: 5 }',
    '{ changeStreamPreAndPostImages: { enabled: true }, recordPreImages: false }',
    '{ recordPreImages: true, changeStreamPreAndPostImages: { enabled: false } }',
    '{ timeseries: { timeField: t, metaField: m, granularity: hours, bucketMaxSpanSeconds: 2592000 }, expireAfterSeconds: 5, capped: false, indexOptionDefaults: { storageEngine: { wiredTiger: {} } } }',
    '{ viewOn: c0, pipeline: [{ $match: { a: 1 } }], collation: { locale: en } }',
    '{ viewOn: c0 }',
  ])('%s', async (options) => {
    await expect(create(collectionOf(`{ options: ${options} }`))).resolves.toBeTypeOf('string');
  });
});

describe.runIf(isSince6)('declared indexes', () => {
  test.each([
    '{ key: { a: 1.5, b: -2, c: 5000000000 }, unique: true, hidden: true, collation: { locale: en, caseFirst: "off" } }',
    '{ key: { a: 1 }, partialFilterExpression: { a: { $exists: true, $type: int }, $or: [{ b: { $in: [1] } }, { c: { $all: [1] } }], $comment: x } }',
    '{ key: { a: 1 }, partialFilterExpression: { a: { $geoIntersects: { $geometry: { type: Point, coordinates: [0, 0] } } }, b: { $eq: { $regularExpression: { pattern: x } } } } }',
    '{ key: { a: 1 }, partialFilterExpression: {} }',
    '{ key: { $**: 1 }, wildcardProjection: { a: { b: 1 }, c: true, _id: 0 } }',
    '{ key: { a.$**: 2 }, hidden: true }',
    '{ key: { a: 1, $**: text, b: text }, weights: { c: 1.5, a: 99999 }, default_language: none, language_override: l, unique: true }',
    '{ key: { a: text }, collation: { locale: simple } }',
    '{ key: { a: 2d, b: 1 }, bits: 32, min: -1.5, max: 200 }',
    '{ key: { a: 2dsphere, b: 1, c: 2dsphere }, sparse: true, collation: { locale: en } }',
    '{ key: { a: hashed, b: 1 }, collation: { locale: en } }',
    '{ key: { a: hashed }, expireAfterSeconds: 0 }',
    '{ key: { _id: 2 } }',
    '{ key: { a: 1 }, storageEngine: { wiredTiger: { configString: "prefix_compression=false" } } }',
  ])('%s', async (flow) => {
    const [index] = collectionOf(`{ indexes: [${flow}] }`).indexes;
    const options = Object.entries(index?.options ?? {}).map(([name, value]) => [name, toBson(value)]);
    const key = toBson(new Map(index?.key));
    const reply = await db().command({
      createIndexes: `c${count++}`,
      indexes: [{ key, name: 'x', ...Object.fromEntries(options) }],
    });
    expect(reply['ok']).toBe(1);
  });
});

/** Fields, a document that the validator takes, and one that it refuses. */
const rules: readonly (readonly [fields: string, good: readonly string[], bad: readonly string[]])[] = [
  ['{}', ['{}', '{ a: 1 }'], []],
  ['{ f: { type: string, required: true } }', ['{ f: x }'], ['{}', '{ f: 1 }', '{ f: null }']],
  ['{ f: { type: string, nullable: true } }', ['{}', '{ f: null }', '{ f: x }'], ['{ f: 1 }']],
  ['{ f: { nullable: true, required: true } }', ['{ f: null }', '{ f: 1 }'], ['{}']],
  ['{ f: { type: [string, int], minLength: 2, pattern: ^a } }', ['{ f: 1 }', '{ f: ab }'], ['{ f: a }', '{ f: bb }']],
  ['{ f: { type: number, minimum: 5, exclusiveMinimum: 3 } }', ['{ f: 5 }'], ['{ f: 4 }']],
  ['{ f: { type: number, minimum: 3, exclusiveMinimum: 3 } }', ['{ f: 3.5 }'], ['{ f: 3 }']],
  ['{ f: { minimum: 3, exclusiveMaximum: 5, maximum: 5 } }', ['{ f: x }', '{ f: 4.9 }'], ['{ f: 5 }', '{ f: 2 }']],
  [
    '{ f: { type: decimal, minimum: 0.1 } }',
    ['{ f: { $numberDecimal: "0.1" } }'],
    ['{ f: { $numberDecimal: "0.09" } }'],
  ],
  ['{ f: { type: string, pattern: a, format: email } }', ['{ f: a@b.c }'], ['{ f: x@b.c }', '{ f: a }']],
  [
    '{ f: { type: string, format: uuid }, g: { format: date }, h: { format: date-time } }',
    ['{ g: 2026-01-31, h: "2026-01-31T10:00:00Z" }'],
    ['{ f: x }', '{ g: 2026-13-01 }', '{ h: x }'],
  ],
  ['{ f: { type: int, nullable: true, enum: [1, 2] } }', ['{ f: null }', '{ f: 2 }'], ['{ f: 3 }', '{ f: 1.0 }']],
  [
    '{ f: { enum: [{ a: 1 }, [1, 2], true] } }',
    ['{ f: { a: 1 } }', '{ f: [1, 2] }', '{ f: true }'],
    ['{ f: [2, 1] }', '{ f: null }'],
  ],
  [
    '{ f: { type: object, fields: { g: { type: int, required: true } } } }',
    ['{}', '{ f: { g: 1 } }'],
    ['{ f: {} }', '{ f: { g: x } }'],
  ],
  ['{ f: { fields: { g: { required: true } } } }', ['{ f: 1 }', '{ f: { g: null } }'], ['{ f: {} }']],
  [
    '{ f: { type: array, minItems: 1, maxItems: 2, uniqueItems: true, items: { type: object, fields: { g: { type: int, required: true } } } } }',
    ['{ f: [{ g: 1 }] }', '{ f: [{ g: 1 }, { g: 2 }] }'],
    ['{ f: [] }', '{ f: [1] }', '{ f: [{}] }', '{ f: [{ g: 1 }, { g: 1 }] }', '{ f: [{ g: 1 }, { g: 2 }, { g: 3 }] }'],
  ],
  ['{ f: { type: string, maxLength: 1 } }', ['{ f: "🥛" }'], ['{ f: ab }']],
  [
    '{ _id: { type: string }, "2024": { type: int }, "1": { type: int } }',
    ['{ _id: a, "2024": 1 }'],
    ['{ _id: 1 }', '{ _id: b, "1": x }'],
  ],
  [
    '{ a: { type: bool }, b: { type: date }, c: { type: timestamp }, d: { type: objectId }, e: { type: binary }, f: { type: regex }, g: { type: "null" }, h: { type: long }, i: { type: double } }',
    [
      '{ a: true, b: { $date: 2026-01-31 }, d: { $oid: 0123456789abcdef01234567 }, e: { $binary: { base64: aGk=, subType: "00" } }, f: { $regularExpression: { pattern: x } }, g: null, h: { $numberLong: 1 }, i: 1.5 }',
    ],
    ['{ a: 1 }', '{ b: 1 }', '{ d: x }', '{ e: x }', '{ f: x }', '{ g: 1 }', '{ h: 1 }', '{ i: 1 }'],
  ],
];

/** A document as the language reads a value without a type. */
const document = (flow: string): Doc =>
  collectionOf(`{ fields: { d: { default: ${flow} } } }`).fields[0]?.default as Doc & Value;

describe('generated validators', () => {
  test.each(rules)('%s', async (fields, good, bad) => {
    const name = await create(collectionOf(`{ validation: {}, fields: ${fields} }`));
    const collection = db().collection(name);
    const tryInsert = (flow: string): Promise<boolean> =>
      collection.insertOne(toCommand(document(flow))).then(
        () => true,
        (error: unknown) => {
          expect(error).toMatchObject({ code: 121 });
          return false;
        },
      );
    for (const flow of good) expect([flow, await tryInsert(flow)]).toEqual([flow, true]);
    for (const flow of bad) expect([flow, await tryInsert(flow)]).toEqual([flow, false]);
  });
});
