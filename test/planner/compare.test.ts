import { describe, expect, test } from 'vitest';
import { compareStructures, type Difference } from '../../src/planner/compare.ts';
import { declaredStructure, liveStructure, type Structure } from '../../src/planner/structure.ts';
import { diffText } from '../../src/report/diff.ts';
import { plainTheme } from '../../src/report/theme.ts';
import type { CollectionState } from '../../src/state/types.ts';
import { doc, docOf, int, scalar } from '../../src/state/value.ts';
import { expanded, listedIndex, live } from './listings.ts';
import { databaseOf, schemaOf } from './support.ts';

const declared = (collections: string): Structure => declaredStructure(schemaOf(collections));
const database = (collections: Parameters<typeof databaseOf>[0]): Structure => liveStructure(databaseOf(collections));
const one = (state: CollectionState): Structure => liveStructure({ collections: { c: state } });

/** `~ c.indexes.a_1 key unique` */
const line = ({ change, address, kind, parts }: Difference): string =>
  [{ added: '+', removed: '-', changed: '~' }[change], address, kind, ...parts.map(({ name }) => name)].join(' ');
const lines = (a: Structure, b: Structure): readonly string[] => compareStructures(a, b).map(line);

/** What is the same one way is the same the other way; what is not, is the other way round. */
function expectBothWays(a: Structure, b: Structure, expected: readonly string[]): void {
  expect(lines(a, b)).toEqual(expected);
  const turned = { '+': '-', '-': '+', '~': '~' } as const;
  const back = expected.map((text) => `${turned[text.charAt(0) as '+']}${text.slice(1)}`);
  expect([...lines(b, a)].sort()).toEqual(back.sort());
}

describe('two databases', () => {
  test.each<
    [
      what: string,
      a: Parameters<typeof databaseOf>[0],
      b: Parameters<typeof databaseOf>[0],
      expected: readonly string[],
    ]
  >([
    ['the same', { c: { a_1: 'a:1' } }, { c: { a_1: 'a:1' } }, []],
    ['our own collections are left out', { schemactl_runs: {} }, { schemactl_lock: {} }, []],
    ['collections, each whole', { c: { a_1: 'a:1' } }, { d: {} }, ['- c collection', '+ d collection']],
    ['indexes', { c: { a_1: 'a:1' } }, { c: { b_1: 'b:1' } }, ['- c.indexes.a_1 index', '+ c.indexes.b_1 index']],
    ['a key', { c: { x: 'a:1,b:1' } }, { c: { x: 'b:1,a:1' } }, ['~ c.indexes.x index key']],
    [
      'options',
      { c: { x: 'a:1 unique' } },
      { c: { x: 'a:1 hidden ttl=5' } },
      ['~ c.indexes.x index expireAfterSeconds hidden unique'],
    ],
    [
      'names are given by somebody',
      { c: { x: 'a:1' } },
      { c: { y: 'a:1' } },
      ['- c.indexes.x index', '+ c.indexes.y index'],
    ],
    ['names that need brackets', { 'a.b': {} }, {}, ['- ["a.b"] collection']],
  ])('%s', (_, a, b, expected) => {
    expectBothWays(database(a), database(b), expected);
  });
});

describe('a schema and a database', () => {
  test.each<[what: string, schema: string, live: Parameters<typeof databaseOf>[0], expected: readonly string[]]>([
    ['a name that the schema did not give', '{ c: { indexes: [{ key: { a: 1 } }] } }', { c: { mine: 'a:1' } }, []],
    [
      'a name that it gave',
      '{ c: { indexes: [{ key: { a: 1 }, name: x }] } }',
      { c: { mine: 'a:1' } },
      ['+ c.indexes.mine index', '- c.indexes.x index'],
    ],
    [
      'a name of the database that is another index’s generated name',
      '{ c: { indexes: [{ key: { a: 1 } }, { key: { b: 1 } }] } }',
      { c: { a_1: 'b:1', b_1: 'a:1' } },
      [],
    ],
    [
      'the same name with other options',
      '{ c: { indexes: [{ key: { a: 1 }, unique: true }] } }',
      { c: { a_1: 'a:1' } },
      ['~ c.indexes.a_1 index unique'],
    ],
    ['fields, links and checks are no structure', '{ c: { fields: { a: { type: int, default: 1 } } } }', { c: {} }, []],
    ['what must exist is there', '{ c: { mustExist: true } }', { c: {} }, []],
    ['what must not be there is not', '{ c: { indexes: [{ key: { a: 1 }, absent: true }] } }', { c: {} }, []],
  ])('%s', (_, schema, state, expected) => {
    expectBothWays(declared(schema), database(state), expected);
  });

  test('what a server fills in, orders otherwise or rounds is no difference', () => {
    const schema = `{ c: {
      validator: { $jsonSchema: { required: [b, a] } },
      indexes: [
        { key: { z: text, a: text, n: 1 }, weights: { a: 2 } },
        { key: { g: 2dsphere } },
        { key: { l: 2d }, bits: 26 },
        { key: { c: 1 }, collation: { locale: de } },
      ] } }`;
    const weights = docOf({ a: int(2), z: int(1) });
    const listed = live(docOf({ validator: docOf({ $jsonSchema: docOf({ required: ['a', 'b'] }) }) }), [
      listedIndex('z_text_a_text_n_1', doc(['_fts', 'text'], ['_ftsx', int(1)], ['n', int(1)]), {
        weights,
        default_language: 'english',
        language_override: 'language',
        textIndexVersion: int(3),
      }),
      listedIndex('g_2dsphere', doc(['g', '2dsphere']), { '2dsphereIndexVersion': int(3) }),
      listedIndex('l_2d', doc(['l', '2d'])),
      listedIndex('c_1', doc(['c', int(1)]), { collation: expanded('de') }),
    ]);
    expectBothWays(declared(schema), one(listed), []);
  });
});

