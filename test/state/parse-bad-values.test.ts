import { describe, expect, test } from 'vitest';
import { expectRefused, fieldOf } from './support.ts';

const collection = (body: string): string => `version: 1\ncollections: { c: ${body} }\n`;
const field = (body: string): string => collection(`{ fields: { f: ${body} } }`);

type Row = readonly [what: string, text: string, ...expected: string[]];

const values: readonly Row[] = [
  [
    'a number where text is declared',
    field('{ type: string, default: ‸1.20 }'),
    'SCH2108 "default" must be string, and 1.20 is not | quote it if text is meant: "1.20"',
  ],
  [
    'a boolean where text is declared',
    field('{ type: string, default: ‸true }'),
    'SCH2108 "default" must be string, and true is not | quote it',
  ],
  [
    'null without nullable',
    field('{ type: string, default: ‸null }'),
    'SCH2108 "default" must be string, and null is not | add "nullable: true"',
  ],
  [
    'yes where bool is declared',
    field('{ type: bool, default: ‸yes }'),
    'SCH2108 "default" must be bool, and yes is not | write true',
  ],
  [
    'text where int is declared',
    field('{ type: int, default: ‸"3" }'),
    'SCH2108 "default" must be int, and "3" is not | write the number without quotes',
  ],
  [
    'beyond int32',
    field('{ type: int, default: ‸2147483648 }'),
    'SCH2108 "default" must be int, and 2147483648 is not',
  ],
  ['a fraction for an int', field('{ type: int, default: ‸1.5 }'), 'SCH2108 "default" must be int, and 1.5 is not'],
  [
    'what a double cannot hold',
    field('{ type: double, default: ‸9007199254740993 }'),
    'SCH2108 "default" must be double, and 9007199254740993 is not',
  ],
  [
    '35 digits of decimal',
    field(`{ type: decimal, default: ‸1.${'1'.repeat(34)} }`),
    'SCH2108 "default" must be decimal',
  ],
  [
    '30 February',
    field('{ type: date, default: ‸2026-02-30 }'),
    'SCH2108 "default" must be date, and 2026-02-30 is not | a date is',
  ],
  [
    'a zone beyond the day',
    field('{ type: date, default: ‸"2026-02-01T10:00:00+24:00" }'),
    'SCH2108 "default" must be date',
  ],
  ['a time without zone', field('{ type: date, default: ‸2026-02-01T10:00:00 }'), 'SCH2108 "default" must be date'],
  [
    'a short objectId',
    field('{ type: objectId, default: ‸abc }'),
    'SCH2108 "default" must be objectId, and abc is not | an objectId has 24',
  ],
  [
    'an invalid wrapper',
    field('{ type: int, default: ‸{ $numberInt: "x" } }'),
    'SCH2108 this is not a valid $numberInt of Extended JSON',
  ],
  [
    'a wrapper of another type',
    field('{ type: int, default: ‸{ $oid: "0123456789abcdef01234567" } }'),
    'SCH2108 "default" must be int, and the objectId 0123456789abcdef01234567 is not',
  ],
  ['NaN in a wrapper', field('{ type: double, default: ‸{ $numberDouble: NaN } }'), 'SCH2108 "default" must be double'],
  [
    'a list for an object',
    field('{ type: object, default: ‸[] }'),
    'SCH2108 "default" must be object, and a list is not',
  ],
  [
    'deep in an object',
    field('{ type: object, fields: { n: { type: int } }, default: { n: ‸x } }'),
    'SCH2108 "n" must be int, and x is not',
  ],
  ['deep in an array', field('{ type: array, items: { type: int }, default: [1, ‸x] }'), 'SCH2108 item 2 must be int'],
  [
    'a value of an enum',
    field('{ type: string, enum: [a, ‸1] }'),
    'SCH2108 a value of "enum" must be string, and 1 is not',
  ],
  [
    'one value as two numbers',
    field('{ type: [int, double], enum: [{ $numberInt: 1 }, ‸{ $numberDouble: 1 }] }'),
    'SCH2112',
  ],
  [
    'one fraction as two numbers',
    field('{ type: [double, decimal], enum: [{ $numberDouble: 0.5 }, ‸{ $numberDecimal: "0.50" }] }'),
    'SCH2112',
  ],
  ['one document in two orders', field('{ type: object, enum: [{ a: 1, b: 0 }, ‸{ b: -0.0, a: 1.0 }] }'), 'SCH2112'],
  ['null twice', field('{ type: any, enum: [null, ‸null] }'), 'SCH2112'],
  ['a value of an enum twice', field('{ type: int, enum: [1, ‸1.0] }'), 'SCH2112 this value stands in "enum" twice'],
  [
    'a default outside the enum',
    field('{ type: string, enum: [a], default: ‸b }'),
    'SCH2116 the default is none of the values of "enum"',
  ],
  ['a bound', field('{ type: int, minimum: ‸0.5 }'), 'SCH2108 "minimum" must be int, and 0.5 is not'],
  [
    'a rule for another type',
    field('{ type: int, ‸minLength: 1 }'),
    'SCH2116 "minLength" is a rule for strings, and the field is int',
  ],
  ['fields of a string', field('{ type: string, ‸fields: { a: {} } }'), 'SCH2116 "fields" is a rule for objects'],
  ['items of an object', field('{ type: object, ‸items: {} }'), 'SCH2116 "items" is a rule for arrays'],
  ['an empty range', field('{ type: int, minimum: 5, ‸maximum: 4 }'), 'SCH2116 "maximum" is less than "minimum"'],
  [
    'an empty length',
    field('{ type: string, minLength: 5, ‸maxLength: 4 }'),
    'SCH2116 "maxLength" is less than "minLength"',
  ],
  [
    'a default for _id',
    collection('{ fields: { _id: { type: string, ‸default: x } } }'),
    'SCH2116 every document keeps its _id, so it cannot have "default"',
  ],
  ['a broken pattern', field('{ type: string, pattern: ‸"(" }'), 'SCH2115 this is not a pattern that can be used'],
  [
    'an escape only JavaScript knows',
    field("{ type: string, pattern: ‸'\\u0041' }"),
    'SCH2115 the server cannot read \\u in a pattern',
  ],
  ['a pattern only PCRE knows', field('{ type: string, pattern: ‸"(?i)a" }'), 'SCH2115 this is not a pattern'],
  [
    'an endless pattern',
    field(`{ type: string, pattern: ‸"${'a'.repeat(4097)}" }`),
    'SCH2115 the pattern is longer than 4096',
  ],
  ['a broken format', 'version: 1\nformats: { a: ‸"[" }\ncollections: {}\n', 'SCH2115 this is not a pattern'],
];

test.each([
  '{ type: [double, decimal], enum: [0.1, { $numberDecimal: "0.1" }] }',
  '{ type: object, enum: [{ a: 1, b: 2 }, { a: 2, b: 1 }] }',
  '{ type: array, enum: [[1, 2], [2, 1]] }',
  '{ type: any, enum: ["1", 1, true, null, "null", {}, []] }',
  '{ type: [long, double], enum: [9007199254740993, { $numberDouble: 9007199254740992 }] }',
])('different values of an enum: %s', (flow) => {
  expect(fieldOf(flow).rules.enum?.length).toBeGreaterThan(1);
});

test('a backslash before a letter may be a backslash', () => {
  expect(fieldOf("{ type: string, pattern: '\\\\u' }").rules.pattern).toBe('\\\\u');
});

describe('what cannot be meant: values and rules', () => {
  test.each(values)('%s', (_what, text, ...expected) => expectRefused(text, expected));
});
