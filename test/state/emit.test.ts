import { describe, expect, test } from 'vitest';
import { emitSchema } from '../../src/state/emit.ts';
import type { CollectionDeclaration } from '../../src/state/types.ts';
import { doc, int, scalar } from '../../src/state/value.ts';
import { soundSchema } from './support.ts';

/** Flow maps of a collection `c`, each of which must come back as it was. */
const collections: readonly string[] = [
  '{}',
  '{ description: "a: b # c", mustExist: true, protect: true, unmanaged: ignore }',
  '{ fields: { "2024": { type: int }, "null": {}, "yes": {}, "a b": {}, "ü": {}, "-": {}, "": {} } }'.replace(
    ', "": {}',
    '',
  ),
  '{ fields: { f: { type: [int, string], required: true, nullable: true, enum: [1, "1", null] } } }',
  '{ fields: { f: { type: long, default: 5, minimum: 0, maximum: 9007199254740993 } } }',
  '{ fields: { f: { type: double, default: 5, minimum: -0.0, exclusiveMaximum: 1e300 } } }',
  '{ fields: { f: { type: decimal, default: 1.20, minimum: 1e3, maximum: { $numberDecimal: "1E+6000" } } } }',
  '{ fields: { f: { type: [long, int], default: { $numberInt: "5" } }, g: { type: [int, double], enum: [1, 1.5] } } }',
  '{ fields: { f: { type: number, enum: [1, 2.5, 5000000000, { $numberLong: "3" }, { $numberDecimal: "4" }] } } }',
  '{ fields: { f: { type: any, default: { $where: x, d: { $date: 2026-01-31 }, n: 5, m: { $minKey: 1 } }, minimum: 5 } } }',
  '{ fields: { f: { type: date, default: 2026-01-31 }, g: { type: date, default: { $date: { $numberLong: "-1" } } } } }',
  '{ fields: { f: { type: objectId, default: 0123456789abcdef01234567 }, g: { type: objectId, default: "000000000000000000000001" } } }',
  '{ fields: { f: { type: [date, string], default: x }, g: { type: string, default: "2026-01-31" }, h: { type: string, default: "" } } }',
  '{ fields: { f: { type: string, enum: ["null", "5", "0777", "true", "~", " a", "a ", "a\\nb", "\\u202e", "\\u0007", "#", "a: b", "🥛"] } } }',
  '{ fields: { f: { type: string, pattern: "^\\\\d+$", minLength: 1, maxLength: 5, format: email } } }',
  '{ fields: { f: { type: array, minItems: 1, maxItems: 5, uniqueItems: true, items: { type: object, fields: { g: { type: array, items: { type: long, enum: [1] } } } } } } }',
  '{ fields: { f: { type: object, fields: { n: { type: long, default: 1 }, m: { type: [long, int] } }, default: { n: 1, m: { $numberInt: "2" }, o: { $numberLong: "3" } } } } }',
  '{ fields: { f: { type: array, items: { type: double }, default: [1, 2.5] }, g: { type: binary, default: { $binary: { base64: aGk=, subType: "00" } } } } }',
  '{ fields: { f: { type: regex, default: { $regularExpression: { pattern: "a/b", options: i } } }, g: { type: timestamp, default: { $timestamp: { t: 1, i: 2 } } } } }',
  '{ indexes: [{ key: { b: 1, "2024": -1 }, name: x y, unique: true, sparse: true, hidden: true }, { key: { $**: 1 } }, { key: { a.b: 1 }, expireAfterSeconds: 0 }] }',
  '{ indexes: [{ key: { a: 1.5, b: 5000000000, c: -1 }, collation: { locale: fr_CA, caseFirst: "off", strength: 2, backwards: true } }, { key: { a: hashed } }, { key: { p: 2d }, bits: 20, min: -1.5, max: 1 }, { key: { p: 2dsphere, b: 1 } }] }',
  '{ indexes: [{ key: { a: text, $**: text }, weights: { b: 1.5, a: 2, "1": 3 }, default_language: none, language_override: l }, { key: { $**: 1 }, wildcardProjection: { b: 0, a: false, _id: 1 } }, { key: { x: 1 }, absent: true }, { key: { y: 1 }, name: "n o", absent: true }] }',
  '{ indexes: [{ key: { a: 1 }, partialFilterExpression: { $and: [{ "2": { $gt: { $numberLong: 5 }, $lt: 5.0 } }, { "1": { $in: [null, "on", { $date: 2026-01-31 }] } }] }, storageEngine: { wiredTiger: { configString: "a=b" } } }, { key: { b: 1 }, partialFilterExpression: {} }] }',
  '{ options: { capped: true, size: 5000000000, max: 0, storageEngine: { wiredTiger: { configString: "" } }, indexOptionDefaults: {}, recordPreImages: false } }',
  '{ options: { capped: false, collation: { locale: simple }, clusteredIndex: { key: { _id: 1 }, unique: true, name: x }, expireAfterSeconds: 0, changeStreamPreAndPostImages: { enabled: false } } }',
  '{ options: { timeseries: { timeField: t, metaField: m, granularity: hours, bucketMaxSpanSeconds: 2592000 }, expireAfterSeconds: 5 } }',
  '{ options: { viewOn: a.b, pipeline: [{ $match: { "2": 1, "1": { $oid: 0123456789abcdef01234567 } } }, { $set: { a: { $literal: { $numberLong: "5" } } } }], collation: { locale: en, numericOrdering: true } } }',
  '{ options: { viewOn: a, pipeline: [] } }',
  '{ validation: {}, fields: { f: { type: string, required: true, format: email } } }',
  '{ validation: { level: "off", action: warn } }',
  '{ validation: { absent: true } }',
  '{ validator: { "2": { $gte: 5.0 }, "1": { $type: string } } }',
  '{ validator: { $jsonSchema: { bsonType: object, required: [a], properties: { a: { minimum: { $numberLong: 1 } } } } }, validation: { level: moderate } }',
  '{ validator: { a: 1 }, validation: { action: warn, level: strict } }',
  '{ absent: true, description: Gone }',
  '{ renamedFrom: "a b", unmanaged: prune }',
  '{ fields: { f: {} }, links: { l: { field: f, references: c._id, optional: true, severity: low } } }',
  '{ checks: { a: { severity: low, where: { "1": { $gt: { $numberLong: "5" } }, "0": null } }, b: { duplicate: [x, y.z], sum: n }, c: { pipeline: [{ $match: {} }, { $limit: 1 }] } } }',
];

