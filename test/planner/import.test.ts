import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { acceptDeclaration } from '../../src/planner/import/accept.ts';
import { importCollection } from '../../src/planner/import/collection.ts';
import type { CollectionState, DatabaseState, Schema } from '../../src/state/types.ts';
import { type Doc, doc, docOf, int, scalar, type Value } from '../../src/state/value.ts';
import { runs } from '../support/generators.ts';
import { expanded, listedIndex, live } from './listings.ts';
import { databaseOf, diffOf } from './support.ts';

describe('a collection as it is listed, declared', () => {
  const size = scalar('long', '6000000000');
  test.each<[what: string, options: Doc, type: string, expected: Readonly<Record<string, Value>>]>([
    [
      'capped',
      docOf({ capped: true, size: scalar('double', '5120.0'), max: int(10) }),
      'collection',
      { capped: true, size: int(5120), max: int(10) },
    ],
    ['capped, and large', docOf({ capped: true, size }), 'collection', { capped: true, size }],
    [
      'clustered',
      docOf({ clusteredIndex: docOf({ v: int(2), key: docOf({ _id: int(1) }), name: '_id_', unique: true }) }),
      'collection',
      { clusteredIndex: docOf({ key: docOf({ _id: int(1) }), name: '_id_', unique: true }) },
    ],
    [
      'a time series',
      docOf({
        expireAfterSeconds: scalar('long', '3600'),
        timeseries: docOf({ timeField: 't', granularity: 'seconds', bucketMaxSpanSeconds: int(3600) }),
      }),
      'timeseries',
      {
        expireAfterSeconds: int(3600),
        timeseries: docOf({ timeField: 't', granularity: 'seconds', bucketMaxSpanSeconds: int(3600) }),
      },
    ],
    [
      'a view: its pipeline keeps its types',
      docOf({ viewOn: 'x', pipeline: [docOf({ $limit: scalar('long', '5') })], collation: expanded('de') }),
      'view',
      { viewOn: 'x', pipeline: [docOf({ $limit: scalar('long', '5') })], collation: docOf({ locale: 'de' }) },
    ],
    [
      'images',
      docOf({ changeStreamPreAndPostImages: docOf({ enabled: true }) }),
      'collection',
      { changeStreamPreAndPostImages: docOf({ enabled: true }) },
    ],
    ['what the language may not know', docOf({ recordPreImages: true }), 'collection', { recordPreImages: true }],
  ])('%s', (_, options, type, expected) => {
    const declared = importCollection('c', live(options, [], type));
    expect(declared.options).toEqual(expected);
    expect(declared).toMatchObject({ type, fields: [], indexes: [], validation: null, unmanaged: 'report' });
  });

  test('a validator is raw, with level and action', () => {
    const rule = docOf({ $jsonSchema: docOf({ required: ['a'] }) });
    const validated = importCollection('c', live(docOf({ validator: rule, validationAction: 'warn' })));
    expect(validated.options).toEqual({});
    expect(validated.validation).toEqual({
      source: 'raw',
      validator: docOf({ rule, level: 'strict', action: 'warn' }),
      milestone: null,
    });
    expect(importCollection('c', live(docOf({ validator: doc(), validationLevel: 'moderate' }))).validation).toBeNull();
  });
});

describe('what the language does not take', () => {
  const options = (index: Doc): CollectionState => live(doc(), [index, listedIndex('ok', doc(['ok', int(1)]))]);

  test('is left out alone, with its reason and as it would be written', () => {
    const listed = listedIndex('a_1', doc(['a', int(1)]), { prepareUnique: true });
    const { collection, refused } = acceptDeclaration(importCollection('c', options(listed)));
    expect(collection?.indexes.map(({ name }) => name)).toEqual(['ok']);
    expect(refused).toEqual([
      {
        address: 'c.indexes.a_1',
        why: '"prepareUnique" is not an index option',
        yaml: ['indexes: [{ key: { a: 1 }, prepareUnique: true }]'],
      },
    ]);
  });

  test('a name that no declaration can have leaves the collection out whole', () => {
    const { collection, refused } = acceptDeclaration(
      importCollection('x'.repeat(230), options(listedIndex('a_1', doc(['a', int(1)])))),
    );
    expect(collection).toBeNull();
    expect(refused).toHaveLength(1);
    expect(refused[0]?.why).toContain('200 bytes');
    expect(refused[0]?.yaml.join('\n')).toContain('key: { a: 1 }');
  });

  test('nothing is refused that can be said', () => {
    const declared = importCollection('c', options(listedIndex('a_1', doc(['a', int(1)]), { unique: true })));
    expect(acceptDeclaration(declared)).toEqual({ collection: declared, refused: [] });
  });
});

const schemaFrom = ({ collections }: DatabaseState): Schema => ({
  milestones: [],
  formats: {},
  unmanaged: 'report',
  collections: Object.entries(collections).map(([name, state]) => importCollection(name, state)),
});

