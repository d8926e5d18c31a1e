import { afterEach, describe, expect, test } from 'vitest';
import { building, calm, failCommand, failPoint } from '../support/faults.ts';
import { schemaFile } from '../support/schema.ts';
import { indexesOf, must, own, type Running, sleep, until, useSite } from '../support/site.ts';
import { undoIds } from '../support/undo.ts';

const site = useSite('survive', {});

const schema = `
version: 1
collections:
  things:
    fields:
      note: { type: string, nullable: true, default: null }
      kind: { type: string, default: plain }
    indexes: [ { key: { a: 1 } } ]
`;
const documents = 12_000;
const lease = ['--lock-lease', '1s'];

afterEach(() => calm(site.client()));

async function filled(): Promise<{ file: string; before: string }> {
  const db = await site.fresh();
  const things = Array.from({ length: documents }, (_, a) => ({ a, ...(a % 7 === 0 ? { kind: 'own' } : {}) }));
  await db.collection('things').insertMany(things);
  return { file: await schemaFile(schema), before: await site.hash() };
}

const apply = (file: string, ...more: readonly string[]) => ['apply', '--auto-approve', '--schema', file, ...more];

/** An apply that has written some batches and not all. */
async function inTheMiddle(args: readonly string[]): Promise<Running> {
  const slow = { failCommands: ['update'], namespace: `${site.name}.things`, blockConnection: true, blockTimeMS: 300 };
  await failCommand(site.client(), slow, 'alwaysOn');
  const running = site.spawn(args);
  await until(async () => {
    const steps = await own(site.db(), 'steps');
    return steps.some(({ state, chunks }) => state === 'started' && Number(chunks) > 1);
  });
  return running;
}

async function killed(running: Running): Promise<void> {
  running.kill('SIGKILL');
  await running.done;
  await calm(site.client());
}

/** Nothing is left to do, nothing was done twice, and it can all be taken back. */
async function whole(file: string, before: string): Promise<void> {
  const db = site.db();
  await must(0, site.run(['plan', '--detailed-exitcode', '--check-data', 'full', '--schema', file]));
  expect(await db.collection('things').countDocuments({ note: { $exists: false } })).toBe(0);
  expect(await db.collection('things').countDocuments({ kind: 'own' })).toBe(Math.ceil(documents / 7));
  expect(await indexesOf(db, 'things')).toEqual(['a_1']);
  const ids = (await undoIds(db)).map(String);
  expect(ids).toHaveLength(documents);
  expect(new Set(ids).size).toBe(documents);
  expect((await own(db, 'lock'))[0]).toMatchObject({ owner: null });
  await must(0, site.run(['rollback', '--all', '--auto-approve']));
  expect(await site.hash()).toBe(before);
}

describe('SIGKILL in the middle of the back-fill', () => {
  test('apply again completes it, once the lease of the dead ran out', async () => {
    const { file, before } = await filled();
    await killed(await inTheMiddle(apply(file, '--lock-lease', '4s')));
    const missing = await site
      .db()
      .collection('things')
      .countDocuments({ note: { $exists: false } });
    expect(missing).toBeGreaterThan(0);
    expect(missing).toBeLessThan(documents);
    const { err } = await must(24, site.run(apply(file)));
    expect(err).toContain('unlock');
    const { out } = await must(0, site.run(apply(file, '--lock-wait', '30s')));
    expect(out).toContain('taken over from');
    expect(await own(site.db(), 'runs')).toHaveLength(1);
    await whole(file, before);
  });

  test('resume completes it', async () => {
    const { file, before } = await filled();
    await killed(await inTheMiddle(apply(file, ...lease)));
    await must(0, site.run(['resume', '--auto-approve', '--lock-wait', '30s']));
    expect(await own(site.db(), 'runs')).toMatchObject([{ state: 'applied', stepsDone: 3, documents }]);
    await whole(file, before);
  });

  test('rollback restores every byte; the documents of both halves', async () => {
    const { file, before } = await filled();
    await killed(await inTheMiddle(apply(file, ...lease)));
    await must(0, site.run(['rollback', '--auto-approve', '--lock-wait', '30s']));
    expect(await site.hash()).toBe(before);
    const { out } = await must(0, site.run(['rollback', '--auto-approve']));
    expect(out).toContain('Nothing to take back');
    await must(0, site.run(apply(file)));
    await must(0, site.run(['rollback', '--all', '--auto-approve']));
    expect(await site.hash()).toBe(before);
  });

  test('unlock frees it before the lease runs out', async () => {
    const { file, before } = await filled();
    await killed(await inTheMiddle(apply(file, '--lock-lease', '10m')));
    const { err } = await must(24, site.run(apply(file)));
    await must(0, site.run(['unlock', /schemactl unlock (\S+)/.exec(err)?.[1] ?? '']));
    await must(0, site.run(apply(file)));
    await whole(file, before);
  });
});

