import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Document } from 'mongodb';
import { expect, test } from 'vitest';
import { emptyFolder } from '../support/folder.ts';
import { schemaFile } from '../support/schema.ts';
import { documentsOf, must, useSite } from '../support/site.ts';

/** Strange inputs that mean something: what is stored is exactly that, and a second plan is empty. */
const site = useSite('bad_inputs_kept');

const things = (inside: string): string => `version: 1\ncollections: { things: { ${inside} } }\n`;
const field = (rules: string): string => things(`fields: { f: { ${rules} } }`);

async function applied(schema: string): Promise<void> {
  const db = await site.fresh();
  await db.collection<{ _id: number }>('things').insertOne({ _id: 1 });
  const args = ['--schema', await schemaFile(schema)];
  await must(0, site.run(['apply', '--auto-approve', ...args]));
  await must(0, site.run(['plan', '--detailed-exitcode', '--check-data', 'full', ...args]));
}

/** What is stored, as the server names its type. */
async function stored(): Promise<Document> {
  const shown = { _id: 0, f: 1, type: { $type: '$f' }, text: { $toString: '$f' } };
  const [found] = await site
    .db()
    .collection('things')
    .aggregate([{ $project: shown }])
    .toArray();
  return found!;
}

test.each([
  { n: 6, what: 'NO is text', rules: 'type: string, default: NO', type: 'string', text: 'NO' },
  {
    n: 9,
    what: '9007199254740993 is a long',
    rules: 'type: long, default: 9007199254740993',
    type: 'long',
    text: '9007199254740993',
  },
  { n: 12, what: '1 of a double', rules: 'type: double, default: 1', type: 'double', text: '1' },
  { n: 12, what: '1.0 of an int', rules: 'type: int, default: 1.0', type: 'int', text: '1' },
  { n: 12, what: '-0', rules: 'type: double, default: -0.0', type: 'double', text: '-0' },
  {
    n: 13,
    what: 'bare date of a string',
    rules: 'type: string, default: 2026-01-31',
    type: 'string',
    text: '2026-01-31',
  },
  {
    n: 13,
    what: 'bare date of a date',
    rules: 'type: date, default: 2026-01-31',
    type: 'date',
    text: '2026-01-31T00:00:00.000Z',
  },
  { n: 28, what: 'the default "$price"', rules: 'type: string, default: $price', type: 'string', text: '$price' },
])('bad input $n: $what, kept exactly, no perpetual diff', async ({ rules, type, text }) => {
  await applied(field(rules));
  expect(await stored()).toMatchObject({ type, text });
});

test('bad input 28: the default { $where: … } is a literal, never run', async () => {
  await applied(field('type: object, default: { $where: "sleep(1)" }'));
  const [found] = await documentsOf(site.db(), 'things');
  expect(found!['f']).toEqual({ $where: 'sleep(1)' });
});

test('bad input 12: an index on 1.0 is the index on 1', async () => {
  const db = await site.fresh();
  await db.collection('things').createIndexes([{ key: { a: 1 }, name: 'a_1' }]);
  const { out } = await must(
    0,
    site.run(['plan', '--schema', await schemaFile(things('indexes: [ { key: { a: 1.0 } } ]'))]),
  );
  expect(out).not.toContain('to create');
});

const plain = `version: 1
collections:
  things:
    fields:
      f: { type: string, default: "two words" }
    indexes:
      - key: { a: 1 }
`;

test.each([
  { what: 'BOM', change: (text: string) => `\uFEFF${text}` },
  { what: 'CRLF', change: (text: string) => text.replaceAll('\n', '\r\n') },
])('bad input 19: $what is accepted and means the same', async ({ change }) => {
  await site.fresh();
  const desired = async (text: string): Promise<unknown> => {
    const { out } = await must(0, site.run(['plan', '--format', 'json', '--schema', await schemaFile(text)]));
    return (JSON.parse(out) as Document)['desired'];
  };
  expect(await desired(change(plain))).toBe(await desired(plain));
});

