import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { schemaFile } from '../support/schema.ts';
import { must, useSite } from '../support/site.ts';

/** What the checklist says of a database in which nothing is yet. */
const site = useSite('doctor_database');

interface Item {
  readonly item: string;
  readonly state: string;
  readonly message: string;
}

async function examined(code: number, ...args: readonly string[]): Promise<readonly Item[]> {
  const { out } = await must(code, site.run(['doctor', '--format', 'json', ...args]));
  return (JSON.parse(out) as { items: readonly Item[] }).items;
}

test('one that does not exist beside others is not ticked: its name may be misspelt', async () => {
  await site.fresh();
  const misspelt = ['--db', `${site.name}_misspelt`];
  const bad = (await examined(2, ...misspelt)).filter(({ state }) => state !== 'ok');
  expect(bad.map(({ item }) => item)).toEqual(['database']);
  expect(bad[0]?.message).toMatch(/^there is no database "\w+_misspelt"; it would be created beside: /);
  await examined(0, ...misspelt, '--skip', 'database');
});

test('one without any of the collections has no data to check before the first apply', async () => {
  await site.fresh();
  const file = await schemaFile('version: 1\ncollections: { orders: { fields: { a: { type: int } } } }\n');
  const plan = join(dirname(file), 'plan.json');
  await must(0, site.run(['plan', '--schema', file, '--out', plan]));
  const { items } = JSON.parse((await site.run(['doctor', plan, '--schema', file, '--format', 'json'])).out) as {
    items: readonly Item[];
  };
  expect(items.find(({ item }) => item === 'consistency')).toMatchObject({
    state: 'ok',
    message: 'nothing to check yet: no declared collection exists',
  });
});
