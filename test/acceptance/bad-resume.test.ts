import { afterEach, beforeEach, expect, test } from 'vitest';
import { endSessions, expire } from '../faults/mortal.ts';
import { applyOf, documents, inTheMiddle, killed, type Prepared, prepared, whole } from '../support/crash.ts';
import { calm } from '../support/faults.ts';
import { schemaFile } from '../support/schema.ts';
import { must, own, useSite } from '../support/site.ts';

/** Bad resume: what a run that was cut off relies on has changed before somebody goes on with it. */
const site = useSite('bad_resume', {});
const resume = ['resume', '--auto-approve'];

let start: Prepared;
let half: string;

beforeEach(async () => {
  start = await prepared(site);
  await killed(site.client(), await inTheMiddle(site, applyOf(start.file)));
  await endSessions(site);
  await expire(site);
  half = await site.hash();
});
afterEach(() => calm(site.client()));

/** Writes other words into what the run recorded. */
async function mutated(collection: 'runs' | 'steps', field: string, find: string, replacement: string): Promise<void> {
  const input = { $replaceAll: { input: `$${field}`, find, replacement } };
  const change = [{ $set: { [field]: input } }];
  const { modifiedCount } = await site.db().collection(`schemactl_${collection}`).updateMany({}, change);
  expect(modifiedCount).toBeGreaterThan(0);
}

/** Puts this in the place of what the run recorded. */
async function replaced(collection: 'runs' | 'steps', field: string, text: unknown): Promise<void> {
  const [first] = await own(site.db(), collection);
  await site
    .db()
    .collection<{ _id: string }>(`schemactl_${collection}`)
    .updateOne({ _id: first?.['_id'] as string }, { $set: { [field]: text } });
}

test.each([
  ['the journal', () => mutated('steps', 'work', 'plain', 'other')],
  ['a journal entry is no JSON any more', () => replaced('steps', 'work', '{"unit":{"id')],
  ['a journal entry holds something else', () => replaced('steps', 'work', '{"unit":{},"steps":[7]}')],
  ['a journal entry holds nothing', () => replaced('steps', 'work', null)],
  ['what a unit found is no JSON any more', () => replaced('steps', 'found', '[{')],
  ['the plan is no JSON any more', () => replaced('runs', 'plan', '{')],
  ['the plan is gone', () => replaced('runs', 'plan', null)],
  ['the plan', () => mutated('runs', 'plan', '"noop":false', '"noop":true')],
] as const)(
  'bad resume: %s, changed by hand: resume and rollback refuse (65) and write nothing, apply plans afresh',
  async (_, mutate) => {
    await mutate();
    for (const args of [resume, ['rollback', '--auto-approve']]) {
      const { err } = await must(65, site.run(args));
      expect(err).toContain('The journal of run 1 was changed');
      expect(await site.hash()).toBe(half);
    }
    const { out } = await must(0, site.run(applyOf(start.file)));
    expect(await own(site.db(), 'runs')).toMatchObject([{ state: 'closed' }, { state: 'applied', continues: null }]);
    expect(await site.db().collection('things').countDocuments({ kind: 'other' })).toBe(0);
    for (const args of [['status'], ['history'], ['history', '1']]) await must(0, site.run(args));
    await must(0, site.run(['plan', '--detailed-exitcode', '--check-data', 'full', '--schema', start.file]));
    expect(out).toContain('Undo with: schemactl rollback --run 2');
    await must(0, site.run(['rollback', '--run', '2', '--auto-approve']));
    expect(await site.hash()).toBe(half);
  },
);

test('bad resume: another version of the tool has begun it: resume goes on', async () => {
  await mutated('runs', 'tool', 'schemactl ', 'schemactl 99.');
  await must(0, site.run(resume));
  await whole(site, start);
});

test('bad resume: the schema is another one: resume goes on with what was recorded, apply closes it and does what is declared now', async () => {
  const other = await schemaFile(
    'version: 1\ncollections: { things: { fields: { note: { type: string, default: new } } } }',
  );
  await must(0, site.run(applyOf(other)));
  expect(await own(site.db(), 'runs')).toMatchObject([{ state: 'closed' }, { state: 'applied', continues: 1 }]);
  const things = site.db().collection('things');
  expect(await things.countDocuments({ note: { $exists: false } })).toBe(0);
  expect(await things.countDocuments({ note: 'new' })).toBeGreaterThan(0);
  await must(0, site.run(['rollback', '--all', '--auto-approve']));
  expect(await site.hash()).toBe(start.before);
});

test('bad resume: ids of other types came before and behind the watermark: every document is filled', async () => {
  const things = site.db().collection<{ _id: unknown; a: number }>('things');
  const ids = [-1, 'text', { a: 1 }, true, new Date(0), null];
  await things.insertMany(ids.map((_id, at) => ({ _id, a: -1 - at })));
  const { out } = await must(0, site.run(resume));
  expect(out).not.toContain('late');
  expect(await things.countDocuments({ note: { $exists: false } })).toBe(0);
  expect(await things.countDocuments({ note: null })).toBe(documents + ids.length);
});

test('bad resume: the collection is another one of this name: nothing is written into it', async () => {
  const db = site.db();
  await db.collection('things').rename('elsewhere');
  await db.collection('things').insertOne({ a: 1 });
  const before = await site.hash();
  const { err } = await must(23, site.run(resume));
  expect(err).toContain('not the collection any more that was planned for');
  expect(await site.hash()).toBe(before);
});

test('bad resume: off a terminal without --auto-approve: nothing goes on', async () => {
  const { code } = await site.run(['resume']);
  expect(code).not.toBe(0);
  expect(await site.hash()).toBe(half);
  expect(await own(site.db(), 'runs')).toMatchObject([{ state: 'running' }]);
});
