import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Document } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { binary } from '../support/cli.ts';
import { here } from '../support/here.ts';
import { schemaFile } from '../support/schema.ts';
import { must, own, useSite } from '../support/site.ts';

const site = useSite('streams');

const things = (key = 'a: 1'): string =>
  `version: 1\ncollections:\n  things:\n    fields: { note: { type: string, default: "-" } }\n    indexes: [ { key: { ${key} } } ]\n`;

async function filled(count = 10): Promise<string> {
  const db = await site.fresh();
  await db.collection('things').insertMany(Array.from({ length: count }, (_, a) => ({ a })));
  return schemaFile(things());
}

const lines = (text: string): readonly Document[] => text.split('\n').map((line) => JSON.parse(line) as Document);

const done = (outcome: string, exitCode: number) => ({
  event: 'done',
  outcome,
  exitCode,
  run: expect.anything() as unknown,
  steps: { done: expect.any(Number) as unknown, left: expect.any(Number) as unknown },
  late: 0,
});

describe('results on stdout, messages on stderr', () => {
  test('a whole life: nothing on stderr while all goes well, no escape codes anywhere', async () => {
    const schema = ['--schema', await filled()];
    const plain = { env: { NO_COLOR: '' } };
    for (const args of [
      ['validate', ...schema],
      ['plan', ...schema],
      ['apply', '--auto-approve', ...schema],
      ['status', ...schema],
      ['history'],
      ['history', '1'],
      ['rollback', '--auto-approve'],
      ['resume', '--auto-approve'],
      ['unlock', 'x'],
      ['--help'],
      ['--version'],
    ]) {
      const { out, err } = await must(0, site.spawn(args, plain).done);
      expect(out, args.join(' ')).not.toBe('');
      expect(err, args.join(' ')).toBe('');
      expect(out, args.join(' ')).not.toContain('\u001b');
    }
  });

  test('an error is on stderr, without escape codes; FORCE_COLOR asks for them, NO_COLOR wins', async () => {
    const args = ['history', '9'];
    const asked = await must(64, site.spawn(args, { env: { NO_COLOR: '', FORCE_COLOR: '1' } }).done);
    const refused = await must(64, site.spawn(args, { env: { NO_COLOR: '1', FORCE_COLOR: '1' } }).done);
    const piped = await must(64, site.spawn(args, { env: { NO_COLOR: '' } }).done);
    expect([asked.out, refused.out, piped.out]).toEqual(['', '', '']);
    expect(asked.err).toContain('\u001b');
    expect(refused.err).not.toContain('\u001b');
    expect(piped.err).toBe(refused.err);
  });
});

describe('--format json', () => {
  test('validate, plan, status and history are one JSON object each, before and after apply', async () => {
    const schema = ['--schema', await filled()];
    const json = async (...args: readonly string[]): Promise<Document> => {
      const { out, err } = await must(0, site.spawn([...args, '--format', 'json']).done);
      expect(err).toBe('');
      return JSON.parse(out) as Document;
    };
    expect(await json('validate', ...schema)).toMatchObject({ formatVersion: 1, valid: true });
    expect(await json('plan', ...schema)).toMatchObject({ formatVersion: 1, noop: false });
    expect(await json('status', ...schema)).toMatchObject({ formatVersion: 1, milestones: [] });
    await must(0, site.spawn(['apply', '--auto-approve', ...schema]).done);
    expect(await json('plan', ...schema)).toMatchObject({ noop: true, steps: [], units: [] });
    expect(await json('status', ...schema)).toMatchObject({ lastRun: { run: 1 } });
    expect(JSON.stringify(await json('history'))).toContain('"run":1');
    expect(JSON.stringify(await json('history', '1'))).toContain('things.indexes.a_1');
    expect(await json('rollback', '--plan-only')).toMatchObject({ formatVersion: 1, noop: false });
  });

  test('apply, resume and rollback are NDJSON whose last line is the event done', async () => {
    const schema = ['--schema', await filled()];
    const events = async (...args: readonly string[]): Promise<readonly Document[]> => {
      const { out, err } = await must(0, site.spawn([...args, '--auto-approve', '--format', 'json']).done);
      expect(err).toBe('');
      return lines(out);
    };
    const applied = await events('apply', ...schema);
    expect(applied.map(({ event }) => event as string)).toEqual(expect.arrayContaining(['lock', 'run', 'unit-done']));
    expect(applied.at(-1)).toMatchObject({ ...done('applied', 0), run: 1, steps: { done: 2, left: 0 } });
    expect((await events('apply', ...schema)).at(-1)).toMatchObject({ event: 'done', run: null, exitCode: 0 });
    expect((await events('resume')).at(-1)).toMatchObject({ event: 'done', run: null, exitCode: 0 });
    expect((await events('rollback')).at(-1)).toMatchObject({ ...done('applied', 0), run: 2 });
    expect((await events('rollback')).at(-1)).toMatchObject({ event: 'done', run: null, exitCode: 0 });
  });

  test.each([
    { what: 'no schema', code: 65, args: ['validate', '--schema', 'no/such/schema'] },
    { what: 'no server', code: 69, args: ['history'], uri: 'mongodb://127.0.0.1:1/x' },
    { what: 'no connection string', code: 78, args: ['history'], uri: '' },
    { what: 'no such run', code: 64, args: ['history', '9'] },
    { what: 'no such plan', code: 65, args: ['show', 'no/such/plan'] },
    { what: 'nobody to approve', code: 20, args: ['apply', '--schema', 'FILE'] },
    { what: 'no such flag', code: 64, args: ['history', '--nope'] },
    { what: 'no such command', code: 64, args: ['histroy'] },
    { what: 'an argument missing', code: 64, args: ['unlock'] },
  ])('$what: the error as JSON on stdout, the same sentence on stderr', async ({ code, args, uri }) => {
    const file = await filled();
    const typed = args.map((word) => (word === 'FILE' ? file : word));
    const options = uri === undefined ? {} : { uri };
    const { out, err } = await must(code, site.spawn([...typed, '--format', 'json'], options).done);
    const { error } = JSON.parse(out) as { error: Document };
    expect(Object.keys(error).sort()).toEqual(['code', 'details', 'message', 'next']);
    expect(error['code']).toMatch(/^SCH\d{4}$/);
    expect(error['message']).not.toBe('');
    expect(err).toContain(error['message']);
    expect(err).not.toContain('more:');
    const text = await must(code, here(uri ?? site.uri(), typed, options));
    expect(text.err.split('\n').at(-1)).toBe(`  more: schemactl explain ${String(error['code'])}`);
  });
});

