import { describe, expect, test } from 'vitest';
import { collectionOf, expectRefused, fieldOf } from './support.ts';
import { doc } from '../../src/state/value.ts';

const inField = (flow: string): string => `version: 1\ncollections:\n  c: { fields: { f: ${flow} } }\n`;
const inFields = (flow: string): string => `version: 1\ncollections:\n  c: { fields: ${flow} }\n`;
const inLink = (populate: string, fields = '{ f: { type: string }, k: { type: string } }'): string =>
  `version: 1\ncollections:\n  c: { fields: ${fields}, links: { l: { field: f, references: d.id, populate: ${populate} } } }\n  d: { fields: { id: { type: string }, k: { type: string }, n: { type: int } } }\n`;

describe('what a field declares of its documents', () => {
  test.each([
    ['compute', '{ compute: { $concat: ["$a", "-"] } }', { compute: doc(['$concat', ['$a', '-']]) }],
    ['a text for an expression', '{ compute: "$a.b" }', { compute: '$a.b' }],
    ['convert', '{ type: [int, string], convert: true }', { convert: true }],
    ['a former name', '{ renamedFrom: g }', { renamedFrom: 'g' }],
    ['absent', '{ absent: true, description: gone }', { absent: true, description: 'gone' }],
    ['switched off', '{ convert: false, absent: false }', { convert: false, absent: false }],
  ])('%s', (_, flow, expected) => {
    expect(fieldOf(flow)).toMatchObject(expected);
  });

  test('items of an array are converted; their fields take everything', () => {
    const field = fieldOf(
      '{ type: array, items: { type: object, fields: { g: { default: 1 }, h: { absent: true } } } }',
    );
    expect(field.items?.fields).toMatchObject([{ name: 'g' }, { name: 'h', absent: true }]);
    expect(fieldOf('{ type: array, items: { type: int, convert: true } }').items).toMatchObject({ convert: true });
  });

  test('how a link is filled', () => {
    const [link] = collectionOf(
      '{ fields: { f: {}, k: {}, id: {} }, links: { l: { field: f, references: c.id, index: true, populate: { match: { k: k }, where: { k: 1 } } } } }',
    ).links;
    expect(link).toMatchObject({ index: true, populate: { match: [['k', 'k']], ambiguous: 'skip' } });
  });
});

describe('what cannot be meant', () => {
  test.each([
    ['two fillings', inField('{ default: 1, ‸compute: "$a" }'), '"compute" cannot stand beside "default"'],
    ['a conversion to any type', inField('{ ‸convert: true }'), 'nothing is converted to any type'],
    ['a conversion to an object', inField('{ type: object, ‸convert: true }'), 'nothing is converted to object'],
    ['a conversion to null', inField('{ type: "null", ‸convert: true }'), 'nothing is converted to null'],
    ['its own name', inField('{ renamedFrom: ‸f }'), '"f" already has this name'],
    ['the name of another', inFields('{ f: { renamedFrom: ‸g }, g: {} }'), '"g" is still declared'],
    ['absent with a type', inField('{ absent: true, ‸type: int }'), '"type" cannot stand beside "absent: true"'],
    ['the _id', inFields('{ _id: { ‸renamedFrom: id } }'), 'every document keeps its _id'],
    ['the value of the _id', inFields('{ f: { renamedFrom: ‸_id } }'), 'every document keeps its _id'],
    [
      'a default of items',
      inField('{ type: array, items: { type: int, ‸default: 1 } }'),
      '"default" belongs to a field',
    ],
    [
      'an array to be filled',
      inLink('{ match: { k: k } }', '{ ‸f: { type: array }, k: {} }')
        .replace('‸f:', 'f:')
        .replace('field: f', 'field: ‸f'),
      'c.links.l cannot fill "f"',
    ],
    ['keys of different types', inLink('{ match: { k: ‸n } }'), 'c.links.l: c.k is string, and d.n is int'],
  ])('%s', (_, text, message) => {
    expectRefused(text, [`SCH2116 ${message}`.replace('SCH2116 c.links.l:', 'SCH2118 c.links.l:')]);
  });

  test.each([
    [
      'a former name twice',
      inFields('{ f: { renamedFrom: x }, g: { renamedFrom: ‸x } }'),
      'SCH2112 two fields were called "x"',
    ],
    ['a former name with a dot', inField('{ renamedFrom: ‸a.b }'), 'SCH2111 the field name "a.b" holds a dot'],
    ['JavaScript', inField('{ compute: { ‸$function: {} } }'), 'SCH2117 "$function" runs JavaScript'],
    ['no match', inLink('{ ‸match: {} }'), 'SCH2103 "match" names no field'],
    ['an own field that is not declared', inLink('{ match: { ‸z: k } }'), 'SCH2107 c.links.l matches by "z"'],
    ['another field that is not declared', inLink('{ match: { k: ‸z } }'), 'SCH2107 c.links.l matches by "z"'],
  ])('%s', (_, text, message) => {
    expectRefused(text, [message]);
  });
});
