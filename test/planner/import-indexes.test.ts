import { describe, expect, test } from 'vitest';
import { importCollection } from '../../src/planner/import/collection.ts';
import type { IndexDeclaration } from '../../src/state/types.ts';
import { type Doc, doc, docOf, int, scalar, type Value } from '../../src/state/value.ts';
import { expanded, listedIndex, live } from './listings.ts';

/** An index as it is imported: name, key and options in one line each. */
function imported(index: Doc, options: Doc = doc()): Pick<IndexDeclaration, 'name' | 'key' | 'options'> | null {
  const [found] = importCollection('c', live(options, [index])).indexes;
  return found === undefined ? null : { name: found.name, key: found.key, options: found.options };
}

const text = (weights: Doc, more: Readonly<Record<string, Value>> = {}): Readonly<Record<string, Value>> => ({
  weights,
  default_language: 'english',
  language_override: 'language',
  textIndexVersion: int(3),
  ...more,
});
const fts = doc(['_fts', 'text'], ['_ftsx', int(1)]);
const fr = expanded('fr_CA', { backwards: true });

type Row = readonly [what: string, index: Doc, options: Doc, expected: ReturnType<typeof imported>];

describe('an index as it is listed, declared', () => {
  test.each<Row>([
    [
      'a generated name is left out',
      listedIndex('a_1_b.c_-1', doc(['a', int(1)], ['b.c', int(-1)])),
      doc(),
      {
        name: null,
        key: [
          ['a', int(1)],
          ['b.c', int(-1)],
        ],
        options: {},
      },
    ],
    [
      'a number in a key keeps its value, and a double is the same number',
      listedIndex('a_1_b_5', doc(['a', scalar('double', '1.0')], ['b', scalar('long', '5')])),
      doc(),
      {
        name: null,
        key: [
          ['a', int(1)],
          ['b', int(5)],
        ],
        options: {},
      },
    ],
    [
      'any other name is kept',
      listedIndex('mine', doc(['a', int(1)])),
      doc(),
      { name: 'mine', key: [['a', int(1)]], options: {} },
    ],
    [
      'a TTL is an int, whatever was sent',
      listedIndex('a_1', doc(['a', int(1)]), { expireAfterSeconds: scalar('double', '60.0') }),
      doc(),
      { name: null, key: [['a', int(1)]], options: { expireAfterSeconds: int(60) } },
    ],
    [
      'false options are absent',
      listedIndex('a_1', doc(['a', int(1)]), { unique: true, sparse: false, background: true }),
      doc(),
      { name: null, key: [['a', int(1)]], options: { unique: true } },
    ],
    [
      'filters, projections and storage options are as listed',
      listedIndex('$**_1', doc(['$**', int(1)]), {
        wildcardProjection: docOf({ a: int(1), _id: false }),
        storageEngine: docOf({ wiredTiger: doc() }),
      }),
      doc(),
      {
        name: null,
        key: [['$**', int(1)]],
        options: {
          wildcardProjection: docOf({ a: int(1), _id: false }),
          storageEngine: docOf({ wiredTiger: doc() }),
        },
      },
    ],
    [
      'a text index has its fields back, in the place of _fts; what is usual is left out',
      listedIndex('a_1_b_text_z_1', doc(['a', int(1)], ...fts, ['z', int(1)]), text(docOf({ b: int(1) }))),
      doc(),
      {
        name: null,
        key: [
          ['a', int(1)],
          ['b', 'text'],
          ['z', int(1)],
        ],
        options: {},
      },
    ],
    [
      'a text index whose name tells another order of its fields keeps it; weights and languages that differ stay',
      listedIndex(
        't_text_s_text',
        fts,
        text(docOf({ s: int(1), t: int(5) }), { default_language: 'none', language_override: 'lang' }),
      ),
      doc(),
      {
        name: 't_text_s_text',
        key: [
          ['s', 'text'],
          ['t', 'text'],
        ],
        options: { weights: docOf({ t: int(5) }), default_language: 'none', language_override: 'lang' },
      },
    ],
    [
      'a text index on everything',
      listedIndex('$**_text', fts, text(doc(['$**', int(1)]))),
      doc(),
      { name: null, key: [['$**', 'text']], options: {} },
    ],
    [
      'geometry as listed, without the server’s version',
      listedIndex('p_2d', doc(['p', '2d']), { min: int(-10), max: scalar('double', '10.5'), bits: int(20) }),
      doc(),
      { name: null, key: [['p', '2d']], options: { min: int(-10), max: scalar('double', '10.5'), bits: int(20) } },
    ],
    [
      'an older 2dsphere index',
      listedIndex('p_2dsphere', doc(['p', '2dsphere']), { '2dsphereIndexVersion': int(2) }),
      doc(),
      { name: null, key: [['p', '2dsphere']], options: {} },
    ],
    [
      'the order of a clustered collection is no index',
      listedIndex('_id_', doc(['_id', int(1)]), { unique: true, clustered: true }),
      doc(),
      null,
    ],
    [
      'a collation of its own, as short as is sure',
      listedIndex('a_1', doc(['a', int(1)]), { collation: expanded('en', { strength: int(2) }) }),
      doc(),
      { name: null, key: [['a', int(1)]], options: { collation: docOf({ locale: 'en', strength: int(2) }) } },
    ],
    [
      'what is filled in for its locale alone is not written either',
      listedIndex('a_1', doc(['a', int(1)]), { collation: fr }),
      doc(),
      { name: null, key: [['a', int(1)]], options: { collation: docOf({ locale: 'fr_CA' }) } },
    ],
    [
      'but what differs from it is',
      listedIndex('a_1', doc(['a', int(1)]), { collation: expanded('fr_CA') }),
      doc(),
      { name: null, key: [['a', int(1)]], options: { collation: docOf({ locale: 'fr_CA', backwards: false }) } },
    ],
    [
      'the inherited collation needs no word',
      listedIndex('a_1', doc(['a', int(1)]), { collation: fr }),
      docOf({ collation: fr }),
      { name: null, key: [['a', int(1)]], options: {} },
    ],
    [
      'none, where one would be inherited, is simple',
      listedIndex('a_1', doc(['a', int(1)])),
      docOf({ collation: fr }),
      { name: null, key: [['a', int(1)]], options: { collation: docOf({ locale: 'simple' }) } },
    ],
  ])('%s', (_what, index, options, expected) => {
    expect(imported(index, options)).toEqual(expected);
  });

  test('indexes that differ in their options alone are told apart by their names', () => {
    const both = [
      listedIndex('a_1', doc(['a', int(1)])),
      listedIndex('a_1_sparse', doc(['a', int(1)]), { sparse: true }),
    ];
    expect(importCollection('c', live(doc(), both)).indexes.map(({ name }) => name)).toEqual([null, 'a_1_sparse']);
  });
});
