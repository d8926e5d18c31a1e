import { describe, expect, test } from 'vitest';
import { collectionOf, expectRefused } from './support.ts';

const collection = (body: string): string => `version: 1\ncollections: { c: ${body} }\n`;
const index = (...bodies: readonly string[]): string => collection(`{ indexes: [${bodies.join(', ')}] }`);
const filtered = (filter: string): string => index(`{ key: { a: 1 }, partialFilterExpression: ${filter} }`);
const projected = (projection: string): string => index(`{ key: { $**: 1 }, wildcardProjection: ${projection} }`);

type Row = readonly [what: string, text: string, ...expected: string[]];

const keys: readonly Row[] = [
  ['descending on _id', index('{ ‸key: { _id: -1 } }'), 'SCH2119 the index on _id is always there'],
  ['a fraction on _id', index('{ ‸key: { _id: 1.5 } }'), 'SCH2119 the index on _id is always there'],
  ['an option on _id', index('{ ‸key: { _id: 1 }, hidden: true }'), 'SCH2119 the index on _id is always there'],
  ['_id absent', index('{ ‸key: { _id: 1 }, absent: true }'), 'SCH2119 the index on _id is always there'],
  ['minus 0', index('{ key: { a: ‸-0.0 } }'), 'SCH2119 the direction of "a" cannot be 0'],
  ['a negative wildcard', index('{ ‸key: { $**: -2 } }'), 'SCH2119 a wildcard index cannot be descending'],
  ['a wildcard and a field', index('{ ‸key: { $**: 1, a: 1 } }'), 'SCH2119 a wildcard index has one field'],
  ['a hashed wildcard', index('{ ‸key: { $**: hashed } }'), 'SCH2119 "$**" cannot be hashed'],
  ['a wildcard on a sphere', index('{ ‸key: { $**: 2dsphere } }'), 'SCH2119 "$**" cannot be 2dsphere'],
  ['text below a field', index('{ ‸key: { a.$**: text } }'), 'SCH2119 "a.$**" cannot be text'],
  [
    'two hashed fields',
    index('{ ‸key: { a: hashed, b: hashed } }'),
    'SCH2119 only one field of an index can be hashed',
  ],
  [
    'two kinds',
    index('{ ‸key: { a: 2dsphere, b: text } }'),
    'SCH2119 an index is of one kind, and this one mixes 2dsphere and text',
  ],
  [
    'text apart',
    index('{ ‸key: { a: text, b: 1, c: text } }'),
    'SCH2119 the text fields of an index must stand side by side',
  ],
  ['2d second', index('{ ‸key: { a: 1, b: 2d } }'), 'SCH2119 2d stands first in an index'],
  ['2d twice', index('{ ‸key: { a: 2d, b: 2d } }'), 'SCH2119 2d stands first in an index'],
  [
    'two text indexes',
    index('{ key: { a: text } }', '{ ‸key: { b: text } }'),
    'SCH2119 a collection has one text index at most (first at s.yaml:2) | put the fields into one index',
  ],
];

