import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyFolder } from '../support/folder.ts';
import { schemaFile } from '../support/schema.ts';
import { must, useSite } from '../support/site.ts';

const site = useSite('reports');
const formats = ['text', 'json', 'markdown', 'html', 'github', 'sarif', 'junit'] as const;

const unique = 'version: 1\ncollections:\n  c:\n    indexes:\n      - { key: { a: 1 }, unique: true }\n';

/** The flags that write every report to a folder, and what reads one. */
async function reports(names: readonly string[] = formats) {
  const folder = await emptyFolder();
  const flags = names.flatMap((format) => ['--report', `${format}=${join(folder, format)}`]);
  return { flags, folder, read: (format: string) => readFile(join(folder, format), 'utf8') };
}

test('plan writes every format beside what it prints; show gives the same of the saved plan', async () => {
  const db = await site.fresh();
  await db.collection('c').insertMany([{ a: 1 }, { a: 1 }]);
  const file = await schemaFile(unique);
  const { flags, folder, read } = await reports();
  const plan = join(folder, 'plan.json');
  const { out } = await must(22, site.run(['plan', '--schema', file, '--detailed-exitcode', '--out', plan, ...flags]));
  expect(out).toContain('Blocked: c.indexes.a_1');
  expect(out.startsWith((await read('text')).trimEnd())).toBe(true);
  expect(await read('json')).toBe(await readFile(plan, 'utf8'));
  expect(await read('markdown')).toContain('### schemactl plan: 1 to create — blocked: the data forbids 1 change');
  expect(await read('html')).toContain('<h1>Blocked: the data forbids 1 change</h1>');
  expect(await read('github')).toMatch(
    /^::error file=[^,]*schema\.yaml,line=5,col=9,title=c\.indexes\.a_1%3A duplicate::/,
  );
  expect(await read('sarif')).toContain('"ruleId": "duplicate"');
  expect(await read('junit')).toContain('failures="1"');
  for (const format of ['markdown', 'html', 'sarif', 'junit', 'github'] as const) {
    const shown = await must(0, site.run(['show', plan, '--format', format]));
    expect(shown.out).toContain('duplicate');
  }
});

test('apply and rollback tell how it went', async () => {
  await site.fresh();
  const file = await schemaFile(unique);
  const { flags, read } = await reports();
  await must(0, site.run(['apply', '--schema', file, '--auto-approve', ...flags]));
  expect(await read('text')).toMatch(/Plan: 2 to create[^]*✔ run 1 opened[^]*Applied run 1: 2 steps/);
  const events = (await read('json'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string });
  expect(events[0]).toMatchObject({ event: 'lock' });
  expect(events.at(-1)).toMatchObject({ event: 'done', run: 1, outcome: 'applied', exitCode: 0 });
  expect(await read('markdown')).toMatch(/^### schemactl apply: 2 to create — applied as run 1 in /);
  const back = await reports();
  await must(0, site.run(['rollback', '--plan-only', ...back.flags]));
  expect(await back.read('markdown')).toMatch(/^### schemactl rollback: 2 to drop — ready\n/);
  await must(0, site.run(['rollback', '--auto-approve', ...back.flags]));
  expect(await back.read('markdown')).toMatch(/^### schemactl rollback: 2 to drop — rolled back as run 2 in /);
});

test('an apply that is refused tells of its plan and why', async () => {
  const db = await site.fresh();
  await db.collection('c').insertMany([{ a: 1 }, { a: 1 }]);
  const { flags, read } = await reports();
  await must(22, site.run(['apply', '--schema', await schemaFile(unique), '--auto-approve', ...flags]));
  expect(await read('markdown')).toMatch(/blocked: the data forbids 1 change\n[^]*error SCH2201[^]*\| ✘ duplicate/);
  expect(await read('junit')).toContain('failures="2"');
  expect(JSON.parse(await read('json'))).toMatchObject({ error: { code: 'SCH2201' } });
});

test('where nothing came of it, a report of yesterday does not stay', async () => {
  const { flags, folder, read } = await reports();
  await writeFile(join(folder, 'markdown'), 'all is well');
  await must(
    69,
    site.run(['plan', '--schema', await schemaFile(unique), ...flags], { uri: 'mongodb://127.0.0.1:1/x' }),
  );
  expect(await read('markdown')).toContain('### schemactl plan failed: The server cannot be reached.');
  for (const format of formats) expect(await read(format)).toContain('The server cannot be reached');
});

test('validate reports each finding at its line, on standard output too', async () => {
  const file = await schemaFile(unique.replace('unique:', 'unqiue:').replace('a: 1', 'a: 0'));
  const { flags, read } = await reports(formats.filter((format) => format !== 'html'));
  const { out, err } = await must(65, site.run(['validate', '--schema', file, '--format', 'github', ...flags]));
  expect(out).toBe((await read('github')).trimEnd());
  expect(out.split('\n')).toHaveLength(2);
  expect(out).toMatch(/^::error file=[^,]*schema\.yaml,line=5,col=\d+,title=[^:]*SCH2119::/);
  expect(err).toContain('did you mean "unique"?');
  expect(await read('sarif')).toContain('"ruleId": "SCH2104"');
  expect(await read('junit')).toContain('failures="2"');
  const sound = await schemaFile(unique);
  await must(0, site.run(['validate', '--schema', sound, ...flags]));
  expect(await read('github')).toBe('');
  expect(await read('markdown')).toContain('1 file valid');
});

test.each([
  ['plan', 'prom=x'],
  ['validate', 'html=x'],
  ['apply', 'jsonpatch=x'],
])('%s does not know --report %s', async (command, report) => {
  const schema = await schemaFile(unique);
  const cwd = dirname(schema);
  const { err } = await must(64, site.run([command, '--schema', schema, '--report', report], { cwd }));
  expect(await readdir(cwd)).not.toContain('x');
  expect(err).toContain('--report takes FORMAT=FILE with one of text, json, markdown');
});
