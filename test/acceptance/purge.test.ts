import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { here } from '../support/here.ts';
import { schemaFile } from '../support/schema.ts';
import { indexesOf, must, ours, own, until, useSite } from '../support/site.ts';

/** What runs keep to be rolled back with, and what becomes of it. */
const site = useSite('purge');
const run = (code: number, ...args: readonly string[]) => must(code, here(site.uri(), args));

const schema = (collections: string): Promise<string> => schemaFile(`version: 1\ncollections: { ${collections} }\n`);
const apply = async (collections: string, ...more: readonly string[]) =>
  run(0, 'apply', '--auto-approve', '--allow', 'drop-collection', '--schema', await schema(collections), ...more);

const orders = 'orders: { fields: { note: { type: string, default: x } } }';
const withIndex = 'orders: { fields: { note: { type: string, default: x } }, indexes: [ { key: { a: 1 } } ] }';

/** Run 1 fills 40 documents, run 2 drops a collection of 3, run 3 builds an index. */
async function threeRuns(): Promise<void> {
  const db = await site.fresh();
  await db.collection('orders').insertMany(Array.from({ length: 40 }, (_, n) => ({ n })));
  await db.collection('logs').insertMany([{}, {}, {}]);
  await apply(`${orders}, logs: {}`);
  await apply(orders);
  await apply(withIndex);
}

const trash = async (): Promise<number> =>
  (await ours(site)).filter((name) => name.startsWith('schemactl_trash_')).length;
const undone = async (): Promise<readonly number[]> => (await own(site.db(), 'undo')).map(({ run: n }) => Number(n));
const runsBy = (days: number, ...runs: readonly number[]) =>
  site
    .db()
    .collection('schemactl_runs')
    .updateMany({ run: { $in: [...runs] } }, { $set: { endedAt: new Date(Date.now() - days * 86_400_000) } });

interface Purged {
  readonly purged: boolean;
  readonly runs: readonly { readonly run: number; readonly lost: readonly string[]; readonly bytes: number }[];
}

async function purge(...args: readonly string[]): Promise<Purged> {
  const { out } = await run(0, 'purge', '--format', 'json', ...args);
  return JSON.parse(out) as Purged;
}

const lost = ({ runs }: Purged): readonly string[] => runs.map((one) => `${one.run}: ${one.lost.join(' ')}`);

describe('what is forgotten', () => {
  test.each([
    ['everything', ['--all'], ['1: orders.fields.note', '2: logs']],
    ['one run', ['--run', '2'], ['2: logs']],
    ['a run that kept nothing', ['--run', '3'], []],
    ['what is older', ['--older-than', '40d'], ['1: orders.fields.note']],
    ['what is older than 30 days', [], ['1: orders.fields.note', '2: logs']],
  ])('%s: said first, then done', async (_, args, expected) => {
    await threeRuns();
    await runsBy(41, 1);
    await runsBy(31, 2);
    expect(lost(await purge('--plan-only', ...args))).toEqual(expected);
    expect([await undone(), await trash()]).toEqual([[1], 1]);
    const done = await purge('--auto-approve', ...args);
    expect([done.purged, lost(done)]).toEqual([expected.length > 0, expected]);
    const gone = (n: number): boolean => expected.some((one) => one.startsWith(`${n}:`));
    expect([await undone(), await trash()]).toEqual([gone(1) ? [] : [1], gone(2) ? 0 : 1]);
    expect(lost(await purge('--plan-only', ...args))).toEqual([]);
    expect(await own(site.db(), 'runs')).toHaveLength(3);
    await run(0, 'history', '1');
  });

  test('the page says which, how much, and what is lost', async () => {
    await threeRuns();
    const { out } = await run(0, 'purge', '--all', '--plan-only');
    expect(out).toContain('logs (3 documents)');
    expect(out).toContain('Can then no longer be taken back: 2 objects\n  orders.fields.note (run 1), logs (run 2)');
  });

  test('what was taken back already loses nothing', async () => {
    await threeRuns();
    await run(0, 'rollback', '--all', '--auto-approve');
    expect((await purge('--all', '--plan-only')).runs.flatMap((one) => (one.run < 4 ? one.lost : []))).toEqual([]);
  });

  test('a collection that was dropped twice lies there for the later run', async () => {
    await threeRuns();
    await run(0, 'rollback', '--auto-approve', '--to', '1');
    await apply(orders);
    expect(lost(await purge('--run', '2', '--auto-approve'))).toEqual([]);
    await run(0, 'rollback', '--auto-approve', '--run', '5');
    expect(await site.db().collection('logs').countDocuments()).toBe(3);
  });
});