const options: readonly Row[] = [
  ['hashed and unique', index('{ key: { a: hashed }, ‸unique: true }'), 'SCH2119 a hashed index cannot be unique'],
  [
    'a TTL on text',
    index('{ key: { a: text }, ‸expireAfterSeconds: 1 }'),
    'SCH2116 a text index holds no dates, so expireAfterSeconds would delete nothing',
  ],
  ['a sparse wildcard', index('{ key: { a.$**: 1 }, ‸sparse: true }'), 'SCH2119 a wildcard index cannot have sparse'],
  [
    'a wildcard TTL',
    index('{ key: { $**: 1 }, ‸expireAfterSeconds: 1 }'),
    'SCH2119 a wildcard index cannot have expireAfterSeconds',
  ],
  ['weights elsewhere', index('{ key: { a: 1 }, ‸weights: { a: 2 } }'), 'SCH2116 "weights" belongs to a text index'],
  [
    'languages elsewhere',
    index('{ key: { a: 2d }, ‸default_language: german, ‸language_override: l }'),
    'SCH2116 "default_language" belongs to a text index',
    'SCH2116 "language_override" belongs to a text index',
  ],
  [
    'bounds elsewhere',
    index('{ key: { a: 2dsphere }, ‸bits: 26, ‸min: -1, ‸max: 1 }'),
    'SCH2116 "bits" belongs to a 2d index',
    'SCH2116 "min" belongs to a 2d index',
    'SCH2116 "max" belongs to a 2d index',
  ],
  [
    'text with a collation',
    index('{ key: { a: text }, ‸collation: { locale: en } }'),
    'SCH2119 a text index compares bytes | leave it out, or write { locale: simple }',
  ],
  ['2d with a collation', index('{ key: { a: 2d }, ‸collation: { locale: en } }'), 'SCH2119 a 2d index compares bytes'],
  [
    'a weight of 0',
    index('{ key: { a: text }, weights: { a: ‸0, b: 1, c: ‸100000, d: ‸0.5 } }'),
    'SCH2119 the weight of "a" must be at least 1 and less than 100000',
    'SCH2119 the weight of "c"',
    'SCH2119 the weight of "d"',
  ],
  [
    'a path as language field',
    index('{ key: { a: text }, language_override: ‸a.b }'),
    'SCH2119 "a.b" cannot be the field of a language',
  ],
  ['an empty region', index('{ key: { a: 2d }, min: 5, ‸max: 5 }'), 'SCH2119 nothing lies between min 5 and max 5'],
  [
    'a region beyond the default',
    index('{ key: { a: 2d }, ‸min: 200 }'),
    'SCH2119 nothing lies between min 200 and max 180',
  ],
  ['33 bits', index('{ key: { a: 2d }, bits: ‸33 }'), 'SCH2103 "bits" must be at most 32'],
  [
    'a projection of a part',
    index('{ key: { a.$**: 1 }, ‸wildcardProjection: { b: 1 } }'),
    'SCH2119 wildcardProjection needs the key { $**: 1 }',
  ],
  [
    'a projection of text',
    index('{ key: { $**: text }, ‸wildcardProjection: { b: 1 } }'),
    'SCH2119 wildcardProjection needs the key',
  ],
  ['an empty projection', projected('‸{}'), 'SCH2103 "wildcardProjection" must not be empty'],
  [
    'a mixed projection',
    projected('{ a: { b: 1 }, ‸c: false }'),
    'SCH2119 wildcardProjection keeps fields or leaves some out: "b" does the other',
  ],
  ['_id mixed within', projected('{ a: { _id: 0, ‸b: 1 } }'), 'SCH2119 wildcardProjection keeps fields'],
  ['a projection of text', projected('{ ‸a: x }'), 'SCH2119 "a" must be 1 (kept) or 0 (left out)'],
  ['a projection by operator', projected('{ a: { ‸$slice: 1 } }'), 'SCH2119 "$slice" must be 1'],
  [
    'partial and sparse',
    filtered('{ b: 1 }, sparse: true').replace('partial', '‸partial'),
    'SCH2116 sparse and partial',
  ],
  [
    'no settings of the storage engine',
    index('{ key: { a: 1 }, storageEngine: ‸{} }'),
    'SCH2103 "storageEngine" must not be empty',
  ],
  [
    'a version of 2dsphere',
    index('{ key: { a: 2dsphere }, ‸2dsphereIndexVersion: 3 }'),
    'SCH2104 "2dsphereIndexVersion" is not an index option',
  ],
  [
    'a misspelt part of a collation',
    index('{ key: { a: 1 }, collation: { locale: en, ‸strenght: 2 } }'),
    'SCH2104 "strenght" is not a part of a collation | did you mean "strength"?',
  ],
  [
    'an option of an absent index',
    index('{ key: { a: 1 }, ‸unique: true, name: x, absent: true, ‸collation: { locale: en } }'),
    'SCH2116 "unique" cannot stand beside "absent: true"',
    'SCH2116 "collation" cannot stand beside "absent: true"',
  ],
  [
    'present and absent',
    index('{ key: { a: 1 } }', '‸{ key: { a: 1 }, name: x, absent: true }'),
    'SCH2112 "a_1" and "x" are the same index',
  ],
];

const no = (name: string): string => `SCH2119 "${name}" cannot stand in partialFilterExpression`;

