import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { index, line, useDrift } from '../support/drift.ts';
import { must, own, sleep, until } from '../support/site.ts';

/** What fails, what is known, what is ignored, and what a deploy is taken for. */
const { site, run, scene, edit, drift, oneOfEach } = useDrift('drift_runs');

describe('which findings fail', () => {
  test.each([
    ['any', [], 2, 3],
    ['what was changed by hand alone', ['--fail-on', 'high', '--exclude', 'orders.indexes.user_id_1'], 0, 2],
    ['what was changed by hand', ['--fail-on', 'high'], 2, 3],
    ['an address', ['--only', 'sessions'], 2, 1],
    ['all but', ['--exclude', 'orders.**', '--exclude', 'sessions'], 0, 0],
    ['a milestone of which all is well', ['--milestone', 'm1'], 0, 0],
    ['up to a milestone', ['--through', 'm1'], 2, 3],
    ['an address that is not there', ['--only', 'nothing.*'], 64, 0],
  ] as const)('%s', async (_, args, code, count) => {
    const file = await oneOfEach();
    if (code === 64) await run(64, 'drift', '--schema', file, ...args);
    else expect((await drift(code, file, ...args)).findings).toHaveLength(count);
  });
});

test('what is not selected, or ignored, is not mended, and is remembered', async () => {
  const file = await oneOfEach();
  const state = join(dirname(file), 'state.json');
  const changedOnly = ['drift', '--schema', file, '--changed-only', state];
  await run(2, ...changedOnly);
  expect((await run(0, ...changedOnly, '--only', 'orders.indexes.a_1')).out).toBe('');
  expect((await run(0, ...changedOnly, '--milestone', 'm2')).out).toBe('');
  expect((await run(0, ...changedOnly)).out).toBe('');
  await site.db().dropCollection('sessions');
  expect((await run(0, ...changedOnly, '--exclude', 'sessions')).out).toBe('');
  expect((await run(0, ...changedOnly, '--exclude', 'vault')).out).toContain('1 mended since');
});

test('a baseline is accepted as long as it stays as it was; --changed-only says what has changed since', async () => {
  const file = await oneOfEach();
  const folder = dirname(file);
  const [baseline, state] = [join(folder, 'baseline.json'), join(folder, 'state.json')];
  await run(2, 'drift', '--schema', file, '--report', `json=${baseline}`);
  expect((await run(0, 'drift', '--schema', file, '--baseline', baseline)).out).toContain('3 known from before');
  await run(2, 'drift', '--schema', file, '--changed-only', state);
  expect((await run(0, 'drift', '--schema', file, '--changed-only', state)).out).toBe('');
  await index(site.db(), { user_id: 1 }, { sparse: true });
  for (const args of [
    ['--changed-only', state],
    ['--baseline', baseline],
  ]) {
    const { out } = await run(2, 'drift', '--schema', file, ...args);
    expect(out).toContain('was changed: sparse: none → true');
    expect(out).toContain('2 known from before');
  }
  await site.db().dropCollection('sessions');
  const { findings, gone } = await drift(0, file, '--changed-only', state);
  expect([findings.length, gone]).toEqual([2, [{ verdict: 'unmanaged', address: 'sessions' }]]);
  await run(65, 'check', '--schema', file, '--baseline', baseline);
});

test('rules of the configuration ignore with a reason, until they end, and then say so', async () => {
  const file = await oneOfEach();
  const config = join(dirname(file), 'schemactl.config.yaml');
  const ignore = [
    '{ address: "orders.indexes.*", reason: ticket 12 }',
    '{ address: sessions, reason: of the cache, until: 2020-01-31 }',
  ];
  await writeFile(config, `environments: { production: { ignore: [ ${ignore.join(', ')} ] } }\n`);
  const args = ['--env', 'production', '--config', config];
  const { out } = await run(2, 'drift', '--schema', file, ...args);
  expect(out).toContain('The rule that ignores sessions (of the cache) ended on 2020-01-31');
  expect(out.trimEnd().split('\n').at(-1)).toMatch(/^Of \d+ objects: 1 unmanaged; 2 ignored\.$/);
  const { summary, ...rest } = await drift(2, file, ...args);
  expect(summary).toEqual({ pending: 0, drift: 0, unmanaged: 1, known: 0, ignored: 2 });
  expect(rest).toMatchObject({
    ignored: [
      { address: 'orders.indexes.user_id_1', verdict: 'drift', reason: 'ticket 12', until: null },
      { address: 'orders.indexes.a_1', verdict: 'pending' },
    ],
    expired: [{ address: 'sessions', until: '2020-01-31' }],
  });
});

describe('a deploy is no drift', () => {
  /** An apply that takes a few seconds, begun. */
  async function running(...more: readonly string[]) {
    const file = await scene();
    await site
      .db()
      .collection('orders')
      .insertMany(Array.from({ length: 40 }, (_, n) => ({ code: n })));
    await edit(file, '[open, closed]', '[open, closed], default: open');
    const apply = site.spawn(['apply', '--auto-approve', '--throttle', '10/s', '--schema', file, ...more]);
    await until(async () => (await own(site.db(), 'steps')).some(({ state }) => state === 'started'));
    return { file, apply };
  }

  test('while a run is in progress nothing is judged: 0, and what was known stays known', async () => {
    const { file, apply } = await running();
    const state = join(dirname(file), 'state.json');
    const { out } = await run(0, 'drift', '--schema', file, '--changed-only', state, '--report', `prom=${state}.prom`);
    expect(out).toBe('');
    expect(await readFile(`${state}.prom`, 'utf8')).toContain(`run_in_progress{database="${site.name}"} 1`);
    await expect(readFile(state)).rejects.toThrow();
    expect((await run(0, 'drift', '--schema', file)).out.replaceAll(/\s+/g, ' ')).toContain(
      'Run 2 is in progress, by ',
    );
    expect(await drift(0, file)).toMatchObject({ inProgress: { run: 2 }, findings: [] });
    await must(0, apply.done);
    expect(await drift(0, file)).toMatchObject({ inProgress: null, findings: [] });
  });

  test('what a run that was cut off left unfinished is pending, and resumed', async () => {
    const { file, apply } = await running('--lock-lease', '1s');
    apply.kill('SIGKILL');
    await apply.done;
    await sleep(1500);
    const { findings } = await drift(2, file);
    expect(findings.map(line)).toEqual(['pending orders.fields.status not-applied']);
    expect((await run(2, 'drift', '--schema', file)).out).toContain(
      'Run 2 was cut off; go on with it: schemactl resume',
    );
    await run(0, 'resume', '--auto-approve');
    await drift(0, file);
  });
});

test('--every looks again until --fail-fast ends it', async () => {
  const file = await scene();
  const report = join(dirname(file), 'looked');
  const again = ['--every', '1s', '--for', '10m', '--fail-fast', '--report', `text=${report}`];
  const watching = site.spawn(['drift', '--schema', file, ...again]);
  await until(() => readFile(report).then(Boolean, () => false));
  await sleep(1000);
  expect(watching.hasEnded()).toBe(false);
  await site.db().collection('orders').dropIndex('user_id_1');
  const { out } = await must(2, watching.done);
  expect(out.match(/nothing found/g)).toHaveLength(1);
  expect(out).toContain('was dropped');
});
