import { expect, test } from 'vitest';
import { schemaFile } from '../support/schema.ts';
import { must, useSite } from '../support/site.ts';

const site = useSite('verbosity');
const schema = 'version: 1\ncollections:\n  c: { indexes: [{ key: { a: 1 } }] }\n';
const escape = '\u001b[';

test('--quiet says how it ended, and of errors everything', async () => {
  await site.fresh();
  const file = await schemaFile(schema);
  const planned = await must(0, site.run(['plan', '-q', '--schema', file]));
  expect(planned.out).toContain('Plan: 2 to create.');
  expect(planned.out).not.toContain('schemactl apply');
  const apply = ['apply', '-q', '--auto-approve', '--schema', file, '--url', site.uri()];
  const { out, err } = await must(0, site.run(apply));
  expect(out).toMatch(/^Applied run 1: 2 steps in [^\n]*\nUndo with: schemactl rollback --run 1$/);
  expect(err).toBe('');
  const failed = await must(65, site.run(['plan', '--quiet', '--schema', await schemaFile('version: 1\nx: 1\n')]));
  expect(failed.err).toContain(':2');
});

test('--verbose names the commands that are sent, and nothing that they hold', async () => {
  const db = await site.fresh();
  await db.collection<{ _id: string }>('c').insertOne({ _id: 'secret' });
  const file = await schemaFile('version: 1\ncollections: { c: { fields: { x: { default: hidden } } } }\n');
  const { out, err } = await must(0, site.run(['apply', '-v', '--auto-approve', '--schema', file]));
  expect(out).toContain('Applied run 1');
  expect(err).toMatch(new RegExp(`^· listIndexes ${site.name}\\.c, \\d+ ms$`, 'm'));
  expect(err).toMatch(new RegExp(`^· update ${site.name}\\.c, \\d+ ms$`, 'm'));
  expect(err).not.toMatch(/secret|hidden/);
});

test.each([
  ['always', true],
  ['never', false],
  ['auto', false],
] as const)('--color %s', async (when, coloured) => {
  const missing = ['plan', '--schema', 'nowhere', `--color=${when}`];
  const { err } = await must(65, site.run(missing));
  expect(err.includes(escape)).toBe(coloured);
  const { out } = await must(0, site.run(['status', '--color', when]));
  expect(out.includes(escape)).toBe(coloured);
});

test('--color takes no other word', async () => {
  const { err } = await must(64, site.run(['status', '--color', 'red']));
  expect(err).toContain('--color takes auto or always or never, not "red"');
});
