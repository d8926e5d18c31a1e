import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { schemaFile } from '../support/schema.ts';
import { must, useSite } from '../support/site.ts';

/** What the checklist says of a database that does not exist, or holds nothing yet. */
const site = useSite('doctor_database');

interface Item {
  readonly item: string;
  readonly state: string;
  readonly message: string;
}

async function examined(code: number, args: readonly string[]): Promise<readonly Item[]> {
  const { out } = await must(code, site.run(['doctor', '--format', 'json', ...args]));
  return (JSON.parse(out) as { items: readonly Item[] }).items;
}

test('a database that is not there, beside others, is not ticked: its name may be misspelt', async () => {
  await site.fresh();
  const db = ['--db', `${site.name}_misspelt`];
  const bad = (await examined(2, db)).filter(({ state }) => state === 'bad');
  expect(bad).toMatchObject([{ item: 'database' }]);
  expect(bad[0]!.message).toMatch(/^there is no database "\w+_misspelt"; it would be created beside: /);
  expect((await must(2, site.run(['doctor', ...db]))).out).toContain('1 of 6 needs attention');
});

test('a database has no data to check before the first apply', async () => {
  await site.fresh();
  const file = await schemaFile('version: 1\ncollections: { orders: { fields: { a: { type: int } } } }\n');
  const plan = join(dirname(file), 'plan.json');
  await must(0, site.run(['plan', '--schema', file, '--out', plan]));
  const consistency = (await examined(0, [plan, '--schema', file])).find(({ item }) => item === 'consistency');
  expect(consistency?.message).toBe('nothing to check yet: no declared collection exists');
});
