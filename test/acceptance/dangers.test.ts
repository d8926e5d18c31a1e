import type { Db, Document } from 'mongodb';
import semver from 'semver';
import { describe, expect, inject, test } from 'vitest';
import { parse } from 'yaml';
import { schemaFile } from '../support/schema.ts';
import { must, useSite } from '../support/site.ts';

/** Structure that the data is against: what the plan counts, and that apply has changed nothing. */
const site = useSite('dangers');

interface Counted {
  readonly code: string;
  readonly address: string;
  readonly count?: number;
  readonly message?: string;
  readonly sample?: readonly unknown[];
}

interface Row {
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

const of = (count: number, make: (at: number) => Document): readonly Document[] =>
  Array.from({ length: count }, (_, at) => ({ _id: at, ...make(at) }));
const long = new Date('2020-01-01T00:00:00Z');
const late = new Date('2099-01-01T00:00:00Z');
const number = (value: number): unknown => ({ $numberInt: String(value) });

const rows: readonly Row[] = [
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
    prepare: (db) => db.collection('c').createIndex({ email: 1 }),
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
    prepare: (db) =>
      db.collection('c').createIndex({ at: 1 }, { expireAfterSeconds: 3600, partialFilterExpression: { gone: true } }),
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
    prepare: (db) => db.collection('c').createIndex({ since: 1 }, { name: 'ttl', expireAfterSeconds: 3600 }),
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
      prepare: (db) => db.collection('c').createIndex({ a: 1 }, { unique: true, ...(parse(then) as object) }),
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
    prepare: (db) => db.collection('c').createIndex({ a: 1 }, { unique: true }),
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
  {
    what: 'a copy into a collation under which ids are equal',
    schema: 'c: { options: { collation: { locale: en, strength: 1 } } }',
    documents: [{ _id: 'a' }, { _id: 'A' }, { _id: 'b' }],
    hazards: [{ code: 'recreate-collection', address: 'c', count: 3 }],
    violations: [{ code: 'duplicate', address: 'c', count: 2 }],
    exit: 22,
  },
  {
    what: 'a capped collection that becomes smaller',
    schema: 'c: { options: { capped: true, size: 4096 } }',
    prepare: (db) =>
      db
        .collection('c')
        .drop()
        .then(() => db.createCollection('c', { capped: true, size: 100_000 })),
    documents: of(50, () => ({ text: 'x'.repeat(200) })),
    // 50 documents of 225 bytes each: about so many do not fit into 4096.
    hazards: [{ code: 'shrink-capped', address: 'c', count: 32 }],
    exit: 20,
    before: {
      '6.0.0': {
        hazards: [
          { code: 'recreate-collection', address: 'c', count: 50 },
          { code: 'shrink-capped', address: 'c', count: 32 },
        ],
      },
    },
  },
  {
    what: 'a copy into a cap that not all documents fit under',
    schema: 'c: { options: { capped: true, size: 100000, max: 20 } }',
    documents: of(50, () => ({ text: 'x' })),
    hazards: [
      { code: 'recreate-collection', address: 'c', count: 50 },
      { code: 'shrink-capped', address: 'c', count: 30 },
    ],
    exit: 20,
  },
  {
    what: 'a document that is larger than the cap',
    schema: 'c: { options: { capped: true, size: 4096 } }',
    documents: of(3, (at) => ({ text: 'x'.repeat(at === 1 ? 5000 : 1) })),
    hazards: [
      { code: 'recreate-collection', address: 'c', count: 3 },
      { code: 'shrink-capped', address: 'c', count: 1 },
    ],
    exit: 20,
    before: { '5.0.0': { violations: [{ code: 'too-large', address: 'c', count: 1 }], exit: 22 } },
  },
  {
    what: 'a copy into a clustered collection whose TTL deletes documents today',
    schema: 'c: { options: { clusteredIndex: { key: { _id: 1 }, unique: true }, expireAfterSeconds: 3600 } }',
    documents: [...of(3, () => ({})), { _id: long }, { _id: new Date(long.getTime() + 1) }, { _id: late }],
    hazards: [
      { code: 'recreate-collection', address: 'c', count: 6 },
      { code: 'ttl-expiry', address: 'c', count: 2 },
    ],
    exit: 20,
    since: '6.0.0',
  },
  {
    what: 'the TTL of a clustered collection that becomes shorter',
    schema: 'c: { options: { clusteredIndex: { key: { _id: 1 }, unique: true }, expireAfterSeconds: 3600 } }',
    prepare: async (db) => {
      await db.collection('c').drop();
      const clusteredIndex = { key: { _id: 1 }, unique: true };
      await db.createCollection('c', { clusteredIndex, expireAfterSeconds: 1_500_000_000 } as object);
    },
    documents: [{ _id: 1 }, { _id: long }, { _id: late }],
    hazards: [{ code: 'ttl-expiry', address: 'c', count: 1 }],
    exit: 20,
    since: '6.0.0',
  },
];

describe('the plan counts what the data has against it, and apply changes nothing', () => {
  const known = rows.filter(({ since }) => since === undefined || semver.gte(inject('server'), since));
  test.each(known)('$what', async (row) => {
    const [older] = Object.entries(row.before ?? {}).filter(([version]) => semver.lt(inject('server'), version));
    const { schema, documents, prepare, hazards = [], violations = [], exit } = { ...row, ...older?.[1] };
    const db = await site.fresh();
    await db.createCollection('c');
    await prepare?.(db);
    await db.collection('c').insertMany([...documents]);
    const file = await schemaFile(`version: 1\ncollections: { ${schema} }\n`);
    const before = await site.hash();
    const { out } = await must(0, site.run(['plan', '--format', 'json', '--schema', file]));
    const plan = JSON.parse(out) as { hazards: Counted[]; violations: Counted[] };
    expect(plan.hazards.map(({ code, address, count }) => ({ code, address, count }))).toEqual(hazards);
    expect(plan.violations).toHaveLength(violations.length);
    for (const [at, violation] of violations.entries()) expect(plan.violations[at]).toMatchObject(violation);
    await must(exit, site.run(['plan', '--detailed-exitcode', '--schema', file]));
    await must(exit, site.run(['apply', '--auto-approve', '--schema', file]));
    const allowed = hazards.map(({ code }) => code).join(',');
    if (exit === 22 && allowed !== '')
      await must(22, site.run(['apply', '--auto-approve', '--allow', allowed, '--schema', file]));
    expect(await site.hash()).toBe(before);
    expect(await db.listCollections({ name: /^schemactl_/ }).toArray()).toEqual([]);
  });

  test('a cap that is allowed to lose the oldest documents keeps the newest; the rest lies in the trash', async () => {
    const db = await site.fresh();
    await db.collection('c').insertMany([...of(50, () => ({ text: 'x' }))]);
    const file = await schemaFile(
      'version: 1\ncollections: { c: { options: { capped: true, size: 100000, max: 20 } } }\n',
    );
    const allow = ['--allow', 'recreate-collection,shrink-capped'];
    await must(0, site.run(['apply', '--auto-approve', '--schema', file, ...allow]));
    const kept = await db.collection('c').find().sort({ _id: 1 }).toArray();
    expect(kept.map(({ _id }) => _id as unknown)).toEqual(Array.from({ length: 20 }, (_, at) => at + 30));
    const [trash] = await db.listCollections({ name: /^schemactl_trash_/ }).toArray();
    expect(await db.collection(trash?.name ?? '').countDocuments()).toBe(50);
    await must(0, site.run(['plan', '--detailed-exitcode', '--schema', file]));
  });

  test('a default in a collection that becomes capped is refused before the first write, and can be filled in first', async () => {
    const db = await site.fresh();
    await db.collection('c').insertMany([...of(5, () => ({ text: 'x' }))]);
    const file = await schemaFile(
      'version: 1\ncollections: { c: { options: { capped: true, size: 100000 }, fields: { n: { type: int, default: 1 } } } }\n',
    );
    const apply = ['apply', '--auto-approve', '--allow', 'recreate-collection', '--schema', file];
    const before = await site.hash();
    const { err } = await must(20, site.run(apply));
    expect(err).toContain('schemactl apply --only c.fields.n');
    expect(await site.hash()).toBe(before);
    await must(0, site.run([...apply, '--only', 'c.fields.n']));
    await must(0, site.run(apply));
    expect(await db.collection('c').countDocuments({ n: 1 })).toBe(5);
    await must(0, site.run(['plan', '--detailed-exitcode', '--schema', file]));
  });

  test('a validator that only warns says how many documents fail it', async () => {
    const db = await site.fresh();
    await db.collection('c').insertMany([...of(5, (at) => ({ a: at }))]);
    const file = await schemaFile(
      'version: 1\ncollections: { c: { validation: { level: strict, action: warn }, fields: { a: { type: int, maximum: 2 } } } }\n',
    );
    const { out } = await must(0, site.run(['plan', '--schema', file]));
    expect(out).toContain('validator-warns: 2 documents fail it');
    await must(0, site.run(['apply', '--auto-approve', '--schema', file]));
  });

  test('documents that fail the validator while it is put on take it back: 23, and it can be rolled back', async () => {
    const db = await site.fresh();
    await db.collection('c').insertMany([...of(5, (at) => ({ a: at }))]);
    const file = await schemaFile(
      'version: 1\ncollections: { c: { validation: { level: strict, action: error }, fields: { a: { type: int } } } }\n',
    );
    const path = `${file}.plan.json`;
    await must(0, site.run(['plan', '--schema', file, '--out', path]));
    await db.collection('c').insertOne({ _id: 99, a: 'text' } as Document);
    const { err } = await must(22, site.run(['apply', path]));
    expect(err).toContain('c.validator');
    const [info] = await db.listCollections({ name: 'c' }).toArray();
    expect((info as { options?: Document } | undefined)?.options?.['validator']).toBeUndefined();
  });
});
