import type { Document } from 'mongodb';
import { afterEach, expect, test } from 'vitest';
import { calm, failCommand } from '../support/faults.ts';
import { schemaFile } from '../support/schema.ts';
import { must, until, useSite } from '../support/site.ts';

/** Where no transaction fences a batch it ends within a third of the lease, and a shorter one follows where that is too little. */
const site = useSite('plain_limit', { standalone: true });
afterEach(() => calm(site.client()));

const documents = 3000;
const filled = () =>
  site
    .db()
    .collection('things')
    .countDocuments({ note: { $exists: true } });

async function scene(note: string): Promise<string> {
  const db = await site.fresh();
  await db.collection('things').insertMany(Array.from({ length: documents }, (_, a) => ({ a })));
  return schemaFile(`version: 1\ncollections: { things: { fields: { note: { ${note} } } } }\n`);
}

async function sentLimit(): Promise<unknown> {
  let found: Document[] = [];
  await until(async () => {
    const ours = { 'command.update': 'things', appName: 'schemactl' };
    found = await site
      .client()
      .db('admin')
      .aggregate([{ $currentOp: {} }, { $match: ours }])
      .toArray();
    return found.length > 0;
  });
  return (found[0]?.['command'] as Document)['maxTimeMS'] as unknown;
}

const rows: readonly [string, string, readonly string[]][] = [
  ['a default', 'type: string, default: x', []],
  ['an expression', 'compute: "$a"', []],
  ['a default of which nothing is kept', 'type: string, default: x', ['--no-undo', '--allow', 'no-undo']],
];
const lease = ['--auto-approve', '--lock-lease', '15s'];
const updates = { failCommands: ['update'], namespace: 'test_plain_limit.things' };
const slow = () => failCommand(site.client(), { ...updates, blockConnection: true, blockTimeMS: 1000 }, { times: 1 });

test.each(rows)('the server is told a third of the lease: %s', async (_, note, more) => {
  const file = await scene(note);
  await slow();
  const running = site.run(['apply', '--schema', file, ...lease, ...more]);
  expect(await sentLimit()).toBe(5000);
  await must(0, running);
  expect(await filled()).toBe(documents);
  if (more.length > 0) return;
  await slow();
  const back = site.run(['rollback', ...lease]);
  expect(await sentLimit()).toBe(5000);
  await must(0, back);
  expect(await filled()).toBe(0);
});

test.each(rows)('what takes longer is made shorter: %s', async (_, note, more) => {
  const file = await scene(note);
  await failCommand(site.client(), { ...updates, errorCode: 50 }, { times: 2 });
  await must(0, site.run(['apply', '--schema', file, ...lease, ...more]));
  expect(await filled()).toBe(documents);
});