/** ESC, OSC, CR, C1 (its CSI and NEL among them), ends of lines of Unicode, and what turns the direction of text. */
const nasty = 'a\u001b[31m\u001b]0;owned\u0007\rb\u202ec\u0085\u009b31m\u2028\u2029\u2066d';
/** What acts on a terminal; a line of output ends with a newline. */
const acting = /(?!\n)[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

test('bad input 26: a name with ESC, OSC, CR and bidi is printed escaped, in JSON exact', async () => {
  const db = await site.fresh();
  const schema = `version: 1\ncollections: { ${JSON.stringify(nasty)}: { indexes: [ { key: { a: 1 } } ] } }\n`;
  const args = ['--schema', await schemaFile(schema)];
  const outputs = [];
  for (const command of [
    ['plan'],
    ['apply', '--auto-approve'],
    ['status'],
    ['history', '1'],
    ['rollback', '--plan-only'],
  ])
    outputs.push(await must(0, site.run([...command, ...(/plan|apply|status/.test(command[0]!) ? args : [])])));
  await db.collection(nasty).dropIndexes();
  outputs.push(await must(0, site.run(['plan', ...args])));
  outputs.push(await site.run(['rollback', '--auto-approve']));
  for (const { out, err } of outputs) expect(out + err).not.toMatch(acting);
  expect(outputs[0]!.out).toContain('a\\u{1b}[31m');
  const { out } = await must(0, site.run(['plan', '--format', 'json', ...args]));
  const { steps } = JSON.parse(out) as { steps: { collection: string }[] };
  expect(steps.map(({ collection }) => collection)).toContain(nasty);
});

test.each(['json', 'prom', 'github', 'junit', 'sarif', 'markdown'])(
  'bad input 26: nor in what drift and check print as %s',
  async (format) => {
    const db = await site.fresh();
    await db.createCollection(nasty);
    const schema = `version: 1\ncollections: { ${JSON.stringify(nasty)}: { fields: { a: { type: string, required: true } } } }\n`;
    await db.collection(nasty).insertOne({ b: 1 });
    const args = ['--schema', await schemaFile(schema), '--format', format];
    const outputs = [await site.run(['check', ...args])];
    if (['json', 'prom', 'github', 'markdown'].includes(format)) outputs.push(await site.run(['drift', ...args]));
    outputs.push(
      await site.run(['plan', '--format', format === 'json' ? 'json' : 'text', '--only', nasty, ...args.slice(0, 2)]),
    );
    for (const { out, err } of outputs) {
      expect(out).not.toMatch(acting);
      expect(err).not.toMatch(acting);
      expect(out.length).toBeGreaterThan(0);
    }
  },
);

/** A name of a folder and of a file in it, of a collection in it, and of the collection that the schema lacks. */
async function nastyFolder(text: string): Promise<{ readonly cwd: string; readonly schema: string }> {
  const cwd = await emptyFolder();
  await mkdir(join(cwd, nasty));
  await writeFile(join(cwd, nasty, `${nasty}.yaml`), text);
  return { cwd, schema: nasty };
}

const sound = `version: 1\ncollections: { ${JSON.stringify(nasty)}: { indexes: [ { key: { a: 1 } } ] } }\n`;
const unsound = `version: 1\ncollections: { ${JSON.stringify(nasty)}: { indxes: [] } }\n`;

test.each([
  ['validate', sound, ['text', 'json', 'github', 'sarif', 'junit', 'markdown', 'html']],
  ['validate', unsound, ['text', 'json', 'github', 'sarif', 'junit', 'markdown', 'html']],
  ['plan', sound, ['text', 'json', 'github', 'sarif', 'junit', 'markdown', 'html']],
  ['status', sound, ['text', 'json']],
  ['doctor', sound, ['text', 'json']],
  ['check', sound, ['text', 'json']],
  ['drift', sound, ['text', 'json', 'prom']],
  ['diff', null, ['text', 'json']],
  ['snapshot', null, ['json']],
  ['apply', sound, ['text', 'json']],
  ['history', null, ['text', 'json']],
] as const)(
  'bad input 26: nor in file names, the trace and what is to be typed next: %s',
  async (command, text, formats) => {
    await (await site.fresh()).createCollection(nasty);
    const { cwd, schema } = await nastyFolder(text ?? sound);
    for (const format of formats) {
      for (const more of [[], ['--color', 'always'], ...(command === 'validate' ? [] : [['-v']])]) {
        const own = [
          ...(text === null ? [] : ['--schema', schema]),
          ...(command === 'apply' ? ['--auto-approve'] : []),
        ];
        const { out, err } = await site.run([command, '--format', format, ...own, ...more], { cwd });
        if (format !== 'github') expect(out + err, `${format} ${more.join(' ')}`).not.toBe('');
        const ours = more.includes('--color') ? /\u001b\[\d*(;\d+)*m/g : /(?!)/g;
        expect((out + err).replaceAll(ours, ''), `${format} ${more.join(' ')}`).not.toMatch(acting);
      }
    }
  },
);

test('bad input 26: nor in a plan, a snapshot and reports that are kept; what is read from them is exact', async () => {
  await (await site.fresh()).createCollection(nasty);
  const { cwd, schema } = await nastyFolder(sound);
  const reports = ['json', 'sarif', 'junit', 'github', 'markdown', 'html'].flatMap((format) => [
    '--report',
    `${format}=r.${format}`,
  ]);
  await must(0, site.run(['plan', '--schema', schema, '--out', 'p.json', ...reports], { cwd }));
  await must(0, site.run(['snapshot', '--out', 's.json'], { cwd }));
  for (const name of (await readdir(cwd)).filter((each) => each.includes('.')))
    expect(await readFile(join(cwd, name), 'utf8'), name).not.toMatch(acting);
  const plan = JSON.parse(await readFile(join(cwd, 'p.json'), 'utf8')) as { steps: { collection: string }[] };
  expect(plan.steps.map(({ collection }) => collection)).toContain(nasty);
  await must(0, site.run(['apply', 'p.json'], { cwd }));
  await must(0, site.run(['plan', '--detailed-exitcode', '--schema', schema], { cwd }));
});

test('bad input 26: the next command can be typed as it is shown', async () => {
  await site.fresh();
  const { cwd, schema } = await nastyFolder(sound);
  const { out } = await must(0, site.run(['plan', '--schema', schema], { cwd }));
  const word = /--schema (\$'[^']*')/.exec(out)?.[1] ?? '';
  const { stdout } = await promisify(execFile)('bash', ['-c', `printf %s ${word}`]);
  expect(stdout).toBe(nasty);
});

test('bad input 30: the pattern (a+)+$ is handed to the server and never run here', async () => {
  const db = await site.fresh();
  await db.collection('things').insertOne({ f: `${'a'.repeat(28)}!` });
  const schema = things(
    'validation: { level: moderate, action: warn }, fields: { f: { type: string, pattern: "(a+)+$" } }',
  );
  const args = ['--schema', await schemaFile(schema)];
  await db.command({ profile: 2 });
  await must(0, site.run(['plan', '--check-data', 'full', ...args]));
  await must(2, site.run(['check', ...args]));
  await db.command({ profile: 0 });
  const asked = await db.collection('system.profile').find({ 'command.aggregate': 'things' }).toArray();
  const limits = asked.filter(({ command }) => JSON.stringify(command).includes('(a+)+$'));
  expect(limits.length).toBeGreaterThan(0);
  for (const { command } of limits) expect((command as Document)['maxTimeMS']).toBeGreaterThan(0);
  await must(0, site.run(['apply', '--auto-approve', ...args]));
});

test('bad input 33: a cycle of links is allowed, and the order is always the same', async () => {
  await site.fresh();
  const a =
    'a: { fields: { id: { type: string }, b: { type: string } }, links: { b: { field: b, references: b.id } }, indexes: [ { key: { b: 1 } } ] }';
  const b =
    'b: { fields: { id: { type: string }, a: { type: string } }, links: { a: { field: a, references: a.id } }, indexes: [ { key: { a: 1 } } ] }';
  const steps = async (...parts: readonly string[]): Promise<unknown> => {
    const args = ['--schema', await schemaFile(`version: 1\ncollections: { ${parts.join(', ')} }\n`)];
    const { out } = await must(0, site.run(['plan', '--format', 'json', ...args]));
    return (JSON.parse(out) as { steps: { address: string }[] }).steps.map(({ address }) => address);
  };
  expect(await steps(a, b)).toEqual(await steps(b, a));
});
