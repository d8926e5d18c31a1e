import type { Document } from 'mongodb';
import { expect, test } from 'vitest';
import { schemaFile } from '../support/schema.ts';
import { must, own, until, useSite } from '../support/site.ts';

/** Somebody deleted some of the undo data by hand: what is left of it alone would leave documents half taken back. */
const site = useSite('undo_gone', {});
const documents = 12_000;
const undo = () => site.db().collection<{ _id: string }>('schemactl_undo');

async function applied(): Promise<string> {
  const db = await site.fresh();
  await db.collection('things').insertMany(Array.from({ length: documents }, (_, a) => ({ a })));
  const before = await site.hash();
  const file = await schemaFile(`
version: 1
collections:
  things:
    fields: { note: { type: string, default: x } }
    indexes: [ { key: { a: 1 } } ]
`);
  await must(0, site.run(['apply', '--auto-approve', '--schema', file]));
  return before;
}

/** Takes these chunks out; answers what brings them back. */
async function without(pattern: RegExp): Promise<() => Promise<unknown>> {
  const gone = await undo().find({ _id: pattern }).toArray();
  expect(gone.length).toBeGreaterThan(0);
  await undo().deleteMany({ _id: pattern });
  return () => undo().insertMany(gone);
}

const filled = () => site.db().collection('things').countDocuments({ note: 'x' });
const wayBack = async (): Promise<unknown> => {
  const { out } = await must(0, site.run(['history', '--format', 'json']));
  const [{ wayBack: state, blocked }] = (JSON.parse(out) as { runs: [Document] }).runs;
  return [state, blocked];
};

test('a rollback is refused before it begins, and names what is missing; the rest can be taken back', async () => {
  const before = await applied();
  expect(await wayBack()).toEqual(['possible', []]);
  const all = await undo().countDocuments();
  const back = await without(/#0$|#2$/);
  expect(await wayBack()).toEqual(['partly', ['things.fields.note']]);
  const runs = (await own(site.db(), 'runs')).length;
  const { err } = await must(20, site.run(['rollback', '--auto-approve']));
  expect(err).toContain('"things.fields.note" cannot be taken back: some of what run 1 kept for it is missing');
  expect(err).toMatch(
    new RegExp(`things\\.fields\\.note: 2 of ${all} chunks of undo data \\(${site.name}#1#\\w+#0, .*#2\\)`),
  );
  expect(err).toContain('--exclude things.fields.note');
  expect([await filled(), (await own(site.db(), 'runs')).length]).toEqual([documents, runs]);
  await back();
  expect(await wayBack()).toEqual(['possible', []]);
  const again = await without(/#0$/);
  await must(0, site.run(['rollback', '--auto-approve', '--exclude', 'things.fields.note']));
  await again();
  await must(0, site.run(['rollback', '--run', '1', '--auto-approve']));
  expect(await site.hash()).toBe(before);
});

test('what goes missing while it is taken back stops the pass; brought back, it goes on', async () => {
  const before = await applied();
  const running = site.spawn(['rollback', '--auto-approve', '--throttle', '2000/s']);
  const started = async (): Promise<boolean> => (await own(site.db(), 'steps')).some(({ run }) => run === 2);
  await until(started);
  const back = await without(/^[^#]*#1#[^#]*#0$/);
  const { err } = await must(23, running.done);
  expect(err).toContain('some of what run 1 kept for it is missing');
  expect(err).toMatch(/things: 1 of \d+ chunks of undo data \(test_undo_gone#1#\w+#0\)/);
  expect(await filled()).toBeGreaterThan(0);
  await must(23, site.run(['resume', '--auto-approve']));
  await back();
  await must(0, site.run(['resume', '--auto-approve']));
  expect(await site.hash()).toBe(before);
});
