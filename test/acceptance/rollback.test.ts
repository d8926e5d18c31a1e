import type { Db } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { hazardCodes } from '../../src/planner/contract.ts';
import { schemaFile } from '../support/schema.ts';
import { documentsOf, indexesOf, must, own, useSite } from '../support/site.ts';

const site = useSite('rollback');

const first = `
version: 1
milestones: { "001": One, "002": Two }
collections:
  things:
    fields: { note: { type: string, default: none, milestone: "001" } }
    indexes: [ { key: { a: 1 }, milestone: "002" } ]
`;
const second = `${first}  made:
    fields: { name: { type: string, default: x } }
    indexes: [ { key: { b: 1 } } ]
`;
const third = second.replace(
  '{ key: { a: 1 }, milestone: "002" }',
  '{ key: { a: 1 }, hidden: true, milestone: "002" }',
);

async function filled(): Promise<Db> {
  const db = await site.fresh();
  await db.collection('things').insertMany(Array.from({ length: 10 }, (_, a) => ({ _id: a as never, a })));
  return db;
}

/** Applies the schemas one after another; answers the hash before the first and after each. */
async function applied(...schemas: readonly string[]): Promise<readonly string[]> {
  const hashes = [await site.hash()];
  for (const schema of schemas) {
    await must(0, site.run(['apply', '--auto-approve', '--schema', await schemaFile(schema)]));
    hashes.push(await site.hash());
  }
  return hashes;
}

const back = (code: number, ...args: readonly string[]) =>
  must(code, site.run(['rollback', '--auto-approve', ...args]));

const everything = ['--allow', hazardCodes.join(',')];

describe('which runs', () => {
  test.each([
    [
      { args: ['--to', '1'], left: 1 },
      { args: ['--all'], left: 0 },
    ],
    [
      { args: ['--run', '3'], left: 2 },
      { args: ['--to', '0'], left: 0 },
    ],
  ])('of three runs, $0.args leaves what stood after $0.left, then $1.args after $1.left', async (...chosen) => {
    await filled();
    const hashes = await applied(first, second, third);
    for (const { args, left } of chosen) {
      await back(0, ...args);
      expect(await site.hash()).toBe(hashes[left]);
    }
  });

  const one = (rest: string): string => `version: 1\ncollections:\n  things: { ${rest} }\n`;

  test.each([
    {
      what: 'a field',
      steps: [
        one('fields: { n: { type: any, renamedFrom: a } }'),
        one('fields: { n: { type: string, convert: true }, x: { type: int, default: 1 } }'),
        one('fields: { n: { absent: true }, x: { type: int, default: 1 } }'),
      ],
    },
    {
      what: 'an index',
      steps: [
        one('indexes: [ { key: { a: 1 }, name: k } ]'),
        one('indexes: [ { key: { a: 1 }, name: k, sparse: true } ]'),
        one('indexes: [ { key: { a: 1 }, name: k, unique: true } ]'),
      ],
    },
    {
      what: 'a validator, and fields within it',
      steps: [
        one('validator: { a: { $gte: 0 } }, fields: { x: { type: int, default: 1 } }'),
        one('validator: { a: { $gte: -1 } }, fields: { x: { type: string, convert: true } }'),
        one('validator: { a: { $gte: -2 } }, fields: { x: { type: int, convert: true } }'),
      ],
    },
    {
      what: 'a collection that is copied, and a field of it',
      steps: [
        one('fields: { x: { type: int, default: 1 } }'),
        one(
          'options: { collation: { locale: en } }, fields: { x: { type: int, default: 1 }, y: { type: int, default: 1 } }',
        ),
        one(
          'options: { collation: { locale: uk } }, fields: { x: { type: string, convert: true }, y: { type: int, default: 1 } }',
        ),
      ],
    },
  ])('three runs on $what, one rollback after another; and what was taken back, done again', async ({ steps }) => {
    await filled();
    const hashes = [await site.hash()];
    for (const schema of steps) {
      await must(0, site.run(['apply', '--auto-approve', ...everything, '--schema', await schemaFile(schema)]));
      hashes.push(await site.hash());
    }
    for (const left of [2, 1, 0]) {
      await back(0, ...everything);
      expect(await site.hash(), `after ${left}`).toBe(hashes[left]);
    }
    for (const [run, left] of [
      ['6', 1],
      ['5', 2],
      ['4', 3],
    ] as const) {
      await back(0, '--run', run, ...everything);
      expect(await site.hash(), `run ${run} taken back`).toBe(hashes[left]);
    }
    await back(0, ...everything);
    expect(await site.hash()).toBe(hashes[2]);
    await back(0, '--run', '2', ...everything);
    expect(await site.hash()).toBe(hashes[1]);
  });

  test('three at once', async () => {
    await filled();
    const hashes = await applied(first, second, third);
    await back(0, '--to', '0');
    expect(await site.hash()).toBe(hashes[0]);
  });

  test('one after another takes back the newest that still stands, and then there is nothing', async () => {
    await filled();
    const hashes = await applied(first, second);
    await back(0);
    expect(await site.hash()).toBe(hashes[1]);
    await back(0);
    expect(await site.hash()).toBe(hashes[0]);
    const { out } = await back(0);
    expect(out).toContain('Nothing to take back');
    await back(0, '--all');
    expect(await own(site.db(), 'runs')).toHaveLength(4);
  });

  test('a run in the middle goes alone where no later run touched what it did', async () => {
    const db = await filled();
    await applied(first, second);
    await back(0, '--run', '1');
    expect(await documentsOf(db, 'things', { note: { $exists: true } })).toEqual([]);
    expect(await indexesOf(db, 'things')).toEqual([]);
    expect(await indexesOf(db, 'made')).toEqual(['b_1']);
  });

  test('an object that a later run changed: 20 naming --to, and nothing written', async () => {
    const db = await filled();
    const hashes = await applied(first, second, third);
    const { err } = await back(20, '--run', '1');
    expect(err).toContain('things.indexes.a_1');
    expect(err).toContain('run 3');
    expect(err).toContain('--to 0');
    expect(await site.hash()).toBe(hashes[3]);
    expect(await own(db, 'runs')).toHaveLength(3);
    await back(0, '--run', '1', '--exclude', 'things.indexes.*');
    expect(await indexesOf(db, 'things')).toEqual(['a_1']);
    expect(await documentsOf(db, 'things', { note: { $exists: true } })).toEqual([]);
  });

  test.each([
    ['--run', '9'],
    ['--to', '9'],
    ['--run', '1', '--all'],
    ['--milestone', '009'],
    ['--run', 'one'],
  ])('a run that never was, or two ways to choose at once: %s %s is 64', async (...args) => {
    await back(64, ...args);
  });
});