describe('collections that both have', () => {
  const plain = live(doc());
  const capped = live(docOf({ capped: true, size: int(4096) }));
  const rule = docOf({ a: int(1) });
  const validated = live(docOf({ validator: rule }));
  test.each<[what: string, a: CollectionState, b: CollectionState, expected: readonly string[]]>([
    ['options', plain, capped, ['~ c options capped size']],
    ['a size by its value', capped, live(docOf({ capped: true, size: scalar('double', '4096.0') })), []],
    ['a validator on one side', plain, validated, ['+ c.validator validator']],
    [
      'parts of a validator',
      validated,
      live(docOf({ validator: docOf({ a: int(2) }), validationLevel: 'moderate' })),
      ['~ c.validator validator level rule'],
    ],
    ['types', plain, live(docOf({ viewOn: 'x', pipeline: [] }), [], 'view'), ['~ c collection type']],
  ])('%s', (_, a, b, expected) => {
    expectBothWays(one(a), one(b), expected);
  });
});

describe('as text', () => {
  const text = (a: Structure, b: Structure, same = 0): string =>
    diffText(
      {
        a: { kind: 'schema', name: 'schema/', text: 'schema/ (1 file, 2 collections)' },
        b: { kind: 'live', name: 'shop', text: 'shop on rs0 (MongoDB 6.0.5)' },
        differences: compareStructures(a, b),
        same,
      },
      plainTheme,
    );

  test('word for word', () => {
    const series = live(docOf({ timeseries: docOf({ timeField: 't' }) }), [], 'timeseries');
    const a = liveStructure({
      collections: {
        c: live(docOf({ capped: true, size: int(4096) }), [listedIndex('x', doc(['a', int(1)]), { unique: true })]),
        gone: live(docOf({ validator: docOf({ a: int(1) }) }), [listedIndex('a_1', doc(['a', int(1)]))]),
      },
    });
    const b = liveStructure({
      collections: {
        c: live(docOf({ validator: docOf({ a: int(1) }) }), [
          listedIndex('x', doc(['a', int(1)], ['b', int(-1)])),
          listedIndex('y', doc(['y', int(1)]), { sparse: true }),
        ]),
        series,
      },
    });
    expect(text(a, b, 1)).toBe(
      [
        'schemactl diff',
        '  A  schema/ (1 file, 2 collections)',
        '  B  shop on rs0 (MongoDB 6.0.5)',
        '',
        '  - collection  gone                            a validator, 1 index',
        '  + time series series                          time series by seconds',
        '',
        'c',
        '  ~ options     capped, 4096 bytes → none',
        '  + validator',
        '  ~ index       x',
        '                key: { a: 1 } → { a: 1, b: -1 }',
        '                unique: true → none',
        '  + index       y                               { y: 1 }, sparse',
        '',
        '  = 1 collection the same',
        '',
        '6 differences: 1 only in A (-), 3 only in B (+), 2 changed (~).',
        '',
      ].join('\n'),
    );
  });

  test('no difference, in one sentence; no character of a name acts on the terminal', () => {
    expect(text(database({ c: {} }), database({ c: {} }), 1)).toContain('\nThe same structure: 1 collection.\n');
    expect(text(database({ 'a\u001b[31m': { 'b\u202e': 'a:1' } }), database({}))).not.toContain('\u001b');
    expect(text(database({ c: { 'b\u202e\u001b': 'a:1' } }), database({ c: {} }))).not.toMatch(/[\u202e\u001b]/);
  });
});
