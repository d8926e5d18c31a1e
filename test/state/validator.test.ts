import { describe, expect, test } from 'vitest';
import { type Doc, isDoc, isList, isScalar, type Value } from '../../src/state/value.ts';
import type { ValidationDeclaration } from '../../src/state/types.ts';
import { collectionOf, expectRefused, parseText, soundSchema } from './support.ts';

const validationOf = (flow: string): ValidationDeclaration | null => collectionOf(flow).validation;

const ruleOf = (flow: string): Value => validationOf(flow)?.validator?.get('rule') ?? null;

/** As text in which types and order show. */
const shown = (value: Value): string => {
  if (isDoc(value)) return `{ ${[...value].map(([name, item]) => `${name}: ${shown(item)}`).join(', ')} }`;
  if (isList(value)) return `[${value.map(shown).join(', ')}]`;
  return isScalar(value) ? `${value.type} ${value.text}` : JSON.stringify(value);
};

const fields: readonly (readonly [field: string, schema: string])[] = [
  ['{ type: string }', '{ bsonType: "string" }'],
  ['{ type: int }', '{ bsonType: "int" }'],
  ['{ type: long }', '{ bsonType: "long" }'],
  ['{ type: double }', '{ bsonType: "double" }'],
  ['{ type: decimal }', '{ bsonType: "decimal" }'],
  ['{ type: number }', '{ bsonType: "number" }'],
  ['{ type: bool }', '{ bsonType: "bool" }'],
  ['{ type: date }', '{ bsonType: "date" }'],
  ['{ type: timestamp }', '{ bsonType: "timestamp" }'],
  ['{ type: objectId }', '{ bsonType: "objectId" }'],
  ['{ type: object }', '{ bsonType: "object" }'],
  ['{ type: array }', '{ bsonType: "array" }'],
  ['{ type: binary }', '{ bsonType: "binData" }'],
  ['{ type: regex }', '{ bsonType: "regex" }'],
  ['{ type: "null" }', '{ bsonType: "null" }'],
  ['{ type: any }', ''],
  ['{}', ''],
  ['{ nullable: true }', ''],
  ['{ type: [any, string] }', ''],
  ['{ type: [int, string] }', '{ bsonType: ["int", "string"] }'],
  ['{ type: int, nullable: true }', '{ bsonType: ["int", "null"] }'],
  ['{ type: [int, "null"], nullable: true }', '{ bsonType: ["int", "null"] }'],
  ['{ type: "null", nullable: true }', '{ bsonType: "null" }'],
  ['{ type: string, description: Words }', '{ bsonType: "string" }'],
  ['{ type: string, enum: [a, b] }', '{ bsonType: "string", enum: ["a", "b"] }'],
  ['{ type: long, nullable: true, enum: [1] }', '{ bsonType: ["long", "null"], enum: [long 1, null] }'],
  ['{ enum: [{ b: 1, "2": 2 }] }', '{ enum: [{ b: int 1, 2: int 2 }] }'],
  ['{ type: int, minimum: 0, maximum: 9 }', '{ bsonType: "int", minimum: int 0, maximum: int 9 }'],
  [
    '{ type: double, exclusiveMinimum: 0, exclusiveMaximum: 1.5 }',
    '{ bsonType: "double", minimum: double 0.0, exclusiveMinimum: true, maximum: double 1.5, exclusiveMaximum: true }',
  ],
  [
    '{ type: int, minimum: 5, exclusiveMinimum: 3 }',
    '{ bsonType: "int", minimum: int 5, allOf: [{ minimum: int 3, exclusiveMinimum: true }] }',
  ],
  [
    '{ minimum: 0, exclusiveMinimum: 0, maximum: 9, exclusiveMaximum: 8.5 }',
    '{ minimum: int 0, maximum: int 9, allOf: [{ minimum: int 0, exclusiveMinimum: true }, { maximum: double 8.5, exclusiveMaximum: true }] }',
  ],
  [
    '{ type: string, minLength: 1, maxLength: 5000000000 }',
    '{ bsonType: "string", minLength: int 1, maxLength: long 5000000000 }',
  ],
  [
    '{ type: [string, int], minLength: 0, pattern: ^a }',
    '{ bsonType: ["string", "int"], minLength: int 0, pattern: "^a" }',
  ],
  [
    '{ type: string, format: date }',
    '{ bsonType: "string", pattern: "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$" }',
  ],
  ['{ format: pin }', '{ pattern: "^[0-9]{6}$" }'],
  [
    '{ type: string, pattern: a, format: pin }',
    '{ bsonType: "string", pattern: "a", allOf: [{ pattern: "^[0-9]{6}$" }] }',
  ],
  [
    '{ minimum: 0, exclusiveMinimum: 1, pattern: a, format: pin }',
    '{ minimum: int 0, pattern: "a", allOf: [{ minimum: int 1, exclusiveMinimum: true }, { pattern: "^[0-9]{6}$" }] }',
  ],
  [
    '{ type: array, minItems: 1, maxItems: 2, uniqueItems: true, items: { type: int } }',
    '{ bsonType: "array", minItems: int 1, maxItems: int 2, uniqueItems: true, items: { bsonType: "int" } }',
  ],
  ['{ type: array, uniqueItems: false, items: {} }', '{ bsonType: "array" }'],
  [
    '{ type: array, items: { type: object, fields: { a: { required: true }, b: { type: int, nullable: true } } } }',
    '{ bsonType: "array", items: { bsonType: "object", required: ["a"], properties: { b: { bsonType: ["int", "null"] } } } }',
  ],
  [
    '{ type: object, nullable: true, fields: { b: { type: int, required: true }, "2": { type: string, required: true } } }',
    '{ bsonType: ["object", "null"], required: ["b", "2"], properties: { b: { bsonType: "int" }, 2: { bsonType: "string" } } }',
  ],
  ['{ fields: { a: {} } }', ''],
  ['{ type: object, fields: { o: { fields: { a: {} } } } }', '{ bsonType: "object" }'],
  ['{ type: int, default: 1, nullable: false }', '{ bsonType: "int" }'],
];