test('--plan-only says what would happen and writes nothing; --only and --exclude choose by address', async () => {
  const db = await filled();
  const [before, full] = await applied(first);
  const { out } = await must(0, site.run(['rollback', '--plan-only']));
  expect(out).toContain('Rollback: 1 to drop');
  expect(await site.hash()).toBe(full);
  expect(await own(db, 'runs')).toHaveLength(1);
  await back(0, '--only', 'things.fields.**');
  expect(await documentsOf(db, 'things', { note: { $exists: true } })).toEqual([]);
  expect(await indexesOf(db, 'things')).toEqual(['a_1']);
  await back(0);
  expect(await site.hash()).toBe(before);
});

describe('an object that is no longer as the run left it', () => {
  test.each([
    ['dropped by hand', (db: Db) => db.collection('things').dropIndex('a_1')],
    ['hidden by hand', (db: Db) => db.command({ collMod: 'things', index: { name: 'a_1', hidden: true } })],
  ])('%s: 21 listing it, nothing written; --exclude goes on', async (_, byHand) => {
    const db = await filled();
    await applied(first);
    await byHand(db);
    const moved = await site.hash();
    const { err } = await back(21);
    expect(err).toContain('things.indexes.a_1');
    expect(err).toContain('--exclude things.indexes.a_1');
    expect(await site.hash()).toBe(moved);
    await back(0, '--exclude', 'things.indexes.a_1');
    expect(await documentsOf(db, 'things', { note: { $exists: true } })).toEqual([]);
  });
});

describe('a collection that the run created', () => {
  test('goes without a hazard while it is empty, and comes back with its indexes', async () => {
    await filled();
    const [before, made] = await applied(second);
    await back(0);
    expect(await site.hash()).toBe(before);
    await back(0, '--run', '2');
    expect(await site.hash()).toBe(made);
  });

  test('holds documents now: 20 with their count; allowed it goes, and comes back with them', async () => {
    const db = await filled();
    const [before] = await applied(second);
    await db.collection<{ _id: number }>('made').insertMany([{ _id: 1 }, { _id: 2 }, { _id: 3 }]);
    const full = await site.hash();
    const { err } = await back(20);
    expect(err).toContain('drop-collection');
    expect(err).toContain('3 documents');
    expect(err).toContain('--allow drop-collection');
    expect(await site.hash()).toBe(full);
    await back(0, '--allow', 'drop-collection');
    expect(await site.hash()).toBe(before);
    await back(0, '--run', '2');
    expect(await site.hash()).toBe(full);
  });

  test('was dropped by hand: 21, and --exclude goes on', async () => {
    const db = await filled();
    await applied(second);
    await db.collection('made').drop();
    const { err } = await back(21);
    expect(err).toContain('made');
    await back(0, '--exclude', 'made', '--exclude', 'made.**');
    expect(await documentsOf(db, 'things', { note: { $exists: true } })).toEqual([]);
  });
});

test('a collection deleted from the schema goes into the trash once allowed, and comes back whole', async () => {
  const db = await filled();
  await applied(second);
  await db.collection<{ _id: number }>('made').insertMany([{ _id: 1 }, { _id: 2 }]);
  const full = await site.hash();
  const without = await schemaFile(first);
  const { err } = await must(20, site.run(['apply', '--auto-approve', '--schema', without]));
  expect(err).toContain('drop-collection');
  expect(await site.hash()).toBe(full);
  await must(0, site.run(['apply', '--auto-approve', '--schema', without, '--allow', 'drop-collection@made']));
  expect(await db.listCollections({ name: 'made' }).toArray()).toEqual([]);
  await must(0, site.run(['plan', '--detailed-exitcode', '--schema', without]));
  await back(0);
  expect(await site.hash()).toBe(full);
  await must(0, site.run(['plan', '--detailed-exitcode', '--schema', await schemaFile(second)]));
});

test('after a rollback of one milestone the ledger and status say so; applied again it is whole', async () => {
  await filled();
  const hashes = await applied(first);
  await back(0, '--milestone', '001');
  const file = await schemaFile(first);
  const { out } = await must(2, site.run(['status', '--detailed-exitcode', '--schema', file]));
  expect(out).toMatch(/001 .*pending/);
  expect(out).toMatch(/002 .*completed/);
  await must(0, site.run(['apply', '--auto-approve', '--schema', file]));
  expect(await site.hash()).toBe(hashes[1]);
  await back(0, '--all');
  expect(await site.hash()).toBe(hashes[0]);
});
