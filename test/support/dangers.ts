import type { Db, Document } from 'mongodb';
import { parse } from 'yaml';

/** A hazard or a violation. */
export interface Counted {
  readonly code: string;
  readonly address: string;
  readonly count?: number;
  readonly message?: string;
  readonly sample?: readonly unknown[];
}

/** Structure that the data of one collection is against. */
export interface Row {
  readonly what: string;
  readonly schema: string;
  readonly documents: readonly Document[];
  readonly prepare?: (db: Db) => Promise<unknown>;
  readonly hazards?: readonly Omit<Counted, 'sample'>[];
  readonly violations?: readonly Counted[];
  readonly exit: 20 | 22;
  /** The first server that knows what is declared. */
  readonly since?: string;
  /** What an older server makes of it: the first entry whose version is not reached. */
  readonly before?: Readonly<Record<string, Partial<Row>>>;
}

export const of = (count: number, make: (at: number) => Document): readonly Document[] =>
  Array.from({ length: count }, (_, at) => ({ _id: at, ...make(at) }));
/** When documents expired long ago, and when none has. */
export const long = new Date('2020-01-01T00:00:00Z');
export const late = new Date('2099-01-01T00:00:00Z');
export const number = (value: number): unknown => ({ $numberInt: String(value) });

const indexed = (
  db: Db,
  index: Parameters<ReturnType<Db['collection']>['createIndexes']>[0][number],
): Promise<unknown> => db.collection('c').createIndexes([index]);