describe('a run that was purged', () => {
  test('is refused, naming when and by whom; an index goes all the same', async () => {
    await threeRuns();
    await purge('--all', '--auto-approve');
    for (const [number, address] of [
      ['2', 'logs'],
      ['1', 'orders.fields.note'],
    ] as const) {
      const { err } = await run(20, 'rollback', '--run', number, '--auto-approve');
      expect(err).toMatch(
        new RegExp(`"${address}" cannot be taken back: what run ${number} kept for it was purged on .* UTC by test@`),
      );
      expect(err).toContain(`--exclude ${address}`);
    }
    await run(20, 'rollback', '--all', '--auto-approve');
    await run(0, 'rollback', '--auto-approve', '--run', '3');
    expect(await indexesOf(site.db(), 'orders')).toEqual([]);
    await run(0, 'rollback', '--all', '--auto-approve', '--exclude', 'logs', '--exclude', 'orders.fields.note');
  });

  test('a purge that was cut off is said to be one, and goes on', async () => {
    await threeRuns();
    await site
      .db()
      .collection('schemactl_runs')
      .updateOne({ run: 1 }, { $set: { purgedAt: new Date(), purgedBy: 'a@b' } });
    await run(20, 'rollback', '--run', '1', '--auto-approve');
    expect(lost(await purge('--all', '--auto-approve'))).toEqual(['1: ', '2: logs']);
    expect(await undone()).toEqual([]);
  });
});

describe('refused', () => {
  test.each([
    ['off a terminal without approval', [], 20],
    ['two ways to say which', ['--all', '--run', '1', '--auto-approve'], 64],
    ['a run that never was', ['--run', '9', '--auto-approve'], 64],
    ['a time that is none', ['--older-than', 'monday', '--auto-approve'], 64],
  ] as const)('%s', async (_, args, code) => {
    await threeRuns();
    await run(code, 'purge', ...(args.length === 0 ? ['--all'] : args));
    expect([await undone(), await trash()]).toEqual([[1], 1]);
  });

  test('while somebody else is at work, and while a run that was cut off waits', async () => {
    await threeRuns();
    const file = await schema(withIndex.replace('note:', 'more: { type: int, default: 1 }, note:'));
    const args = ['apply', '--auto-approve', '--throttle', '10/s', '--schema', file];
    const running = site.spawn(args);
    await until(async () => (await own(site.db(), 'steps')).some(({ state }) => state === 'started'));
    await run(20, 'purge', '--all', '--auto-approve');
    running.kill('SIGINT');
    await must(130, running.done);
    const { err } = await run(20, 'purge', '--all', '--auto-approve');
    expect(err).toContain('schemactl resume');
    expect(await trash()).toBe(1);
  });

  test('while the lock is held', async () => {
    await threeRuns();
    const owner = { id: 'k', host: 'h', pid: 1, user: 'u', link: null, session: null };
    await site
      .db()
      .collection<{ _id: string }>('schemactl_lock')
      .updateOne({ _id: site.name }, { $set: { owner, leaseUntil: new Date(Date.now() + 60_000) } });
    await run(24, 'purge', '--all', '--auto-approve');
    expect(await undone()).toEqual([1]);
  });

  test('nothing was ever applied: nothing to forget, and nothing is written', async () => {
    await site.fresh();
    expect((await run(0, 'purge', '--all')).out).toContain('nothing to forget (all runs)');
    expect(await ours(site)).toEqual([]);
  });
});

