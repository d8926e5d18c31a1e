import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Int32, Long } from 'mongodb';
import { afterEach, describe, expect, test } from 'vitest';
import { binary } from '../support/cli.ts';
import { applyOf, prepared, whole } from '../support/crash.ts';
import { calm, failCommand } from '../support/faults.ts';
import { schemaFile } from '../support/schema.ts';
import { must, own, sleep, until, useSite } from '../support/site.ts';

/** What stands in the database, and what the machine does not give. */
const site = useSite('bad_inputs_state', {});

const schema = 'version: 1\ncollections: { things: { indexes: [ { key: { a: 1 } } ] } }\n';
const more = schema.replace('a: 1', 'a: 1, b: 1');

afterEach(() => calm(site.client()));

async function applied(): Promise<void> {
  await site.fresh();
  await must(0, site.run(['apply', '--auto-approve', '--schema', await schemaFile(schema)]));
}

const change = async (): Promise<readonly string[]> => [
  'apply',
  '--auto-approve',
  '--allow',
  'drop-index',
  '--schema',
  await schemaFile(more),
];

describe('bad input 45: a malformed lock document is held, and unlock needs its id', () => {
  test.each([
    ['an owner that is text', { $set: { owner: 'somebody' } }],
    ['an owner without an id', { $set: { owner: { host: 'x' } } }],
    ['a token that is text', { $set: { token: 'seven' } }],
    ['no token', { $unset: { token: 1 } }],
    ['a lease that is text', { $set: { owner: { id: 'k' }, leaseUntil: 'never' } }],
    ['a free lock whose format is text', { $set: { format: 'x' } }],
    ['a free lock whose format is true', { $set: { format: true } }],
    ['a free lock whose format is a document', { $set: { format: { a: 1 } } }],
    ['a free lock whose token is NaN', { $set: { token: Number.NaN } }],
    ['a free lock whose token is infinite', { $set: { token: Number.POSITIVE_INFINITY } }],
    ['a free lock whose token is 1e300', { $set: { token: 1e300 } }],
    ['a free lock whose token is the largest int', { $set: { token: new Int32(2 ** 31 - 1) } }],
    ['a free lock whose token is the largest long', { $set: { token: Long.MAX_VALUE } }],
    ['an unknown member instead of all', [{ $replaceWith: { _id: '$_id', what: 'is this' } }]],
  ])('%s', async (_, update) => {
    await applied();
    const lock = site.db().collection('schemactl_lock');
    await lock.updateOne({}, update);
    const before = await site.hash();
    const { err } = await must(24, site.run(await change()));
    expect(err).toContain('an unreadable lock document');
    expect(err).not.toMatch(/runs out by itself|--lock-wait/);
    const id = /schemactl unlock (\S+)/.exec(err)?.[1] ?? '';
    const { out } = await must(0, site.run(['status', '--schema', await schemaFile(schema)]));
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      `Lock held by an unreadable lock document, which no lease frees; if nobody is at work here: schemactl unlock ${id}`,
    );
    const doctor = await must(2, site.run(['doctor']));
    expect(doctor.out.replaceAll(/\s+/g, ' ')).toContain(`if nobody is at work here: schemactl unlock ${id}`);
    expect(doctor.out).not.toContain('wait for it');
    await must(64, site.run(['unlock', 'k2']));
    await must(24, site.run(await change()));
    expect(await site.hash()).toBe(before);
    const spent = Math.max(...(await own(site.db(), 'steps')).map(({ token }) => Number(token)));
    await must(0, site.run(['unlock', id]));
    expect(Number((await lock.findOne({}))?.['token'])).toBeGreaterThan(spent);
    await must(0, site.run(await change()));
  });
});

test('bad input 46: state from a newer tool: writes are refused (20), reading works', async () => {
  await applied();
  await site
    .db()
    .collection('schemactl_lock')
    .updateOne({}, { $set: { format: 2 } });
  const before = await site.hash();
  const state = async (): Promise<unknown> => [await own(site.db(), 'lock'), await own(site.db(), 'runs')];
  const records = await state();
  for (const args of [await change(), ['rollback', '--auto-approve'], ['unlock', 'x']]) {
    const { out, err } = await site.run(args);
    if (args[0] === 'unlock') expect(out).toContain('free already');
    else expect(err).toContain('A newer schemactl keeps its records');
  }
  await must(20, site.run(await change()));
  const { out: told } = await must(0, site.run(['status', '--schema', await schemaFile(schema)]));
  expect(told).toContain('A newer schemactl keeps its records here (format 2)');
  expect(told).not.toContain('Lock free');
  for (const args of [['history'], ['plan', '--schema', await schemaFile(schema)]]) await must(0, site.run(args));
  expect(await site.hash()).toBe(before);
  expect(await state()).toEqual(records);
});

