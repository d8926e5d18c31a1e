import { describe, expect, test } from 'vitest';
import type { FieldDeclaration } from '../../src/state/types.ts';
import { int, scalar, type Value } from '../../src/state/value.ts';
import { collectionOf, fieldOf, findings, parseText, soundSchema } from './support.ts';

const double = (text: string): Value => scalar('double', text);
const long = (text: string): Value => scalar('long', text);
const decimal = (text: string): Value => scalar('decimal', text);
const date = (iso: string): Value => scalar('date', String(Date.parse(iso)));
const map = (...entries: readonly (readonly [string, Value])[]): Value => new Map(entries);

describe('values without a declared type', () => {
  test.each<readonly [string, Value]>([
    ['1', int(1)],
    ['1.0', double('1.0')],
    ['-0', int(0)],
    ['-0.0', double('-0.0')],
    ['+5', int(5)],
    ['2147483647', int(2147483647)],
    ['2147483648', long('2147483648')],
    ['-2147483648', int(-2147483648)],
    ['-2147483649', long('-2147483649')],
    ['9007199254740993', long('9007199254740993')],
    ['9223372036854775807', long('9223372036854775807')],
    ['-9223372036854775808', long('-9223372036854775808')],
    ['.5', double('0.5')],
    ['1e3', double('1000.0')],
    ['1.5e300', double('1.5e+300')],
    ['1.20', double('1.2')],
    ['NO', 'NO'],
    ['yes', 'yes'],
    ['on', 'on'],
    ['true', true],
    ['~', null],
    ['"~"', '~'],
    ['"5"', '5'],
    ['!!str 5', '5'],
    ['1_000', '1_000'],
    ['1:30', '1:30'],
    ['2026-01-31', '2026-01-31'],
    ['"$price"', '$price'],
    ['{ $where: "x" }', map(['$where', 'x'])],
    ['{ b: 1, "2024": 2, "1": 3 }', map(['b', int(1)], ['2024', int(2)], ['1', int(3)])],
    ['[1, [a], {}]', [int(1), ['a'], map()]],
    ['{ $numberInt: "5" }', int(5)],
    ['{ $numberLong: "5" }', long('5')],
    ['{ $numberLong: 5 }', long('5')],
    ['{ $numberDouble: "5" }', double('5.0')],
    ['{ $numberDecimal: "1.20" }', decimal('1.20')],
    ['{ $oid: "0123456789ABCDEF01234567" }', scalar('objectId', '0123456789abcdef01234567')],
    ['{ $date: "2026-01-31T10:00:00.5Z" }', date('2026-01-31T10:00:00.500Z')],
    ['{ $date: 2026-01-31 }', date('2026-01-31')],
    ['{ $date: { $numberLong: "-5" } }', scalar('date', '-5')],
    ['{ $binary: { base64: "aGk=", subType: "4" } }', scalar('binary', '04:aGk=')],
    ['{ $timestamp: { t: 5, i: 1 } }', scalar('timestamp', '5:1')],
    ['{ $regularExpression: { pattern: "^a/b", options: "mi" } }', scalar('regex', 'im/^a/b')],
    ['{ $minKey: 1 }', scalar('minKey', '')],
    ['{ $maxKey: 1 }', scalar('maxKey', '')],
    ['{ $undefined: true }', scalar('undefined', '')],
    ['{ $symbol: s }', scalar('symbol', 's')],
    ['{ $oid: x, a: 1 }', map(['$oid', 'x'], ['a', int(1)])],
    ['{ $regex: "^a" }', map(['$regex', '^a'])],
  ])('%s', (text, expected) => {
    expect(fieldOf(`{ type: any, default: ${text} }`).default).toEqual(expected);
  });
});