describe('a schema is written so that it reads the same', () => {
  test.each(collections)('%s', (flow) => {
    const schema = soundSchema(`version: 1\ncollections: { c: ${flow} }\n`);
    const again = soundSchema(emitSchema(schema));
    expect(again).toEqual(schema);
    expect(emitSchema(again)).toBe(emitSchema(schema));
  });

  test('milestones keep their order, and what belongs to them', () => {
    const schema = soundSchema(
      'version: 1\nmilestones: { b: Second first, "001": First second }\nformats: { z: "^z$", a: "^a: #$" }\ncollections: { c: { milestone: b, fields: { f: { type: string, format: z, milestone: "001" } }, indexes: [{ key: { f: 1 }, milestone: b }], links: { l: { field: f, references: c.f, milestone: b } }, validation: { milestone: "001" } }, d: { validator: { a: 1 }, validation: { milestone: b } }, e: { validation: { absent: true, milestone: b } }, g: { absent: true, milestone: b }, h: { indexes: [{ key: { f: 1 }, absent: true, milestone: b }] } }\n',
    );
    expect(soundSchema(emitSchema(schema))).toEqual(schema);
    expect(schema.milestones.map(({ id }) => id)).toEqual(['b', '001']);
  });

  test('it looks as people write it', () => {
    const schema = soundSchema(
      'version: 1\nmilestones: { "001": One }\ncollections: { c: { description: Things, fields: { id: { type: string, required: true }, at: { type: object, fields: { x: { type: double, minimum: 0 } } } }, indexes: [{ key: { id: 1 }, unique: true, milestone: "001" }] } }\n',
    );
    expect(emitSchema(schema)).toBe(
      [
        'version: 1',
        'milestones:',
        '  "001": One',
        'collections:',
        '  c:',
        '    description: Things',
        '    fields:',
        '      id: { type: string, required: true }',
        '      at: { type: object, fields: { x: { type: double, minimum: 0.0 } } }',
        '    indexes:',
        '      - { key: { id: 1 }, unique: true, milestone: "001" }',
        '',
      ].join('\n'),
    );
  });

  test('so do options and validators', () => {
    const schema = soundSchema(
      'version: 1\ncollections: { c: { options: { size: 4096, capped: true }, validation: { action: warn } }, d: { validator: { a: { $gt: 1 } }, validation: { action: error } }, e: { absent: true } }\n',
    );
    expect(emitSchema(schema)).toBe(
      [
        'version: 1',
        'collections:',
        '  c:',
        '    options:',
        '      capped: true',
        '      size: 4096',
        '    validation:',
        '      level: strict',
        '      action: warn',
        '  d:',
        '    validator:',
        '      a: { $gt: 1 }',
        '  e:',
        '    absent: true',
        '',
      ].join('\n'),
    );
  });

  test('what a server lists is written so that the language takes it', () => {
    const { collections, ...rest } = soundSchema('version: 1\ncollections: { c: {} }\n');
    const [collection] = collections as [CollectionDeclaration];
    const options = { capped: true, max: scalar('long', '5'), size: scalar('double', '4096.0') };
    const index = { name: null, milestone: null, absent: false };
    const text = { ...index, key: [['a', 'text']], options: { weights: doc(['a', scalar('long', '2')]) } } as const;
    const listed = { ...rest, collections: [{ ...collection, options, indexes: [text] }] };
    expect(soundSchema(emitSchema(listed)).collections[0]).toMatchObject({
      options: { capped: true, max: int(5), size: int(4096) },
      indexes: [{ options: { weights: doc(['a', int(2)]) } }],
    });
  });

  test('invisible characters are written as escapes', () => {
    const schema = soundSchema('version: 1\ncollections: { c: { description: "a\\u202eb\\u2028" } }\n');
    expect(emitSchema(schema)).toContain('description: "a\\u202eb\\u2028"');
  });

  test('long ones are broken into lines', () => {
    const names = Array.from({ length: 30 }, (_, at) => `field_${at}: { type: string }`).join(', ');
    const text = emitSchema(
      soundSchema(
        `version: 1\ncollections: { c: { fields: { f: { type: array, items: { type: object, fields: { ${names} } } } } } }\n`,
      ),
    );
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(soundSchema(text).collections).toHaveLength(1);
  });
});
