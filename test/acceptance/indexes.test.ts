import type { Db, Document } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { schemaFile } from '../support/schema.ts';
import { indexesOf, must, own, planOf, useSite } from '../support/site.ts';

const site = useSite('indexes');

const schema = (...indexes: readonly string[]): string =>
  `version: 1\ncollections:\n  things:\n    indexes:\n${indexes.map((index) => `      - ${index}\n`).join('')}`;

async function filled(): Promise<Db> {
  const db = await site.fresh();
  await db.collection('things').insertMany(Array.from({ length: 12 }, (_, a) => ({ a, at: new Date() })));
  return db;
}

const apply = async (code: number, text: string, ...args: readonly string[]) =>
  must(code, site.run(['apply', '--auto-approve', '--schema', await schemaFile(text), ...args]));

const specs = async (): Promise<Document[]> =>
  ((await site.db().collection('things').listIndexes().toArray()) as Document[]).filter(({ name }) => name !== '_id_');

interface Change {
  readonly what: string;
  readonly from: string;
  readonly to: string;
  readonly action: string;
  readonly route: string;
  readonly after: Document;
  readonly allow?: string;
}

/** The steps are as they are on servers from 5.0. */
const changes: readonly Change[] = [
  {
    what: 'a TTL value',
    from: '{ key: { at: 1 }, expireAfterSeconds: 5000 }',
    to: '{ key: { at: 1 }, expireAfterSeconds: 9000 }',
    action: 'update',
    route: 'in-place',
    after: { name: 'at_1', expireAfterSeconds: 9000 },
  },
  {
    what: 'hidden',
    from: '{ key: { a: 1 } }',
    to: '{ key: { a: 1 }, hidden: true }',
    action: 'update',
    route: 'in-place',
    after: { name: 'a_1', hidden: true },
  },
  {
    what: 'visible again',
    from: '{ key: { a: 1 }, hidden: true }',
    to: '{ key: { a: 1 } }',
    action: 'update',
    route: 'in-place',
    after: { name: 'a_1' },
  },
  {
    what: 'unique added',
    from: '{ key: { a: 1 } }',
    to: '{ key: { a: 1 }, unique: true }',
    action: 'replace',
    route: 'swap',
    after: { unique: true },
  },
  {
    what: 'unique removed under its explicit name',
    from: '{ key: { a: 1 }, unique: true, name: by_a }',
    to: '{ key: { a: 1 }, name: by_a }',
    action: 'replace',
    route: 'gap',
    after: { name: 'by_a' },
    allow: 'index-gap',
  },
  {
    what: 'sparse added',
    from: '{ key: { a: 1 } }',
    to: '{ key: { a: 1 }, sparse: true }',
    action: 'replace',
    route: 'swap',
    after: { sparse: true },
  },
  {
    what: 'a TTL removed',
    from: '{ key: { at: 1 }, expireAfterSeconds: 5000 }',
    to: '{ key: { at: 1 } }',
    action: 'replace',
    route: 'gap',
    after: { name: 'at_1' },
    allow: 'index-gap',
  },
];

test.each(changes)('$what: $action, $route; converges and is rolled back', async (change) => {
  await filled();
  await apply(0, schema(change.from));
  const before = await site.hash();
  const [step, ...others] = (await planOf(site, ['--schema', await schemaFile(schema(change.to))]))[
    'steps'
  ] as Document[];
  expect(others).toEqual([]);
  expect(step).toMatchObject({ action: change.action, route: change.route });
  if (change.allow !== undefined) {
    await apply(20, schema(change.to));
    expect(await site.hash()).toBe(before);
  }
  const allow = change.allow === undefined ? [] : ['--allow', change.allow];
  await apply(0, schema(change.to), ...allow);
  const after = await specs();
  expect(after).toHaveLength(1);
  expect(after[0]).toMatchObject(change.after);
  expect(Object.keys(after[0]!).sort()).toEqual(
    ['key', 'name', 'v', ...Object.keys(change.after)].filter((key, at, all) => all.indexOf(key) === at).sort(),
  );
  await must(0, site.run(['plan', '--detailed-exitcode', '--schema', await schemaFile(schema(change.to))]));
  const rolledBack = await site.run(['rollback', '--auto-approve', '--allow', 'index-gap']);
  expect(rolledBack.code, rolledBack.err).toBe(0);
  expect(await site.hash()).toBe(before);
});

