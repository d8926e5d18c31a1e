import { describe, expect, test } from 'vitest';
import { expectRefused, findings, parseText } from './support.ts';

const inCollection = (body: string): string => `version: 1\ncollections:\n  c: ${body}\n`;
const inField = (body: string): string => inCollection(`{ fields: { f: ${body} } }`);
const inIndex = (body: string): string => inCollection(`{ indexes: [${body}] }`);

/** What the language's JSON Schema refuses; ‸ marks where each finding must point. */
const rows: readonly (readonly [what: string, text: string, ...expected: string[]])[] = [
  [
    'unknown index option',
    inIndex('{ key: { a: 1 }, ‸unqiue: true }'),
    'SCH2104 "unqiue" is not an index option | did you mean "unique"?',
  ],
  [
    'unknown field key',
    inField('{ type: int, ‸requried: true }'),
    'SCH2104 "requried" is not a key of a field | did you mean "required"?',
  ],
  [
    'unknown collection key',
    inCollection('{ ‸index: [] }'),
    'SCH2104 "index" is not a key of a collection | did you mean "indexes"?',
  ],
  [
    'unknown link key',
    inCollection('{ links: { ‸l: { field: f, ‸refs: c.f } } }'),
    'SCH2103 "l" lacks "references"',
    'SCH2104 "refs" is not a key of a link',
  ],
  [
    'unknown check key',
    inCollection('{ checks: { ‸k: { ‸were: {} } } }'),
    'SCH2103 the check "k" has no rule',
    'SCH2104 "were" is not a key of a check | did you mean "where"?',
  ],
  [
    'unknown option',
    inCollection('{ options: { ‸cappd: true } }'),
    'SCH2104 "cappd" is not a collection option | did you mean "capped"?',
  ],
  [
    'unknown top-level key',
    'version: 1\n‸colections: {}\ncollections: {}\n',
    'SCH2104 "colections" is not a key of a schema file | did you mean "collections"?',
  ],
  [
    'unknown key of defaults',
    'version: 1\ndefaults: { ‸unmaneged: report }\ncollections: {}\n',
    'SCH2104 "unmaneged" is not a known key here | did you mean "unmanaged"?',
  ],
  ['no version', '‸collections: {}\n', 'SCH2103 the file lacks "version"'],
  ['version 2', 'version: ‸2\ncollections: {}\n', 'SCH2103 "version" must be 1'],
  ['unknown type', inField('{ type: ‸strng }'), 'SCH2105 unknown field type "strng" | did you mean "string"?'],
  [
    'a type of other tools',
    inField('{ type: ‸integer }'),
    'SCH2105 unknown field type "integer" | did you mean "int"?',
  ],
  [
    'unknown type in a list',
    inField('{ type: [int, ‸boolean] }'),
    'SCH2105 unknown field type "boolean" | did you mean "bool"?',
  ],
  ['a type that is no text', inField('{ type: ‸5 }'), 'SCH2103 "type" must be text or a list, not the number 5'],
  ['a type twice', inField('{ type: ‸[int, int] }'), 'SCH2103 "type" holds the same item twice'],
  ['no types', inField('{ type: ‸[] }'), 'SCH2103 "type" must not be empty'],
  ['an empty collection', 'version: 1\ncollections:\n  ‸c:\n', 'SCH2103 "c" must be a map, not empty | write {}'],
  ['a list for a map', inCollection('‸[]'), 'SCH2103 "c" must be a map, not a list'],
  ['a map for a list', inCollection('{ indexes: ‸{ a: 1 } }'), 'SCH2103 "indexes" must be a list, not a map'],
  ['yes for true', inField('{ required: ‸yes }'), 'SCH2103 "required" must be true or false, not text | write true'],
  [
    'NO for false',
    inIndex('{ key: { a: 1 }, sparse: ‸NO }'),
    'SCH2103 "sparse" must be true or false, not text | write false',
  ],
  [
    'quoted number',
    inField('{ type: string, maxLength: ‸"5" }'),
    'SCH2103 "maxLength" must be a whole number, not text | leave the quotes out',
  ],
  [
    'a number for text',
    inCollection('{ description: ‸1.20 }'),
    'SCH2103 "description" must be text, not the number 1.20 | quote it: "1.20"',
  ],
  ['a negative length', inField('{ type: string, maxLength: ‸-1 }'), 'SCH2103 "maxLength" must be at least 0'],
  [
    'a fraction',
    inIndex('{ key: { a: 1 }, expireAfterSeconds: ‸1.5 }'),
    'SCH2103 "expireAfterSeconds" must be a whole number',
  ],
  [
    'a TTL too long',
    inIndex('{ key: { a: 1 }, expireAfterSeconds: ‸2147483648 }'),
    'SCH2103 "expireAfterSeconds" must be at most 2147483647',
  ],
  ['an index without key', inIndex('‸{ unique: true }'), 'SCH2103 item 1 of "indexes" lacks "key"'],
  ['an empty key', inIndex('{ key: ‸{} }'), 'SCH2103 "key" must not be empty'],
  [
    'an unknown direction',
    inIndex('{ key: { a: ‸hased } }'),
    'SCH2103 "a" must be text, 2d, 2dsphere or hashed, not "hased" | did you mean "hashed"?',
  ],
  [
    'a direction that is true',
    inIndex('{ key: { a: ‸true } }'),
    'SCH2103 "a" must be a number or text, not the boolean true',
  ],
  [
    'an unknown severity',
    inCollection('{ checks: { k: { severity: ‸hgh, where: {} } } }'),
    'SCH2103 "severity" must be critical, high, medium or low, not "hgh" | did you mean "high"?',
  ],
  ['an empty enum', inField('{ type: int, enum: ‸[] }'), 'SCH2103 "enum" must not be empty'],
  [
    'a stage with two keys',
    inCollection('{ checks: { k: { pipeline: [‸{ $match: {}, $limit: 1 }] } } }'),
    'SCH2103 item 1 of "pipeline" must have exactly 1 key',
  ],
  [
    'an unknown policy',
    inCollection('{ unmanaged: ‸drop }'),
    'SCH2103 "unmanaged" must be report, ignore or prune, not "drop"',
  ],
  ['a word that is a number', inCollection('{ unmanaged: ‸5 }'), 'SCH2103 "unmanaged" must be text, not the number 5'],
  [
    'names with the marks of a JSON pointer',
    'version: 1\ncollections: { "a/b~c": { ‸oops: 1 } }\n',
    'SCH2104 "oops" is not',
  ],
];

describe('shapes that the language does not have', () => {
  test.each(rows)('%s', (_what, text, ...expected) => expectRefused(text, expected));
});

/** Written correctly, described in the language, and not executed yet: said at the key. */
test('what is switched off says nothing', () => {
  const text = inCollection('{ fields: { f: { convert: false, absent: false } } }');
  expect(findings(parseText(text))).toEqual([]);
});

test('all errors are reported together, in the order of the file', () => {
  const text =
    'version: 1\ncollections:\n  "": {}\n  c:\n    fields:\n      f: { type: strng, default: 0777 }\n    indexes:\n      - { key: { a: 1 }, uniqe: true }\n    oops: 1\n';
  expect(findings(parseText(text)).map((line) => line.slice(0, 12))).toEqual([
    '3:3 SCH2111 ',
    '6:18 SCH2105',
    '6:34 SCH2114',
    '8:26 SCH2104',
    '9:5 SCH2104 ',
  ]);
});
