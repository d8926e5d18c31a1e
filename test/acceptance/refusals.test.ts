import { expect, test } from 'vitest';
import { schemaFile } from '../support/schema.ts';
import { indexesOf, must, ours, planOf, useSite } from '../support/site.ts';

const site = useSite('refusals');

test('a collection that must exist and does not: 20, naming those that do', async () => {
  const db = await site.fresh();
  await db.createCollection('orders');
  const file = await schemaFile('version: 1\ncollections:\n  ordres: { mustExist: true }\n');
  for (const command of [['plan'], ['apply', '--auto-approve']]) {
    const { err } = await must(20, site.run([...command, '--schema', file]));
    expect(err).toContain('"ordres"');
    expect(err).toMatch(/orders/);
    expect(err).toContain('--db');
  }
  expect(await ours(site)).toEqual([]);
});

const plain = 'version: 1\ncollections:\n  things: { indexes: [ { key: { a: 1 } } ] }\n';

test('a database that does not exist beside others is a hazard, and is created once allowed', async () => {
  await site.fresh();
  const file = await schemaFile(plain);
  const missing = `${site.name}_typo`;
  const at = (args: readonly string[]) => site.run([...args, '--schema', file, '--db', missing]);
  try {
    const planned = await must(20, at(['plan', '--detailed-exitcode']));
    expect(planned.out).toContain('empty-target');
    const { err } = await must(20, at(['apply', '--auto-approve']));
    expect(err).toContain(site.name);
    expect(err).toContain('--allow empty-target');
    const { databases } = await site.client().db('admin').admin().listDatabases({ nameOnly: true });
    expect(databases.map(({ name }) => name)).not.toContain(missing);
    await must(0, at(['apply', '--auto-approve', '--allow', 'empty-target']));
    await must(0, at(['plan', '--detailed-exitcode']));
  } finally {
    await site.client().db(missing).dropDatabase();
  }
});

test('an equal index under another name is adopted: no step, no rebuild, and a rollback leaves it', async () => {
  const db = await site.fresh();
  await db.collection('things').insertMany([{ a: 1 }, { a: 2 }]);
  await db.collection('things').createIndexes([{ key: { a: 1 }, name: 'made_by_hand' }]);
  const file = await schemaFile(
    `${plain}    fields: { note: { type: string, default: "-" } }\n`.replace(
      'things: { indexes: [ { key: { a: 1 } } ] }',
      'things:\n    indexes: [ { key: { a: 1 } } ]',
    ),
  );
  const plan = await planOf(site, ['--schema', file]);
  expect(plan).toMatchObject({ steps: [{ address: 'things.fields.note' }] });
  expect((plan['ownership'] as { adopt: string[] }).adopt).toContain('things.indexes.a_1');
  await must(0, site.run(['apply', '--auto-approve', '--schema', file]));
  expect(await indexesOf(db, 'things')).toEqual(['made_by_hand']);
  const entry = await db.collection('schemactl_objects').findOne({ address: 'things.indexes.a_1' });
  expect(entry).toMatchObject({ live: 'made_by_hand' });
  await must(0, site.run(['rollback', '--all', '--auto-approve']));
  expect(await indexesOf(db, 'things')).toEqual(['made_by_hand']);
  expect(await db.collection('schemactl_objects').countDocuments()).toBe(0);
});

test('adoption alone makes no run, is noop, and says what it records', async () => {
  const db = await site.fresh();
  await db.collection('things').createIndexes([{ key: { a: 1 }, name: 'made_by_hand' }]);
  const file = await schemaFile(plain);
  await must(0, site.run(['plan', '--detailed-exitcode', '--schema', file]));
  await must(0, site.run(['apply', '--auto-approve', '--schema', file]));
  expect(await db.collection('schemactl_runs').countDocuments()).toBe(0);
  expect(await db.collection('schemactl_objects').countDocuments()).toBe(2);
});

test('off a terminal apply asks nobody: 20, naming the flag', async () => {
  const db = await site.fresh();
  await db.createCollection('things');
  const file = await schemaFile(plain);
  const { err } = await must(20, site.run(['apply', '--schema', file]));
  expect(err).toContain('--auto-approve');
  expect(await ours(site)).toEqual([]);
});