describe('a field in the validator', () => {
  test.each(fields)('%s', (field, schema) => {
    const text = `version: 1\nformats: { pin: "^[0-9]{6}$" }\ncollections: { c: { validation: {}, fields: { f: ${field} } } }\n`;
    const [collection] = soundSchema(text).collections;
    const rule = collection?.validation?.validator?.get('rule') as Doc;
    const found = ((rule.get('$jsonSchema') as Doc).get('properties') as Doc | undefined)?.get('f');
    expect(found === undefined ? '' : shown(found)).toBe(schema);
  });
});

describe('the validator of a collection', () => {
  test.each([
    ['{ validation: {} }', '{ $jsonSchema: { bsonType: "object" } }'],
    ['{ validation: {}, fields: { a: {}, b: { nullable: true } } }', '{ $jsonSchema: { bsonType: "object" } }'],
    [
      '{ validation: {}, fields: { a: { required: true } } }',
      '{ $jsonSchema: { bsonType: "object", required: ["a"] } }',
    ],
    [
      '{ validation: {}, fields: { b: { type: int }, _id: { type: string, required: true }, "2": { type: bool } } }',
      '{ $jsonSchema: { bsonType: "object", required: ["_id"], properties: { b: { bsonType: "int" }, _id: { bsonType: "string" }, 2: { bsonType: "bool" } } } }',
    ],
    [
      '{ validator: { b: { $gt: 5 }, "2": 1, $or: [{ x: null }, { $expr: { $lt: [$a, $b] } }] }, fields: { a: { type: int } } }',
      '{ b: { $gt: int 5 }, 2: int 1, $or: [{ x: null }, { $expr: { $lt: ["$a", "$b"] } }] }',
    ],
    [
      '{ validator: { $jsonSchema: { title: T, required: [$where], not: {} } } }',
      '{ $jsonSchema: { title: "T", required: ["$where"], not: {  } } }',
    ],
    [
      '{ validator: { $jsonSchema: { properties: { $where: {}, $near: {}, $text: {} } } } }',
      '{ $jsonSchema: { properties: { $where: {  }, $near: {  }, $text: {  } } } }',
    ],
  ])('%s', (flow, rule) => {
    expect(shown(ruleOf(flow))).toBe(rule);
  });

  test.each<readonly [string, readonly [source: string, level: Value, action: Value] | null]>([
    ['{ fields: { f: { type: int } } }', null],
    ['{ validation: {} }', ['fields', 'strict', 'error']],
    ['{ validation: { absent: false } }', ['fields', 'strict', 'error']],
    ['{ validation: { level: moderate } }', ['fields', 'moderate', 'error']],
    ['{ validation: { level: off, action: warn } }', ['fields', 'off', 'warn']],
    ['{ validator: { a: 1 } }', ['raw', 'strict', 'error']],
    ['{ validator: { a: 1 }, validation: { action: warn } }', ['raw', 'strict', 'warn']],
  ])('%s', (flow, expected) => {
    const found = validationOf(flow);
    const validator = found?.validator;
    expect(found && [found.source, validator?.get('level'), validator?.get('action')]).toEqual(expected);
    if (validator != null) expect([...validator.keys()]).toEqual(['rule', 'level', 'action']);
  });

  test('there must be none', () => {
    expect(validationOf('{ validation: { absent: true } }')).toEqual({
      source: 'fields',
      validator: null,
      milestone: null,
    });
  });

  test('its milestone stands under validation, its place is where it is written', () => {
    const parsed = parseText(
      'version: 1\nmilestones: { m: M }\ncollections:\n  a: { validation: { milestone: m } }\n  b:\n    validation: { milestone: m }\n    validator: { a: 1 }\n',
    );
    expect(parsed.schema?.collections.map(({ validation }) => validation?.milestone)).toEqual(['m', 'm']);
    expect(parsed.sources.get('a.validator')).toEqual({ file: 's.yaml', line: 4, column: 8 });
    expect(parsed.sources.get('b.validator')).toEqual({ file: 's.yaml', line: 7, column: 5 });
  });
});