/** Runs the command line with standard output on this file descriptor, or closed. */
async function toOutput(
  args: readonly string[],
  output: 'closed' | '/dev/full',
): Promise<{ code: number; err: string }> {
  const command = output === 'closed' ? 'exec "$0" "$@" >&-' : `exec "$0" "$@" >${output}`;
  const child = spawn('sh', ['-c', command, process.execPath, binary, ...args], {
    env: { ...process.env, MONGODB_URI: site.uri(), NO_COLOR: '1' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, err };
}

describe('bad input 47: closed stdout, full disk', () => {
  test.each(['text', 'json'])('plan --format %s onto a full disk is not 0', async (format) => {
    await applied();
    const { code, err } = await toOutput(['plan', '--schema', await schemaFile(more), '--format', format], '/dev/full');
    expect(code).toBe(1);
    expect(err).toContain('standard output cannot be written to (ENOSPC)');
    expect(err).not.toContain('    at ');
  });

  test('apply onto a full disk does its work, says that it is recorded, and is not 0', async () => {
    await applied();
    const { code, err } = await toOutput(await change(), '/dev/full');
    expect(code).toBe(23);
    expect(err).toContain('schemactl status');
    expect((await own(site.db(), 'runs')).at(-1)).toMatchObject({ state: 'applied' });
    expect((await own(site.db(), 'lock'))[0]).toMatchObject({ owner: null });
  });

  test('a plan file that finds no room: not 0, no part of it is left, an earlier one stays', async () => {
    await applied();
    const file = await schemaFile(more);
    const path = join(dirname(file), 'plan.json');
    const limited = (size: string) =>
      spawn(
        'sh',
        ['-c', `ulimit -f ${size}; exec "$0" "$@"`, process.execPath, binary, 'plan', '--schema', file, '--out', path],
        {
          env: { ...process.env, MONGODB_URI: site.uri() },
          stdio: 'ignore',
        },
      );
    const [code] = (await once(limited('0'), 'close')) as [number | null];
    expect(code).not.toBe(0);
    expect(await readdir(dirname(file))).toEqual(['schema.yaml']);
  });

  test('with standard output closed a plan file is whole', async () => {
    await applied();
    const file = await schemaFile(more);
    const path = join(dirname(file), 'plan.json');
    const args = ['plan', '--schema', file, '--allow', 'drop-index', '--out', path];
    expect((await toOutput(args, 'closed')).code).toBe(0);
    await must(0, site.run(['show', path]));
    await must(0, site.run(['apply', path]));
  });
});

test('bad input 48: Ctrl-C twice: the first waits for the batch, the second leaves at once; the lease runs out', async () => {
  const start = await prepared(site);
  const slow = {
    failCommands: ['update'],
    namespace: `${site.name}.things`,
    blockConnection: true,
    blockTimeMS: 12_000,
  };
  await failCommand(site.client(), slow, { times: 1 });
  const running = site.spawn(applyOf(start.file, '--lock-lease', '1s'));
  await until(async () => (await own(site.db(), 'steps')).some(({ state }) => state === 'started'));
  await sleep(1000);
  running.kill('SIGINT');
  await sleep(1000);
  expect(running.hasEnded()).toBe(false);
  const began = performance.now();
  running.kill('SIGINT');
  const { err } = await must(130, running.done);
  expect(performance.now() - began).toBeLessThan(4000);
  expect(err).toContain('once more to leave at once');
  expect(err).toContain('Left at once: the lease runs out in 1 s at most; then: schemactl resume');
  expect(await own(site.db(), 'lock')).toMatchObject([{ owner: { pid: running.pid, run: 1 } }]);
  expect(await own(site.db(), 'runs')).toMatchObject([{ state: 'running' }]);
  await calm(site.client());
  await must(0, site.run(applyOf(start.file, '--lock-wait', '30s')));
  await whole(site, start);
});