export const indexRows: readonly Row[] = [
  {
    what: 'a unique index where five documents share two keys',
    schema: 'c: { indexes: [ { key: { email: 1 }, unique: true } ] }',
    documents: of(20, (at) => ({ email: at < 3 ? 'a' : at < 5 ? 'b' : `own${at}` })),
    violations: [
      {
        code: 'duplicate',
        address: 'c.indexes.email_1',
        count: 5,
        message: '5 documents share 2 keys that must be unique',
        sample: [number(0), number(3), number(2), number(4)],
      },
    ],
    exit: 22,
  },
  {
    what: 'a unique index over subdocuments of arrays',
    schema: 'c: { indexes: [ { key: { "lines.sku": 1, "lines.lot": 1 }, unique: true } ] }',
    documents: of(4, (at) => ({
      lines: [{ sku: 'a', lot: at }, { sku: 'b', lot: 7 }, { sku: 'c' }].slice(0, at),
    })),
    violations: [
      { code: 'duplicate', address: 'c.indexes.lines.sku_1_lines.lot_1', count: 2, sample: [number(2), number(3)] },
    ],
    exit: 22,
  },
  {
    what: 'a unique index under a collation that calls the ids equal as well',
    schema: 'c: { indexes: [ { key: { email: 1 }, unique: true, collation: { locale: en, strength: 2 } } ] }',
    documents: [
      { _id: 'x', email: 'a' },
      { _id: 'X', email: 'A' },
      { _id: 'y', email: 'b' },
    ],
    violations: [{ code: 'duplicate', address: 'c.indexes.email_1', count: 2, sample: ['x', 'X'] }],
    exit: 22,
  },
  {
    what: 'a plain index that is to become unique',
    schema: 'c: { indexes: [ { key: { email: 1 }, unique: true } ] }',
    prepare: (db) => indexed(db, { key: { email: 1 } }),
    documents: of(4, (at) => ({ email: at < 2 ? 'a' : `own${at}` })),
    violations: [{ code: 'duplicate', address: 'c.indexes.email_1', count: 2 }],
    exit: 22,
    before: { '5.0.0': { hazards: [{ code: 'index-gap', address: 'c.indexes.email_1' }] } },
  },
  {
    what: 'a unique index under another collation',
    schema: 'c: { indexes: [ { key: { email: 1 }, unique: true, collation: { locale: en, strength: 2 } } ] }',
    documents: of(4, (at) => ({ email: ['a', 'A', 'b', 'c'][at] })),
    violations: [{ code: 'duplicate', address: 'c.indexes.email_1', count: 2 }],
    exit: 22,
  },
  {
    what: 'a TTL that deletes documents today',
    schema: 'c: { indexes: [ { key: { at: 1 }, expireAfterSeconds: 3600 } ] }',
    documents: of(100, (at) => ({ at: at < 41 ? long : late })),
    hazards: [{ code: 'ttl-expiry', address: 'c.indexes.at_1', count: 41 }],
    exit: 20,
  },
  {
    what: 'a TTL that comes to cover documents which it left alone',
    schema: 'c: { indexes: [ { key: { at: 1 }, expireAfterSeconds: 3600 } ] }',
    prepare: (db) => indexed(db, { key: { at: 1 }, expireAfterSeconds: 3600, partialFilterExpression: { gone: true } }),
    documents: of(10, (at) => ({ at: at < 4 ? long : late })),
    hazards: [{ code: 'ttl-expiry', address: 'c.indexes.at_1', count: 4 }],
    exit: 20,
    before: {
      '5.0.0': {
        hazards: [
          { code: 'index-gap', address: 'c.indexes.at_1' },
          { code: 'ttl-expiry', address: 'c.indexes.at_1', count: 4 },
        ],
      },
    },
  },
  {
    what: 'a TTL under the same name over another field',
    schema: 'c: { indexes: [ { key: { at: 1 }, name: ttl, expireAfterSeconds: 3600 } ] }',
    prepare: (db) => indexed(db, { key: { since: 1 }, name: 'ttl', expireAfterSeconds: 3600 }),
    documents: of(10, (at) => ({ at: at < 4 ? long : late, since: late })),
    hazards: [{ code: 'ttl-expiry', address: 'c.indexes.ttl', count: 4 }],
    exit: 20,
    before: {
      '5.0.0': {
        hazards: [
          { code: 'index-gap', address: 'c.indexes.ttl' },
          { code: 'ttl-expiry', address: 'c.indexes.ttl', count: 4 },
        ],
      },
    },
  },
  ...(
    [
      ['under another collation', '{}', '{ collation: { locale: en, strength: 2 } }', [{ a: 'x' }, { a: 'X' }], ''],
      ['without its filter', '{ partialFilterExpression: { b: 1 } }', '{}', [{ a: 1, b: 1 }, { a: 1 }], '5.0.0'],
      [
        'with a wider filter',
        '{ partialFilterExpression: { b: { $gt: 5 } } }',
        '{ partialFilterExpression: { b: { $gt: 1 } } }',
        [
          { a: 1, b: 6 },
          { a: 1, b: 2 },
        ],
        '5.0.0',
      ],
      ['that holds what is missing too', '{ sparse: true }', '{}', [{ b: 1 }, { b: 2 }], '5.0.0'],
    ] as const
  ).map(([what, then, now, documents, gapBefore]): Row => {
    const declared = (options: string): string =>
      `{ key: { a: 1 }, unique: true, ${options.slice(1, -1).trim()} }`.replace(', }', ' }');
    return {
      what: `a unique index ${what}`,
      schema: `c: { indexes: [ ${declared(now)} ] }`,
      prepare: (db) => indexed(db, { key: { a: 1 }, unique: true, ...(parse(then) as object) }),
      documents: documents.map((one, _id) => ({ _id, ...one })),
      violations: [{ code: 'duplicate', address: 'c.indexes.a_1', count: 2, sample: [number(0), number(1)] }],
      exit: 22,
      ...(gapBefore === ''
        ? {}
        : { before: { [gapBefore]: { hazards: [{ code: 'index-gap', address: 'c.indexes.a_1' }] } } }),
    };
  }),
  {
    what: 'a unique index that gets the collation of its collection, which is copied for it',
    schema: 'c: { options: { collation: { locale: en, strength: 2 } }, indexes: [ { key: { a: 1 }, unique: true } ] }',
    prepare: (db) => indexed(db, { key: { a: 1 }, unique: true }),
    documents: [
      { _id: 0, a: 'x' },
      { _id: 1, a: 'X' },
    ],
    hazards: [{ code: 'recreate-collection', address: 'c', count: 2 }],
    violations: [{ code: 'duplicate', address: 'c.indexes.a_1', count: 2 }],
    exit: 22,
  },
  {
    what: 'a strict validator that 312 documents fail',
    schema: 'c: { validation: { level: strict, action: error }, fields: { total: { type: int, minimum: 0 } } }',
    documents: of(1000, (at) => ({ total: at < 312 ? -1 : at })),
    violations: [{ code: 'validator', address: 'c.validator', count: 312 }],
    exit: 22,
  },
  {
    what: 'a moderate validator that 312 documents fail',
    schema: 'c: { validation: { level: moderate, action: error }, fields: { total: { type: int, minimum: 0 } } }',
    documents: of(1000, (at) => ({ total: at < 312 ? -1 : at })),
    hazards: [{ code: 'tighten-validator', address: 'c.validator', count: 312 }],
    exit: 20,
  },
  {
    what: 'a compound index over two arrays',
    schema: 'c: { indexes: [ { key: { a: 1, b: 1 } } ] }',
    documents: of(9, (at) => ({ a: [at], b: at < 2 ? [1] : 1 })),
    violations: [{ code: 'parallel-arrays', address: 'c.indexes.a_1_b_1', count: 2, sample: [number(0), number(1)] }],
    exit: 22,
  },
  {
    what: 'a hashed index over an array',
    schema: 'c: { indexes: [ { key: { a: hashed } } ] }',
    documents: of(3, (at) => ({ a: at === 1 ? [1] : 1 })),
    violations: [{ code: 'parallel-arrays', address: 'c.indexes.a_hashed', count: 1, sample: [number(1)] }],
    exit: 22,
  },
  {
    what: 'a map of the sphere over what is no place on it',
    schema: 'c: { indexes: [ { key: { "stops.at": 2dsphere } } ] }',
    documents: [
      { _id: 0, stops: [{ at: { type: 'Point', coordinates: [1, 2] } }, {}] },
      {
        _id: 1,
        stops: [{ at: { type: 'Point', coordinates: [1, 2] } }, { at: { type: 'Point', coordinates: [200, 2] } }],
      },
      { _id: 2, stops: { at: 'Hamburg' } },
      { _id: 3, stops: null },
    ],
    violations: [
      { code: 'not-indexable', address: 'c.indexes.stops.at_2dsphere', count: 2, sample: [number(1), number(2)] },
    ],
    exit: 22,
  },
  {
    what: 'a plane map whose bounds leave places out',
    schema: 'c: { indexes: [ { key: { at: 2d }, min: -10, max: 10 } ] }',
    documents: of(12, (at) => ({ at: [at, 0] })),
    violations: [{ code: 'not-indexable', address: 'c.indexes.at_2d', count: 1, sample: [number(11)] }],
    exit: 22,
  },
  {
    what: 'a text index over documents that name a language of their own',
    schema: 'c: { indexes: [ { key: { "parts.text": text } } ] }',
    documents: [
      { _id: 0, language: 'French', parts: [{ text: 'x', language: 'none' }] },
      { _id: 1, parts: [{ text: 'x' }, { text: 'x', language: 'klingon' }] },
      { _id: 2, language: null },
    ],
    violations: [
      { code: 'not-indexable', address: 'c.indexes.parts.text_text', count: 2, sample: [number(1), number(2)] },
    ],
    exit: 22,
  },
];