test('the plan from what was imported is empty', () => {
  const field = fc.constantFrom('a', 'b', 'a_1', 'a.b', '2024');
  const key = fc.uniqueArray(fc.tuple(field, fc.constantFrom('1', '-1')), { minLength: 1, selector: ([name]) => name });
  const words = fc.subarray(['unique', 'sparse', 'hidden', 'ttl=60']);
  const index = fc.tuple(fc.string({ unit: fc.constantFrom('a', '_', '1', 'b'), minLength: 1 }), key, words);
  /** A server holds only one index of a signature. */
  const signature = ([, fields, on]: readonly [string, unknown, readonly string[]]): string =>
    JSON.stringify([fields, on.includes('unique'), on.includes('sparse')]);
  const listing = fc.uniqueArray(index, { maxLength: 6, selector: signature }).map((all) =>
    Object.fromEntries(
      all.map(([name, fields, on]) => {
        const written = `${fields.map((part) => part.join(':')).join(',')} ${on.join(' ')}`.trim();
        const generated = fields.map(([of, direction]) => `${of}_${direction}`).join('_');
        return [name.length % 2 === 0 ? name : generated, written];
      }),
    ),
  );
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('c', 'd.e', '2024'), listing), (collections) => {
      const state = databaseOf(collections);
      const diff = diffOf({ live: state, schema: schemaFrom(state) });
      expect(diff.changes).toEqual([]);
      expect(diff.unmanaged).toEqual([]);
    }),
    runs,
  );
});

/** Indexes as servers list them, each with something to lose. */
const pool: readonly Doc[] = [
  listedIndex('a_1', doc(['a', int(1)])),
  listedIndex('mine', doc(['a', int(1)], ['2024', scalar('double', '-1.0')]), { unique: true, sparse: false }),
  listedIndex('p_1', doc(['p', int(1)]), {
    partialFilterExpression: docOf({ b: docOf({ $gt: scalar('long', '5') }), a: int(1) }),
  }),
  listedIndex('t_1', doc(['t', int(1)]), { expireAfterSeconds: scalar('long', '60'), hidden: true }),
  listedIndex('h_hashed', doc(['h', 'hashed'])),
  listedIndex('g_2dsphere', doc(['g', '2dsphere']), { '2dsphereIndexVersion': int(2) }),
  listedIndex('l_2d', doc(['l', '2d']), { bits: int(26), min: int(-10), max: scalar('double', '180.0') }),
  listedIndex('$**_1', doc(['$**', int(1)]), { wildcardProjection: docOf({ a: int(1), _id: int(0) }) }),
  listedIndex('words', doc(['s', int(1)], ['_fts', 'text'], ['_ftsx', int(1)], ['z', int(1)]), {
    weights: docOf({ k: int(5), y: int(1) }),
    default_language: 'none',
    language_override: 'language',
    textIndexVersion: int(3),
  }),
  listedIndex('c_1', doc(['c', int(1)]), { collation: expanded('en', { strength: int(2) }) }),
  listedIndex('c_fr', doc(['c', int(1)]), { collation: expanded('fr_CA', { backwards: true }) }),
  listedIndex('e_1', doc(['e', int(1)]), { storageEngine: docOf({ wiredTiger: doc() }) }),
];

const series = docOf({ timeField: 't', granularity: 'minutes', bucketMaxSpanSeconds: int(86_400) });
const kinds: readonly (readonly [type: string, options: Doc])[] = [
  ['collection', doc()],
  ['collection', docOf({ capped: true, size: int(5120), max: int(2147483647) })],
  ['collection', docOf({ collation: expanded('fr_CA', { backwards: true }) })],
  ['collection', docOf({ clusteredIndex: docOf({ v: int(2), key: docOf({ _id: int(1) }), name: 'x', unique: true }) })],
  ['collection', docOf({ validator: docOf({ a: docOf({ $type: 'int' }) }), validationAction: 'warn' })],
  ['collection', docOf({ changeStreamPreAndPostImages: docOf({ enabled: true }), recordPreImages: true })],
  ['timeseries', docOf({ timeseries: series, expireAfterSeconds: scalar('long', '60') })],
  ['view', docOf({ viewOn: 'x', pipeline: [docOf({ $limit: scalar('long', '5') })], collation: expanded('de') })],
];

test('the plan from whatever servers list is empty, and nothing of it is unmanaged', () => {
  const picked = fc
    .tuple(fc.constantFrom(...kinds), fc.subarray([...pool]))
    .map(([[type, options], indexes]) => live(options, type === 'view' ? [] : indexes, type));
  fc.assert(
    fc.property(picked, (state) => {
      const database = { collections: { c: state } };
      const diff = diffOf({ live: database, schema: schemaFrom(database) });
      expect(diff.changes).toEqual([]);
      expect(diff.unmanaged).toEqual([]);
    }),
    runs,
  );
});