/** With 31 days behind it, what is left of run 1 after another run that changes something. */
describe('the end of a run forgets what is older than the retention', () => {
  test.each([
    ['30 days where nobody says', null, []],
    ['as the environment says', '12h', []],
    ['longer', '90d', [1]],
    ['forever', 'forever', [1]],
  ])('%s', async (_, retention, left) => {
    await threeRuns();
    await runsBy(31, 1);
    const file = await schema(orders);
    const config = join(dirname(file), 'config.yaml');
    await writeFile(config, `environments: { e: { undo: { retention: ${retention ?? '1h'} } } }\n`);
    const more = retention === null ? [] : ['--env', 'e', '--config', config];
    const { out } = await run(
      0,
      'apply',
      '--auto-approve',
      '--allow',
      'drop-index',
      '--schema',
      file,
      '--format',
      'json',
      ...more,
    );
    const events = out
      .trimEnd()
      .split('\n')
      .map((one) => JSON.parse(one) as { event: string; runs?: number[] });
    expect(events.filter(({ event }) => event === 'purged').map(({ runs }) => runs)).toEqual(
      left.length === 0 ? [[1]] : [],
    );
    expect([await undone(), await trash()]).toEqual([left, 1]);
    expect(events.at(-1)?.event).toBe('done');
  });

  test('a plan with nothing to do forgets nothing; purge does, with the same limit', async () => {
    await threeRuns();
    await runsBy(31, 1);
    await apply(withIndex);
    expect(await undone()).toEqual([1]);
    await purge('--auto-approve');
    expect(await undone()).toEqual([]);
  });

  test('what cannot be read of it is 78', async () => {
    await site.fresh();
    const config = join(dirname(await schemaFile('')), 'config.yaml');
    await writeFile(config, 'environments: { e: { undo: { retention: a while } } }\n');
    await run(78, 'purge', '--env', 'e', '--config', config);
  });
});

describe('a copy of a collection that an overtaken process left', () => {
  const name = 'schemactl_new_0123456789abcdef0123456789abcdef';
  const copies = async (): Promise<readonly string[]> =>
    (await ours(site)).filter((one) => one.startsWith('schemactl_new_'));
  const left = async (): Promise<void> => {
    await threeRuns();
    await site.db().collection(name).insertMany([{}, {}]);
  };

  test('status and purge --plan-only name it; purge removes it, whatever runs are meant', async () => {
    await left();
    expect((await run(0, 'status')).out.replaceAll(/\n */g, ' ')).toContain(`copy of a whole collection: ${name}`);
    const { out } = await run(0, 'purge', '--plan-only', '--older-than', '400d');
    expect(out).toContain(`${name} (2 documents)`);
    expect(await copies()).toEqual([name]);
    const done = await run(0, 'purge', '--auto-approve', '--older-than', '400d');
    expect(done.out).toContain('Removed 1 copy that an overtaken process left.');
    expect(await copies()).toEqual([]);
    expect([await undone(), await trash()]).toEqual([[1], 1]);
  });

  test('the next run that is whole removes it and says so, also where undo data are kept for ever', async () => {
    await left();
    const config = join(dirname(await schema('')), 'schemactl.config.yaml');
    await writeFile(config, 'environments: { e: { undo: { retention: forever } } }\n');
    const { out } = await apply(withIndex.replace('[ {', '[ { key: { b: 1 } }, {'), '--env', 'e', '--config', config);
    expect(out).toContain('removed 1 copy of a collection that an overtaken process had left');
    expect(await copies()).toEqual([]);
  });
});
