import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { jsonSchemas } from '../../src/report/schemas/shapes.ts';
import { emptyFolder } from '../support/folder.ts';
import { expectShape } from '../support/json-schemas.ts';
import { fillShop } from '../support/shop.ts';
import { schemaFile } from '../support/schema.ts';
import { must, useSite } from '../support/site.ts';

const site = useSite('schemas');

const changed = `version: 1
collections:
  orders:
    options: { capped: true, size: 8388608 }
  users:
    validation: { level: moderate, action: warn }
    fields:
      id: { type: string }
      name: { renamedFrom: full, type: string }
      n: { type: int, convert: true }
      gone: { absent: true }
      customer_v2_id: { type: string }
    links: { customer: { field: customer_v2_id, references: customers_v2.id, populate: { match: { id: user_id } } } }
  customers_v2: { fields: { id: { type: string }, user_id: { type: string } } }
`;

/** What a command printed as one JSON object has the shape that is shipped for it. */
async function printed(name: string, code: number, ...args: readonly string[]): Promise<void> {
  const { out } = await must(code, site.run([...args, '--format', 'json']));
  expectShape(name, out);
}

async function events(code: number, ...args: readonly string[]): Promise<void> {
  const { out } = await must(code, site.run([...args, '--format', 'json', '--auto-approve']));
  for (const line of out.split('\n')) expectShape('event', line);
}

test('what every command prints as JSON has the shape that is shipped for it', async () => {
  await fillShop(await site.fresh());
  const folder = await emptyFolder();
  const [plan, snapshot] = [join(folder, 'plan.json'), join(folder, 'shop.json')];
  await printed('validate', 0, 'validate');
  await printed('plan', 0, 'plan', '--out', plan);
  await printed('plan', 0, 'show', plan);
  await printed('status', 0, 'status');
  await events(0, 'apply');
  await printed('plan', 0, 'plan', '--schema', await schemaFile(changed));
  await printed('plan', 0, 'rollback', '--plan-only');
  await printed('status', 0, 'status');
  await printed('history', 0, 'history');
  await printed('run', 0, 'history', '1');
  await printed('drift', 2, 'drift');
  await printed('doctor', 0, 'doctor');
  await printed('purge', 0, 'purge', '--plan-only', '--all');
  await printed('check', 2, 'check');
  await printed('snapshot', 0, 'snapshot');
  await must(0, site.run(['snapshot', '--out', snapshot]));
  await printed('diff', 0, 'diff', await schemaFile(changed), 'live');
  await printed('grants', 0, 'grants');
  await printed('explain', 0, 'explain', 'SCH2004');
  await printed('explain', 0, 'explain');
  await printed('init', 0, 'init', '--from-live', '--out', join(folder, 'live'));
  await rm(plan);
  await printed('init', 0, 'init', '--out', join(folder, 'new'));
  await events(0, 'rollback');
  await printed('error', 65, 'show', plan);
  await printed('error', 65, 'validate', '--schema', await schemaFile('version: 2'));
}, 180_000);

test('schema prints them; a misspelt one is asked back', async () => {
  const { out } = await must(0, site.run(['schema']));
  expect(JSON.parse(out)).toEqual(jsonSchemas['language']);
  for (const name of Object.keys(jsonSchemas))
    expect(JSON.parse((await must(0, site.run(['schema', name]))).out)).toEqual(jsonSchemas[name]);
  expect((await must(64, site.run(['schema', 'plna']))).err).toContain('did you mean "plan"?');
  const help = (await must(0, site.run(['schema', '--help']))).out;
  expect(Object.keys(jsonSchemas).filter((name) => !help.includes(name))).toEqual([]);
});
