import { afterEach, expect, test } from 'vitest';
import { applyOf, inTheMiddle, prepared, whole } from '../support/crash.ts';
import { calm } from '../support/faults.ts';
import { must, own, sleep, until, useSite } from '../support/site.ts';

const site = useSite('signals', {});

const lease = ['--lock-lease', '1s'];

afterEach(() => calm(site.client()));

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s: the batch is finished, 130, the lock is free, resume completes',
  async (signal) => {
    const start = await prepared(site);
    const { file } = start;
    const running = await inTheMiddle(site, applyOf(file));
    running.kill(signal);
    const { err } = await must(130, running.done);
    expect(err).toContain('schemactl resume');
    await calm(site.client());
    expect((await own(site.db(), 'lock'))[0]).toMatchObject({ owner: null });
    expect(await own(site.db(), 'runs')).toMatchObject([{ state: 'interrupted' }]);
    await must(0, site.run(['resume', '--auto-approve']));
    await whole(site, start);
  },
);

test.each(['SIGINT', 'SIGTERM'] as const)('%s while the lock is waited for: 130, nothing written', async (signal) => {
  const { file, before } = await prepared(site);
  const holder = { id: 'h', host: 'elsewhere', pid: 1, user: 'u', link: null, session: null };
  const leaseUntil = new Date(Date.now() + 600_000);
  await site
    .db()
    .collection<{ _id: string }>('schemactl_lock')
    .insertOne({
      ...{ _id: site.name, format: 1, token: 7, owner: holder, leaseUntil, previous: null },
    });
  const waiter = site.spawn(applyOf(file, '--lock-wait', '10m'));
  await sleep(3000);
  expect(waiter.hasEnded()).toBe(false);
  waiter.kill(signal);
  const { err } = await must(130, waiter.done);
  expect(err).toContain('Interrupted while waiting for the lock. Nothing was written.');
  expect(await own(site.db(), 'lock')).toMatchObject([{ token: 7, owner: holder }]);
  expect(await site.hash()).toBe(before);
});

test('holder paused beyond lease: one that slept writes nothing after the takeover and exits 23', async () => {
  const start = await prepared(site);
  const { file } = start;
  const sleeper = await inTheMiddle(site, applyOf(file, ...lease));
  sleeper.kill('SIGSTOP');
  await calm(site.client());
  await must(0, site.run(applyOf(file, '--lock-wait', '30s')));
  const after = await site.hash();
  const journal = await own(site.db(), 'steps');
  const undo = await own(site.db(), 'undo');
  sleeper.kill('SIGCONT');
  const { err } = await must(23, sleeper.done);
  expect(err).not.toContain('    at ');
  expect(await site.hash()).toBe(after);
  expect(await own(site.db(), 'steps')).toEqual(journal);
  expect(await own(site.db(), 'undo')).toEqual(undo);
  await whole(site, start);
});

test('holder paused beyond lease: nobody took it meanwhile, so it goes on', async () => {
  const start = await prepared(site);
  const sleeper = await inTheMiddle(site, applyOf(start.file, ...lease));
  sleeper.kill('SIGSTOP');
  await calm(site.client());
  await until(async () => {
    const past = { leaseUntil: { $type: 'date' }, $expr: { $lt: ['$leaseUntil', '$$NOW'] } };
    return (await site.db().collection('schemactl_lock').countDocuments(past)) === 1;
  });
  sleeper.kill('SIGCONT');
  await must(0, sleeper.done);
  await whole(site, start);
});