describe('a unique index that the data forbids', () => {
  const unique = schema('{ key: { a: 1 }, unique: true }');

  test('22 with the count and sample ids, in plan and apply, and nothing written', async () => {
    const db = await filled();
    await db.collection<{ _id: string; a: number }>('things').insertMany([
      { _id: 'twin one', a: 3 },
      { _id: 'twin two', a: 3 },
    ]);
    const before = await site.hash();
    const file = await schemaFile(unique);
    const planned = await must(22, site.run(['plan', '--detailed-exitcode', '--schema', file]));
    expect(planned.out).toContain('twin one');
    expect(await planOf(site, ['--schema', file])).toMatchObject({
      violations: [
        {
          code: 'duplicate',
          address: 'things.indexes.a_1',
          count: 3,
          sample: expect.arrayContaining(['twin one']) as unknown,
        },
      ],
    });
    const { err } = await must(22, site.run(['apply', '--auto-approve', '--schema', file]));
    expect(err).toContain('things.indexes.a_1');
    expect(err).toContain('3 documents');
    expect(await site.hash()).toBe(before);
    expect(await own(db, 'runs')).toEqual([]);
  });

  test('missing and null are one key; a sparse index leaves out the missing', async () => {
    const db = await site.fresh();
    await db.collection('things').insertMany([{ a: null }, {}, { a: 1 }]);
    await apply(22, unique);
    await apply(0, schema('{ key: { a: 1 }, unique: true, sparse: true }'));
    expect(await indexesOf(db, 'things')).toEqual(['a_1']);
  });

  test('judged by the data as it will be after the back-fill', async () => {
    const db = await site.fresh();
    await db.collection('things').insertMany([{ a: 1 }, { a: 2, note: 'x' }, { a: 3 }, { a: 4, note: 'y' }]);
    const filling = `${unique.replace('a: 1', 'note: 1')}    fields: { note: { type: string, default: x } }\n`;
    const before = await site.hash();
    expect(await planOf(site, ['--schema', await schemaFile(filling)])).toMatchObject({ violations: [{ count: 3 }] });
    await apply(22, filling);
    expect(await site.hash()).toBe(before);
    await db.collection('things').deleteOne({ a: 3 });
    await db.collection('things').deleteOne({ a: 2 });
    await apply(0, filling);
    expect(await db.collection('things').countDocuments({ note: 'x' })).toBe(1);
    expect(await specs()).toMatchObject([{ name: 'note_1', unique: true }]);
  });

  test('twins that come after the plan was saved: 22 before the first write', async () => {
    const db = await filled();
    const saved = `${await schemaFile(unique)}.plan.json`;
    await must(0, site.run(['plan', '--schema', saved.replace('.plan.json', ''), '--out', saved]));
    await db.collection('things').insertMany([{ a: 5 }, { a: 5 }]);
    const before = await site.hash();
    const { err } = await must(22, site.run(['apply', saved]));
    expect(err).toContain('things.indexes.a_1');
    expect(await site.hash()).toBe(before);
  });
});

test('an index deleted from the schema is dropped once allowed; one made by hand is left', async () => {
  const db = await filled();
  await apply(0, schema('{ key: { a: 1 } }', '{ key: { at: 1 } }'));
  await db.collection('things').createIndexes([{ key: { a: -1 }, name: 'by_hand' }]);
  const before = await site.hash();
  const less = schema('{ key: { a: 1 } }');
  const { err } = await apply(20, less);
  expect(err).toContain('drop-index');
  expect(err).toContain('things.indexes.at_1');
  expect(err).not.toContain('by_hand');
  expect(await site.hash()).toBe(before);
  await apply(20, less, '--allow', 'drop-index@orders.**');
  expect(await planOf(site, ['--schema', await schemaFile(less)])).toMatchObject({
    unmanaged: ['other', 'things.indexes.by_hand'],
    hazards: [{ code: 'drop-index', address: 'things.indexes.at_1' }],
  });
  await apply(0, less, '--allow', 'drop-index@things.**');
  expect(await indexesOf(db, 'things')).toEqual(['a_1', 'by_hand']);
  await must(0, site.run(['rollback', '--auto-approve']));
  expect(await site.hash()).toBe(before);
  await must(
    0,
    site.run([
      'plan',
      '--detailed-exitcode',
      '--schema',
      await schemaFile(schema('{ key: { a: 1 } }', '{ key: { at: 1 } }')),
    ]),
  );
});

test('key order and direction are meaning', async () => {
  const db = await filled();
  await apply(0, schema('{ key: { a: 1, at: -1 } }', '{ key: { at: -1, a: 1 } }', '{ key: { a: 1, at: 1 } }'));
  expect(await indexesOf(db, 'things')).toEqual(['a_1_at_-1', 'a_1_at_1', 'at_-1_a_1']);
  await must(0, site.run(['rollback', '--all', '--auto-approve']));
  expect(await indexesOf(db, 'things')).toEqual([]);
});
