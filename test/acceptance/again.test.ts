import { expect, test } from 'vitest';
import { applyOf, inTheMiddle, killed, prepared, whole } from '../support/crash.ts';
import { calm, failCommand } from '../support/faults.ts';
import { schemaFile } from '../support/schema.ts';
import { must, useSite } from '../support/site.ts';

const site = useSite('again', {});
const lease = ['--lock-lease', '1s', '--lock-wait', '30s'];

test('a rollback killed in its pass, then the same schema applied: no document lacks a field', async () => {
  const before = await prepared(site);
  await must(0, site.run(applyOf(before.file)));
  await killed(site.client(), await inTheMiddle(site, ['rollback', '--auto-approve', ...lease]));
  await must(0, site.run(applyOf(before.file, ...lease)));
  expect(
    await site
      .db()
      .collection('things')
      .countDocuments({ note: { $exists: false } }),
  ).toBe(0);
  await must(0, site.run(['plan', '--detailed-exitcode', '--check-data', 'full', '--schema', before.file]));
  await must(0, site.run(['rollback', '--all', '--auto-approve']));
  expect(await site.hash()).toBe(before.before);
});

test('a saved plan that was cut off goes on when it is applied again', async () => {
  const before = await prepared(site);
  const saved = `${before.file}.plan.json`;
  await must(0, site.run(['plan', '--schema', before.file, '--out', saved]));
  const refuse = { failCommands: ['createIndexes'], errorCode: 67, namespace: `${site.name}.things` };
  await failCommand(site.client(), refuse, 'alwaysOn');
  await must(23, site.run(['apply', saved]));
  await calm(site.client());
  await must(0, site.run(['apply', saved]));
  await whole(site, before);
});

test('a collection that was replaced after a run was cut off: apply plans afresh', async () => {
  const before = await prepared(site);
  const running = await inTheMiddle(site, applyOf(before.file, ...lease));
  running.kill('SIGINT');
  expect(await running.done).toMatchObject({ code: 130 });
  await calm(site.client());
  const things = site.db().collection('things');
  await things.drop();
  await things.insertMany([{ a: 1 }, { a: 2 }]);
  await must(0, site.run(applyOf(before.file, ...lease)));
  expect(await things.countDocuments({ note: null, kind: 'plain' })).toBe(2);
});

test('a rollback that drops a collection with fields filled in later is verified', async () => {
  const db = await site.fresh();
  const first = await schemaFile('version: 1\ncollections: { b: {}, other: {} }');
  await must(0, site.run(applyOf(first)));
  await db.collection('b').insertOne({ a: 1 });
  const second = await schemaFile(
    'version: 1\ncollections: { b: { fields: { w: { type: int, nullable: true, default: null } } }, other: {} }',
  );
  await must(0, site.run(applyOf(second)));
  await must(0, site.run(['rollback', '--all', '--auto-approve', '--allow', 'drop-collection']));
  expect(await db.listCollections({ name: 'b' }).toArray()).toEqual([]);
});