/** Writes what Node resolves to stderr, one line a module; in place before the program is loaded. */
const hook = `import { writeSync } from 'node:fs'; export async function resolve(name, context, next) { const found = await next(name, context); writeSync(2, 'loads ' + found.url + '\\n'); return found; }`;
const data = (code: string): string => `data:text/javascript,${encodeURIComponent(code)}`;
const tracing = data(`import { register } from 'node:module'; register(${JSON.stringify(data(hook))});`);

test.each([
  { args: ['--version'], loads: [] },
  { args: ['--help'], loads: [] },
  { args: ['apply', '--help'], loads: [] },
  { args: ['validate'], loads: [] },
  { args: ['unlock', 'x'], loads: ['mongodb'] },
])('$args loads of the heavy packages only $loads', async ({ args, loads }) => {
  await site.fresh();
  const { err } = await must(0, site.spawn(args, { env: { NODE_OPTIONS: `--import=${tracing}` } }).done);
  expect(err).toContain('/dist/version.js');
  const found = [...err.matchAll(/^loads .*\/node_modules\/(.+?)\//gm)].map(([, name]) => name);
  const heavy = ['ajv', 'yaml', 'mongodb', 'mongodb-memory-server-core', '@clack', 'log-update', 'fast-json-patch'];
  expect([...new Set(found)].filter((name) => heavy.includes(name ?? '')).sort()).toEqual(loads);
});

describe('help', () => {
  test('lists the commands by group, and says where to start', async () => {
    const { out } = await must(0, site.spawn(['--help']).done);
    const groups = [...out.matchAll(/^(\w[^\n]*):\n((?: {2}.*\n)+)/gm)].map(([, group, body]) => [
      group,
      [...(body ?? '').matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name),
    ]);
    expect(Object.fromEntries(groups)).toMatchObject({
      Start: ['init', 'doctor', 'grants'],
      'Review, never writing': [
        'validate',
        'plan',
        'show',
        'diff',
        'drift',
        'check',
        'status',
        'history',
        'snapshot',
        'diagram',
      ],
      Change: ['apply', 'resume', 'rollback', 'unlock', 'purge'],
    });
    expect(out).toContain('schemactl plan --ephemeral');
    for (const code of [2, 20, 21, 22, 23, 24, 64, 65, 69, 77, 78, 130]) expect(out).toMatch(new RegExp(`\\b${code} `));
  });

  test.each([
    'init',
    'grants',
    'validate',
    'plan',
    'show',
    'status',
    'history',
    'diff',
    'snapshot',
    'apply',
    'resume',
    'rollback',
    'unlock',
    'doctor',
    'drift',
    'check',
    'purge',
  ])('%s --help begins with two examples of it', async (command) => {
    const { out } = await must(0, site.spawn([command, '--help']).done);
    const [first, second, empty, use] = out.split('\n');
    expect(first).toMatch(/^ {2}schemactl \w+/);
    expect(second).toMatch(new RegExp(`^ {2}schemactl ${command}\\b`));
    expect(empty).toBe('');
    expect(use).toMatch(new RegExp(`^Usage: schemactl ${command} `));
  });

  test('nothing typed is 64 with the help', async () => {
    const { out, err } = await must(64, site.spawn([]).done);
    expect(out + err).toContain('Usage: schemactl');
  });
});

test.each([
  ['text', 'apply', '--auto-approve'],
  ['json', 'apply', '--auto-approve'],
  ['text', 'plan'],
  ['json', 'plan'],
])('a reader that goes away (| head), %s, %s: no crash, and the work is done', async (format, ...args) => {
  const file = await filled(3000);
  const child = spawn('node', [binary, ...args, '--schema', file, '--format', format], {
    env: { ...process.env, MONGODB_URI: site.uri() },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.destroy();
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  expect(err).toBe('');
  expect(code).toBe(0);
  if (args[0] !== 'apply') return;
  expect(await own(site.db(), 'runs')).toMatchObject([{ state: 'applied' }]);
  expect((await own(site.db(), 'lock'))[0]).toMatchObject({ owner: null });
});