test('SIGKILL in the middle of a rollback: rollback again restores every byte', async () => {
  const { file, before } = await filled();
  await must(0, site.run(apply(file)));
  await killed(await inTheMiddle(['rollback', '--auto-approve', ...lease]));
  expect(await site.hash()).not.toBe(before);
  await must(0, site.run(['rollback', '--auto-approve', '--lock-wait', '30s']));
  expect(await site.hash()).toBe(before);
});

test.each(['apply', 'resume', 'rollback'])(
  'SIGKILL in an index build: %s waits for the build, which the server goes on with',
  async (how) => {
    const { file, before } = await filled();
    await failPoint(site.client(), 'hangAfterStartingIndexBuild', 'alwaysOn');
    const running = site.spawn(apply(file, ...lease));
    await building(site.client(), site.name, 'things');
    running.kill('SIGKILL');
    await running.done;
    const args = how === 'apply' ? apply(file) : [how, '--auto-approve'];
    const next = site.spawn([...args, '--lock-wait', '30s']);
    await sleep(2500);
    expect(next.hasEnded()).toBe(false);
    await calm(site.client());
    await must(0, next.done);
    if (how === 'rollback') expect(await site.hash()).toBe(before);
    else await whole(file, before);
  },
);

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s: the batch is finished, 130, the lock is free, resume completes',
  async (signal) => {
    const { file, before } = await filled();
    const running = await inTheMiddle(apply(file));
    running.kill(signal);
    const { err } = await must(130, running.done);
    expect(err).toContain('schemactl resume');
    await calm(site.client());
    expect((await own(site.db(), 'lock'))[0]).toMatchObject({ owner: null });
    expect(await own(site.db(), 'runs')).toMatchObject([{ state: 'interrupted' }]);
    await must(0, site.run(['resume', '--auto-approve']));
    await whole(file, before);
  },
);

test('SIGINT twice leaves at once; the lease runs out and apply completes', async () => {
  const { file, before } = await filled();
  const running = await inTheMiddle(apply(file, ...lease));
  running.kill('SIGINT');
  await sleep(50);
  running.kill('SIGINT');
  await must(130, running.done);
  await calm(site.client());
  await must(0, site.run(apply(file, '--lock-wait', '30s')));
  await whole(file, before);
});

test('a holder that slept past its lease writes nothing after the takeover and exits 23', async () => {
  const { file, before } = await filled();
  const sleeper = await inTheMiddle(apply(file, ...lease));
  sleeper.kill('SIGSTOP');
  await calm(site.client());
  await must(0, site.run(apply(file, '--lock-wait', '30s')));
  const after = await site.hash();
  const journal = await own(site.db(), 'steps');
  const undo = await own(site.db(), 'undo');
  sleeper.kill('SIGCONT');
  const { err } = await must(23, sleeper.done);
  expect(err).not.toContain('    at ');
  expect(await site.hash()).toBe(after);
  expect(await own(site.db(), 'steps')).toEqual(journal);
  expect(await own(site.db(), 'undo')).toEqual(undo);
  await whole(file, before);
});
