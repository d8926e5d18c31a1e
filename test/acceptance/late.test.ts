import { afterEach, expect, test } from 'vitest';
import { calm, failCommand } from '../support/faults.ts';
import { schemaFile } from '../support/schema.ts';
import { must, useSite } from '../support/site.ts';

const site = useSite('late', {});
afterEach(() => calm(site.client()));

test('what cannot be counted at the end is told as not known, never as none', async () => {
  const db = await site.fresh();
  await db.collection('things').insertMany(Array.from({ length: 10 }, (_, n) => ({ n })));
  const file = await schemaFile('version: 1\ncollections:\n  things: { fields: { k: { compute: "$n" } } }\n');
  let armed = Promise.resolve();
  const heard = (text: string): void => {
    if (text.includes('"unit-done"'))
      armed = failCommand(site.client(), { failCommands: ['aggregate'], errorCode: 50 }, 'alwaysOn');
  };
  const run = ['--auto-approve', '--format', 'json'];
  const { out } = await must(0, site.run(['apply', '--schema', file, ...run], { heard }));
  await armed;
  expect(out).toContain('"late":null');
  expect(out).toMatch(/"code":"late-documents".*is not known: that takes longer than 10 s/);
  await calm(site.client());
  const { out: history } = await must(0, site.run(['history', '--format', 'json']));
  expect(history).toMatch(/"late": ?null/);
});
