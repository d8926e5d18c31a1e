import type { Db, Document } from 'mongodb';
import semver from 'semver';
import { describe, expect, inject, test } from 'vitest';
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
  readonly field: string;
  /** The options before and after. */
  readonly from: string;
  readonly to: string;
  readonly route: string;
  /** What the server says of it, but for its key. */
  readonly after: Document;
}

/** Before 6.0 nothing becomes unique in place; before 5.0 one key has one index, so neither swap nor bridge can be. */
function routeHere({ what, route }: Change): string {
  if (semver.lt(inject('server'), '5.0.0')) return route === 'in-place' && what !== 'unique added' ? route : 'gap';
  return semver.lt(inject('server'), '6.0.0') && what === 'unique added' ? 'swap' : route;
}

/** The routes are those of 6.0. */
const changes: readonly Change[] = [
  {
    what: 'a TTL value',
    field: 'ttl',
    from: 'expireAfterSeconds: 5000',
    to: 'expireAfterSeconds: 9000',
    route: 'in-place',
    after: { expireAfterSeconds: 9000 },
  },
  {
    what: 'hidden',
    field: 'hide',
    from: '',
    to: 'hidden: true',
    route: 'in-place',
    after: { hidden: true },
  },
  {
    what: 'visible again',
    field: 'show',
    from: 'hidden: true',
    to: '',
    route: 'in-place',
    after: {},
  },
  {
    what: 'unique added',
    field: 'single',
    from: '',
    to: 'unique: true',
    route: 'in-place',
    after: { unique: true },
  },
  {
    what: 'unique removed under its explicit name',
    field: 'named',
    from: 'unique: true, name: by_hand',
    to: 'name: by_hand',
    route: 'bridge',
    after: { name: 'by_hand' },
  },
  {
    what: 'sparse added',
    field: 'thin',
    from: '',
    to: 'sparse: true',
    route: 'swap',
    after: { sparse: true },
  },
  {
    what: 'a TTL removed',
    field: 'forever',
    from: 'expireAfterSeconds: 5000',
    to: '',
    route: 'bridge',
    after: {},
  },
];

const declared = (side: 'from' | 'to'): string =>
  schema(...changes.map((one) => `{ key: { ${one.field}: 1 }${one[side] === '' ? '' : `, ${one[side]}`} }`));

test('a change of an option is the least that does it; converges and is rolled back', async () => {
  const db = await site.fresh();
  const days = Array.from({ length: 12 }, (_, a) => new Date(Date.now() + a));
  await db
    .collection('things')
    .insertMany(days.map((day) => Object.fromEntries(changes.map(({ field }) => [field, day]))));
  await apply(0, declared('from'));
  const before = await site.hash();
  const file = await schemaFile(declared('to'));
  const { steps } = (await planOf(site, ['--schema', file])) as { steps: Document[] };
  expect(steps).toHaveLength(changes.length);
  for (const change of changes) {
    const { what, field } = change;
    const route = routeHere(change);
    const action = route === 'in-place' ? 'update' : 'replace';
    const address = field === 'named' ? 'things.indexes.by_hand' : `things.indexes.${field}_1`;
    const step = steps.find((one) => one['address'] === address);
    expect(step, what).toMatchObject({ action, route });
  }
  await apply(0, declared('to'), '--allow', 'index-gap');
  const live = await specs();
  expect(live).toHaveLength(changes.length);
  for (const change of changes) {
    const { what, field, after } = change;
    const route = routeHere(change);
    const { v: _, key, name, ...options } = live.find((one) => field in (one['key'] as Document)) ?? {};
    expect(key, what).toEqual({ [field]: 1 });
    const { name: explicit = `${field}_1`, ...expected } = after;
    expect(options, what).toEqual(expected);
    const swapped = expect.stringMatching(new RegExp(`^${field}_1_[0-9a-f]{6}$`)) as unknown;
    expect(name, what).toEqual(route === 'swap' ? swapped : explicit);
  }
  await must(0, site.run(['plan', '--detailed-exitcode', '--schema', file]));
  await must(0, site.run(['rollback', '--auto-approve', '--allow', 'index-gap']));
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
    expect(planned.out).toContain('twin two');
    expect(await planOf(site, ['--schema', file])).toMatchObject({
      violations: [
        {
          code: 'duplicate',
          address: 'things.indexes.a_1',
          count: 3,
          sample: expect.arrayContaining(['twin two']) as unknown,
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
