import fc from 'fast-check';
import { type Document, MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { connect } from '../../src/database/mongo.ts';
import type { Database } from '../../src/database/port.ts';
import { aggregateCommand, readAll } from '../../src/database/read.ts';
import { collationOf, duplicatesPipeline } from '../../src/planner/families/indexes/duplicates.ts';
import { docOf, int, toNumber, type Value } from '../../src/state/value.ts';
import { runs } from '../support/generators.ts';

/** The question about duplicates against what the server itself lets stand beside what. */
const name = 'test_duplicates';
let client: MongoClient;
let db: Database;
beforeAll(async () => {
  client = await new MongoClient(inject('uri')).connect();
  await client.db(name).dropDatabase();
  db = await connect({ url: inject('uri'), database: name, connectTimeoutMs: 10_000 });
});
afterAll(async () => {
  await client.db(name).dropDatabase();
  await db.close();
  await client.close();
});

interface Unique {
  readonly key: Readonly<Record<string, 1 | -1>>;
  readonly sparse?: true;
  readonly partialFilterExpression?: Document;
  readonly collation?: { readonly locale: string; readonly strength: number };
}

const documentOf = (value: Document): Value =>
  docOf(
    Object.fromEntries(
      Object.entries(value).map(([field, inner]): [string, Value] => [
        field,
        typeof inner === 'number'
          ? int(inner)
          : typeof inner === 'object'
            ? documentOf(inner as Document)
            : (inner as Value),
      ]),
    ),
  );

async function asked(documents: readonly Document[], { key, ...options }: Unique) {
  await client.db(name).collection('asked').deleteMany({});
  await client
    .db(name)
    .collection('asked')
    .insertMany(documents.map((one) => ({ ...one })));
  const index = {
    name: 'x',
    key: Object.entries(key).map(([field, direction]) => [field, int(direction)] as const),
    options: Object.fromEntries(documentOf(options) as Map<string, Value>),
  };
  const pipeline = duplicatesPipeline(index);
  const [found] = await readAll(db, aggregateCommand('asked', pipeline, collationOf(index)));
  return { documents: toNumber(found?.get('n')) ?? 0, keys: toNumber(found?.get('groups')) ?? 0 };
}

/** How many documents cannot stand beside one of the others, tried two by two. */
async function refused(documents: readonly Document[], { key, ...options }: Unique): Promise<number> {
  const pairs = client.db(name).collection('pairs');
  await pairs.drop().catch(() => false);
  await client.db(name).command({ createIndexes: 'pairs', indexes: [{ key, name: 'x', unique: true, ...options }] });
  const against = new Set<number>();
  for (const [at, one] of documents.entries()) {
    for (const [to, other] of documents.entries()) {
      if (to <= at) continue;
      await pairs.deleteMany({});
      await pairs.insertOne({ ...one });
      const clash = await pairs.insertOne({ ...other }).then(
        () => false,
        (error: unknown) => {
          if ((error as { code?: number }).code !== 11000) throw error;
          return true;
        },
      );
      if (clash) against.add(at).add(to);
    }
  }
  return against.size;
}

const unders: readonly Unique[] = [
  { key: { a: 1 } },
  { key: { 'a.b': 1 } },
  { key: { 'a.b': 1 }, sparse: true },
  { key: { 'a.b': 1, 'a.c': 1 } },
  { key: { 'a.b': 1, 'a.c': -1 }, sparse: true },
  { key: { a: 1, 'a.b': 1 } },
  { key: { x: 1, 'a.b': 1 } },
  { key: { 'a.b.c': 1 } },
  { key: { 'a.b': 1 }, partialFilterExpression: { x: { $gte: 1 } } },
  { key: { 'a.b': 1 }, collation: { locale: 'en', strength: 2 } },
  { key: { 'a.b': 1, x: 1 }, collation: { locale: 'en', strength: 1 }, sparse: true },
];

const leaf = fc.constantFrom<unknown>(1, 2, 'k', 'K', null, [], [1], [[1]], [1, 1], ['k', 'K'], {});
const inner = fc.record(
  { b: fc.oneof(leaf, fc.record({ c: leaf })), c: fc.constantFrom(1, 2, 'k') },
  { requiredKeys: [] },
);
const field = fc.oneof(leaf, inner, fc.array(fc.oneof(inner, leaf), { maxLength: 3 }));
const body = fc.record({ a: field, x: fc.constantFrom<unknown>(1, 'k', 'K', 0) }, { requiredKeys: [] });
const ids = ['i', 'I', 'j', 1, 2];

describe('documents that share a key', () => {
  test('are those that the server does not let stand beside each other', { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...unders),
        fc.array(body, { minLength: 2, maxLength: 5 }),
        async (unique, bodies) => {
          const documents = bodies.map((one, at) => ({ _id: ids[at], ...one })) as readonly Document[];
          fc.pre(documents.every((one) => !hasParallel(one, unique)));
          const { documents: count, keys } = await asked(documents, unique);
          expect([unique, documents, count]).toEqual([unique, documents, await refused(documents, unique)]);
          expect(keys > 0).toBe(count > 0);
        },
      ),
      { ...runs, numRuns: Number(process.env['DUPLICATES'] ?? 150) },
    );
  });

  /** Two arrays along one key are another violation (171). */
  const hasParallel = ({ a }: Document, { key }: Unique): boolean => {
    if (!('a.b' in key) || !('a.c' in key || 'a' in key)) return false;
    const all: unknown[] = Array.isArray(a) ? a : [a];
    return Array.isArray(a) && 'a' in key && all.some((one) => Array.isArray((one as Document | null)?.['b']));
  };

  test('ids that only the collation calls equal are two documents', async () => {
    const under: Unique = { key: { e: 1 }, collation: { locale: 'en', strength: 2 } };
    const documents = [
      { _id: 'a', e: 'x' },
      { _id: 'A', e: 'X' },
      { _id: 'b', e: 'y' },
    ] as unknown as readonly Document[];
    expect(await asked(documents, under)).toEqual({ documents: 2, keys: 1 });
  });

  test('a document that shares two keys counts once, each key counts', async () => {
    const documents = [
      { _id: 1, a: [{ b: 1 }, { b: 2 }] },
      { _id: 2, a: [{ b: 1 }, { b: 2 }, { b: 2 }] },
      { _id: 3, a: [{ b: 3 }] },
    ] as unknown as readonly Document[];
    expect(await asked(documents, { key: { 'a.b': 1 } })).toEqual({ documents: 2, keys: 2 });
  });
});