const filters: readonly Row[] = [
  ['$ne', filtered('{ a: { ‸$ne: 1 } }'), no('$ne')],
  ['$nin', filtered('{ a: { $gt: 1, ‸$nin: [1] } }'), no('$nin')],
  ['$not', filtered('{ a: { ‸$not: { $gt: 1 } } }'), no('$not')],
  ['$nor', filtered('{ ‸$nor: [{ a: 1 }] }'), no('$nor')],
  ['$regex', filtered('{ $and: [{ a: { ‸$regex: x } }] }'), no('$regex')],
  ['a pattern', filtered('{ a: ‸{ $regularExpression: { pattern: x } } }'), 'SCH2119 a pattern cannot stand'],
  ['$exists: false', filtered('{ a: { ‸$exists: false } }'), no('$exists: false')],
  ['$exists: 0', filtered('{ $or: [{ a: { ‸$exists: 0 } }] }'), no('$exists: false')],
  ['$elemMatch', filtered('{ a: { ‸$elemMatch: { b: 1 } } }'), no('$elemMatch')],
  ['$size', filtered('{ a: { ‸$size: 1 } }'), no('$size')],
  ['$expr', filtered('{ ‸$expr: { $eq: [$a, 1] } }'), no('$expr')],
  ['$jsonSchema', filtered('{ ‸$jsonSchema: {} }'), no('$jsonSchema')],
  ['$near', filtered('{ a: { ‸$near: [0, 0] } }'), no('$near')],
  ['$text', filtered('{ ‸$text: { $search: x } }'), no('$text')],
  ['$where', filtered('{ ‸$where: "1" }'), 'SCH2117 "$where" runs JavaScript in the server, which a filter may not'],
  ['an empty $and', filtered('{ ‸$and: [] }'), 'SCH2119 "$and" needs a list of at least one filter'],
];

const indexes: readonly Row[] = [
  ['the index on _id', index('{ ‸key: { _id: 1 } }'), 'SCH2119 the index on _id is always there'],
  [
    '33 fields',
    index(`{ ‸key: { ${Array.from({ length: 33 }, (_, at) => `f${at}: 1`).join(', ')} } }`),
    'SCH2119 an index has at most 32 fields, this one has 33',
  ],
  ['direction 0', index('{ key: { a: ‸0 } }'), 'SCH2119 the direction of "a" cannot be 0'],
  [
    'a TTL on two fields',
    index('{ key: { a: 1, b: 1 }, ‸expireAfterSeconds: 1 }'),
    'SCH2119 expireAfterSeconds needs an index on one field',
  ],
  ['a TTL on _id', index('{ key: { _id: hashed }, ‸expireAfterSeconds: 1 }'), 'SCH2119 expireAfterSeconds needs'],
  ['a unique wildcard', index('{ key: { $**: 1 }, ‸unique: true }'), 'SCH2119 a wildcard index cannot have unique'],
  ['a descending wildcard', index('{ ‸key: { a.$**: -1 } }'), 'SCH2119 a wildcard index cannot be descending'],
  [
    'the same twice',
    index('{ key: { a: 1 } }', '‸{ key: { a: 1 } }'),
    'SCH2112 "a_1" is declared twice (first at s.yaml:2) | one key needs one index',
  ],
  [
    'the same under two names',
    index('{ key: { a: 1 }, name: p }', '‸{ key: { a: 1.0 }, name: q, hidden: true }'),
    'SCH2112 "p" and "q" are the same index',
  ],
  [
    'one name for two',
    index('{ key: { a: 1 }, name: p }', '‸{ key: { b: 1 }, name: p }'),
    'SCH2112 two indexes are called "p" (first at s.yaml:2) | give one of them a "name"',
  ],
  [
    'a generated name taken',
    index('{ key: { a: 1 } }', '‸{ key: { a: 1 }, unique: true }'),
    'SCH2112 two indexes are called "a_1"',
  ],
];

describe.each([
  ['indexes', indexes],
  ['keys', keys],
  ['options', options],
  ['filters', filters],
])('what no server can have: %s', (_kind, rows) => {
  test.each(rows)('%s', (_what, text, ...expected) => expectRefused(text, expected));
});

/** Each is one of the indexes of a collection that can have them all. */
const possible: readonly string[] = [
  '{ key: { a: 1 }, collation: { locale: en } }, { key: { a: 1 }, name: q, collation: { locale: de } }',
  '{ key: { a: 1 }, partialFilterExpression: { b: 1 } }, { key: { a: 1 }, name: q, partialFilterExpression: { b: 1.0 } }',
  '{ key: { $**: 1 }, wildcardProjection: { a: 1 } }, { key: { $**: 1 }, name: q, wildcardProjection: { b: 1 } }',
  '{ key: { a: 1 }, name: p }, { key: { a: 2 } }, { key: { a: hashed } }, { key: { a: 2dsphere } }',
  '{ key: { a: text } }, { key: { b: text }, absent: true }',
  '{ key: { a: 1 }, name: p, absent: true }, { key: { a: 1 }, name: q, absent: true }',
  '{ key: { a: 1 }, name: p, absent: true }, { key: { a: 1 }, unique: true, name: q }',
  '{ key: { _id: hashed } }, { key: { _id: 2 } }, { key: { _id: -1, a: 1 } }',
];

test.each(possible)('beside one another: %s', (flow) => {
  expect(collectionOf(`{ indexes: [${flow}] }`).indexes.length).toBeGreaterThan(1);
});