describe('values of a declared type', () => {
  test.each<readonly [type: string, text: string, Value]>([
    ['int', '1.0', int(1)],
    ['int', '{ $numberLong: "7" }', int(7)],
    ['long', '0', long('0')],
    ['long', '9007199254740993', long('9007199254740993')],
    ['double', '0', double('0.0')],
    ['double', '9007199254740992', double('9007199254740992.0')],
    ['double', '0.1', double('0.1')],
    ['decimal', '1.20', decimal('1.20')],
    ['decimal', '5', decimal('5')],
    ['decimal', '1e3', decimal('1E+3')],
    ['decimal', '0.0000001', decimal('1E-7')],
    ['decimal', '-0.00', decimal('-0.00')],
    ['number', '5', int(5)],
    ['number', '5.5', double('5.5')],
    ['date', '2026-01-31', date('2026-01-31')],
    ['date', '"2026-01-31T10:00:00+05:30"', date('2026-01-31T04:30:00Z')],
    ['string', '2026-01-31', '2026-01-31'],
    ['string', 'NO', 'NO'],
    ['string', '"1.20"', '1.20'],
    ['objectId', '0123456789abcdef01234567', scalar('objectId', '0123456789abcdef01234567')],
    ['bool', 'false', false],
    ['"null"', 'null', null],
    ['[int, string]', '5', int(5)],
    ['[int, string]', 'x', 'x'],
    ['[string, int]', '5', int(5)],
    ['[long, int]', '5', long('5')],
    ['[long, int]', '{ $numberInt: "5" }', int(5)],
    ['[int, long]', '2147483648', long('2147483648')],
    ['object', '{ $where: 1 }', map(['$where', int(1)])],
    ['array', '[1, x]', [int(1), 'x']],
  ])('%s: %s', (type, text, expected) => {
    expect(fieldOf(`{ type: ${type}, default: ${text} }`).default).toEqual(expected);
  });

  test('nested values take the types of the fields they stand for', () => {
    const field = fieldOf(
      '{ type: object, fields: { n: { type: long }, l: { type: array, items: { type: double } } }, default: { n: 1, l: [2], other: 3 } }',
    );
    expect(field.default).toEqual(map(['n', long('1')], ['l', [double('2.0')]], ['other', int(3)]));
  });

  test('bounds and enum take the type; nullable adds null to the enum, types stay as written', () => {
    const field = fieldOf('{ type: [long, string], nullable: true, enum: [1, a], minimum: 0, exclusiveMaximum: 10 }');
    expect(field).toMatchObject({
      types: ['long', 'string'],
      nullable: true,
      rules: { enum: [long('1'), 'a', null], minimum: long('0'), exclusiveMaximum: long('10') },
    });
  });

  test('null in the enum is not added twice', () => {
    expect(fieldOf('{ type: string, nullable: true, enum: [null, a] }').rules.enum).toEqual([null, 'a']);
  });

  test('what is not declared has its neutral value, and no default is not a null default', () => {
    expect(fieldOf('{}')).toEqual<FieldDeclaration>({
      name: 'f',
      description: null,
      types: ['any'],
      required: false,
      nullable: false,
      default: undefined,
      compute: undefined,
      convert: false,
      renamedFrom: null,
      absent: false,
      milestone: null,
      rules: {},
      fields: [],
      items: null,
    });
    expect(fieldOf('{ nullable: true, default: null }').default).toBeNull();
  });
});

describe('links that are sound', () => {
  const linked = (collections: string) =>
    soundSchema(`version: 1\ncollections: ${collections}\n`).collections.flatMap(({ links }) => links);

  test.each([
    [
      'numbers of any type are equal by value',
      '{ o: { fields: { a: { type: int } }, links: { l: { field: a, references: t.id } } }, t: { fields: { id: { type: decimal } } } }',
    ],
    [
      'an array stands for its items',
      '{ o: { fields: { a: { type: array, items: { type: string } } }, links: { l: { field: a, references: t.id } } }, t: { fields: { id: { type: string } } } }',
    ],
    [
      'through objects and items',
      '{ o: { fields: { a: { type: array, items: { type: object, fields: { b: {} } } } }, links: { l: { field: a.b, references: t.id } } }, t: { fields: { id: {} } } }',
    ],
    ['_id is always there', '{ o: { fields: { a: {} }, links: { l: { field: a, references: t._id } } }, t: {} }'],
    ['to itself and in a circle', '{ o: { fields: { a: {} }, links: { l: { field: a, references: o.a } } } }'],
  ])('%s', (_what, collections) => {
    expect(linked(collections)).toHaveLength(1);
  });

  test('the longest collection name wins', () => {
    const [link] = linked(
      '{ o: { fields: { f: {} }, links: { l: { field: f, references: a.b.c } } }, a: { fields: { b: {} } }, a.b: { fields: { c: {} } } }',
    );
    expect(link?.target).toEqual({ collection: 'a.b', field: 'c' });
  });
});

