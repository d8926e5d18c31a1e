import { expect, test } from 'vitest';
import { calm, failCommand } from '../support/faults.ts';
import { schemaFile } from '../support/schema.ts';
import { must, useSite } from '../support/site.ts';

const site = useSite('other_collection', {});

const one = 'version: 1\ncollections: { a: { fields: { x: { type: int, nullable: true, default: null } } } }';
const two = `version: 1
collections:
  a: { fields: { x: { type: int, nullable: true, default: null } } }
  b: { fields: { x: { type: int, nullable: true, default: null } }, indexes: [ { key: { id: 1 } } ] }`;

test('a fill is not taken back in another collection that has the name now', async () => {
  const db = await site.fresh();
  await db.collection('a').insertMany([{ n: 1 }, { n: 2 }]);
  const before = await site.hash();
  await must(0, site.run(['apply', '--auto-approve', '--schema', await schemaFile(one)]));
  await db.collection('a').rename('zz');
  await db.collection('a').insertOne({ x: null, other: true });
  const { err } = await must(21, site.run(['rollback', '--auto-approve']));
  expect(err).toContain('a.fields.x');
  expect(await db.collection('a').countDocuments({ x: { $type: 'null' } })).toBe(1);
  await db.collection('a').drop();
  await db.collection('zz').rename('a');
  await must(0, site.run(['rollback', '--auto-approve']));
  expect(await site.hash()).toBe(before);
});

test('a run that was cut off does not go on in another collection', async () => {
  const db = await site.fresh();
  for (const name of ['a', 'b']) await db.collection(name).insertMany([{ id: 1 }, { id: 2 }]);
  const file = await schemaFile(two);
  await failCommand(
    site.client(),
    { failCommands: ['createIndexes'], errorCode: 67, namespace: `${site.name}.b` },
    'alwaysOn',
  );
  await must(23, site.run(['apply', '--auto-approve', '--schema', file]));
  await calm(site.client());
  await db.collection('b').drop();
  const { err } = await must(23, site.run(['resume', '--auto-approve']));
  expect(err).toContain('"b" is not the collection any more');
  expect(await db.listCollections({ name: 'b' }).toArray()).toEqual([]);
});

test('a rollback that was cut off, then an apply: rollbacks lead back step by step', async () => {
  const db = await site.fresh();
  for (const name of ['a', 'b']) await db.collection(name).insertMany([{ id: 1 }, { id: 2 }]);
  const before = await site.hash();
  const apply = ['apply', '--auto-approve', '--schema', await schemaFile(two)];
  await must(0, site.run(apply));
  await failCommand(
    site.client(),
    { failCommands: ['update'], errorCode: 67, namespace: `${site.name}.a` },
    'alwaysOn',
  );
  await must(23, site.run(['rollback', '--auto-approve']));
  await calm(site.client());
  await must(0, site.run(apply));
  expect(await db.collection('b').countDocuments({ x: { $exists: false } })).toBe(0);
  await must(0, site.run(['rollback', '--auto-approve']));
  await must(0, site.run(['rollback', '--auto-approve']));
  expect(await site.hash()).toBe(before);
});

test('dropped and declared again: the documents come back from the trash, the new ones go into it', async () => {
  const db = await site.fresh();
  await db.collection('c').insertMany([{ a: 1 }, { a: 2 }]);
  const before = await site.hash();
  const both = await schemaFile('version: 1\ncollections: { c: {}, other: {} }');
  const without = await schemaFile('version: 1\ncollections: { other: {} }');
  await must(0, site.run(['apply', '--auto-approve', '--schema', both]));
  await must(0, site.run(['apply', '--auto-approve', '--allow', 'drop-collection', '--schema', without]));
  await must(0, site.run(['apply', '--auto-approve', '--schema', both]));
  await db.collection('c').insertOne({ a: 3 });
  await must(20, site.run(['rollback', '--all', '--auto-approve']));
  await must(0, site.run(['rollback', '--all', '--auto-approve', '--allow', 'drop-collection']));
  expect(await site.hash()).toBe(before);
});

test('a holder that was paused before it opened its run changes nothing of the run that came after', async () => {
  const db = await site.fresh();
  await db.collection('a').insertMany([{ n: 1 }, { n: 2 }]);
  const before = await site.hash();
  const file = await schemaFile(one);
  const block = {
    failCommands: ['insert'],
    namespace: `${site.name}.schemactl_runs`,
    blockConnection: true,
    blockTimeMS: 6000,
  };
  await failCommand(site.client(), block, { times: 1 });
  const paused = site.spawn(['apply', '--auto-approve', '--lock-lease', '1s', '--schema', file]);
  await new Promise((resolve) => setTimeout(resolve, 2500));
  paused.kill('SIGSTOP');
  await must(0, site.run(['apply', '--auto-approve', '--lock-wait', '10s', '--schema', file]));
  const journal = await db.collection('schemactl_steps').find().toArray();
  paused.kill('SIGCONT');
  const { code } = await paused.done;
  expect(code).not.toBe(0);
  expect(await db.collection('schemactl_steps').find().toArray()).toEqual(journal);
  await calm(site.client());
  await must(0, site.run(['rollback', '--all', '--auto-approve']));
  expect(await site.hash()).toBe(before);
});