const collection = (body: string): string => `version: 1\ncollections: { c: ${body} }\n`;
const raw = (body: string): string => collection(`{ validator: ${body} }`);

const bad: readonly (readonly [what: string, text: string, ...expected: string[]])[] = [
  [
    'an empty one',
    collection('{ ‸validator: {} }'),
    'SCH2103 an empty validator is none | write "validation: { absent: true }"',
  ],
  [
    'one that must not be there',
    collection('{ ‸validator: { a: 1 }, validation: { ‸level: strict, absent: true, ‸action: warn } }'),
    'SCH2116 "validator" cannot stand beside "validation: { absent: true }"',
    'SCH2116 "level" cannot stand beside',
    'SCH2116 "action" cannot stand beside',
  ],
  [
    'an unknown level',
    collection('{ validation: { level: ‸sometimes } }'),
    'SCH2103 "level" must be off, moderate or strict',
  ],
  [
    'an unknown key',
    collection('{ validation: { ‸levl: off } }'),
    'SCH2104 "levl" is not a key of "validation" | did you mean "level"?',
  ],
  ['a milestone that is not declared', collection('{ validation: { milestone: ‸m } }'), 'SCH2113 the milestone "m"'],
  [
    '$where',
    raw('{ $nor: [{ ‸$where: "1" }] }'),
    'SCH2117 "$where" runs JavaScript in the server, which a validator may not',
  ],
  ['$function', raw('{ $expr: { ‸$function: {} } }'), 'SCH2117 "$function" runs JavaScript'],
  ['$text', raw('{ ‸$text: { $search: x } }'), 'SCH2116 "$text" cannot stand in a validator'],
  ['$near', raw('{ a: { ‸$near: [0, 0] } }'), 'SCH2116 "$near" cannot stand in a validator'],
  ['$nearSphere', raw('{ $and: [{ a: { ‸$nearSphere: [0, 0] } }] }'), 'SCH2116 "$nearSphere" cannot stand'],
  ['$rand', raw('{ $expr: { $gt: [{ ‸$rand: {} }, 0.5] } }'), 'SCH2116 "$rand" cannot stand in a validator'],
  ['not a map', raw('‸[]'), 'SCH2103 "validator" must be a map, not a list'],
];

describe('validators that cannot be', () => {
  test.each(bad)('%s', (_what, text, ...expected) => expectRefused(text, expected));
});