describe('what reads alike', () => {
  const text =
    'version: 1\nmilestones:\n  "001": One\ncollections:\n  c:\n    indexes:\n      - { key: { a: 1 } }\n  a.b: {}\n';

  test.each([
    ['a byte order mark', `\uFEFF${text}`],
    ['CRLF', text.replaceAll('\n', '\r\n')],
    ['both', `\uFEFF${text.replaceAll('\n', '\r\n')}`],
    [
      'an alias',
      'version: 1\nmilestones: { "001": One }\ncollections: { a.b: {}, c: { indexes: &i [{ key: { a: 1 } }] } }\n',
    ],
  ])('%s', (_what, other) => {
    expect(parseText(other).schema).toEqual(parseText(text).schema);
  });

  test('columns count characters behind a byte order mark and an emoji', () => {
    expect(findings(parseText('\uFEFFversion: 1\r\ncollections: { "🥛": { oops: 1 } }\r\n'))[0]).toMatch(
      /^2:23 SCH2104 /,
    );
  });

  test('a byte order mark moves no column', () => {
    expect(findings(parseText('\uFEFFversion: 2\ncollections: {}\n'))).toEqual(['1:10 SCH2103 "version" must be 1']);
  });

  test('what an alias repeats is reported once', () => {
    const text = 'version: 1\ncollections: { a: &a { fields: { f: { type: int, default: x } } }, b: *a }\n';
    expect(findings(parseText(text))).toHaveLength(1);
  });

  test('the order of files and collections does not matter', () => {
    const files = ['version: 1\ncollections: { b: {}, a: {} }', 'version: 1\ncollections: { d: {}, c: {} }'];
    const schema = soundSchema('version: 1\ncollections: { d: {}, b: {}, c: {}, a: {} }');
    expect(schema.collections.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
    expect(parseText(`${files[0]}`).schema?.collections.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  test('what defaults say holds for collections that do not', () => {
    const { collections } = soundSchema(
      'version: 1\ndefaults: { unmanaged: ignore }\ncollections: { a: {}, b: { unmanaged: report } }',
    );
    expect(collections.map(({ unmanaged }) => unmanaged)).toEqual(['ignore', 'report']);
  });

  test('JavaScript in a literal is only text', () => {
    const { checks } = collectionOf(
      '{ checks: { k: { pipeline: [{ $match: { $expr: { $eq: [$a, { $literal: { $where: x } }] } } }] } } }',
    );
    expect(checks).toHaveLength(1);
  });
});

test('sources give each address its place', () => {
  const { sources } = parseText(
    'version: 1\ncollections:\n  a.b:\n    fields:\n      f: { type: array, items: { fields: { g: {} } } }\n    indexes:\n      - { key: { f: 1 } }\n      - key: { g: -1 }\n        name: mine\n    links:\n      l: { field: f, references: a.b._id }\n    checks:\n      k: { where: {} }\n',
  );
  const places = [...sources].map(([address, { file, line, column }]) => `${address} ${file}:${line}:${column}`);
  expect(places).toEqual([
    '["a.b"] s.yaml:3:3',
    '["a.b"].fields.f s.yaml:5:7',
    '["a.b"].fields.f.g s.yaml:5:44',
    '["a.b"].indexes.f_1 s.yaml:7:9',
    '["a.b"].indexes.mine s.yaml:8:9',
    '["a.b"].checks.k s.yaml:13:7',
    '["a.b"].links.l s.yaml:11:7',
  ]);
});
