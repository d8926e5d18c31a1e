import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { sleeper } from '../faults/mortal.ts';
import { applyOf, documents, inTheMiddle, killed, prepared, whole } from '../support/crash.ts';
import { calm } from '../support/faults.ts';
import { must, ours, own, planOf, useSite } from '../support/site.ts';

const site = useSite('standalone', { standalone: true });
/** A database of the same name, on the replica set of the run. */
const elsewhere = useSite('standalone');

const lease = ['--lock-lease', '1s'];
const waiting = ['--auto-approve', '--lock-wait', '30s'];

afterEach(() => calm(site.client()));

test('apply, rollback and the rollback of the rollback; plan says what cannot be promised', async () => {
  const { file, before } = await prepared(site);
  expect(await planOf(site, ['--schema', file])).toMatchObject({
    notes: [{ code: 'standalone', address: site.name }],
    target: { topology: 'standalone' },
  });
  const { out } = await must(0, site.run(applyOf(file)));
  expect(out).toContain('standalone');
  const applied = await site.hash();
  await must(0, site.run(['plan', '--detailed-exitcode', '--check-data', 'full', '--schema', file]));
  await must(0, site.run(['rollback', '--auto-approve']));
  expect(await site.hash()).toBe(before);
  await must(0, site.run(['rollback', '--run', '2', '--auto-approve']));
  expect(await site.hash()).toBe(applied);
});

test('SIGKILL in the middle: apply completes it, nothing is recorded twice', async () => {
  const start = await prepared(site);
  await killed(site.client(), await inTheMiddle(site, applyOf(start.file, ...lease)));
  expect(await own(site.db(), 'runs')).toMatchObject([{ state: 'running' }]);
  const { out } = await must(0, site.run(applyOf(start.file, '--lock-wait', '30s')));
  expect(out).toContain('taken over from');
  await whole(site, start);
});

test('SIGKILL in the middle: rollback restores every byte', async () => {
  const { file, before } = await prepared(site);
  await killed(site.client(), await inTheMiddle(site, applyOf(file, ...lease)));
  const filled = await site.db().collection('things').countDocuments({ note: null });
  expect(filled).toBe(documents);
  expect(await site.hash()).not.toBe(before);
  await must(0, site.run(['rollback', ...waiting]));
  expect(await site.hash()).toBe(before);
});

test('SIGKILL in the middle of the rollback: rollback again restores every byte', async () => {
  const { file, before } = await prepared(site);
  await must(0, site.run(applyOf(file)));
  await killed(site.client(), await inTheMiddle(site, ['rollback', '--auto-approve', ...lease]));
  await must(0, site.run(['rollback', ...waiting]));
  expect(await site.hash()).toBe(before);
});

test('a plan for the database of this name on another server: 21, nothing written', async () => {
  const { file, before } = await prepared(site);
  await elsewhere.fresh();
  const plan = join(dirname(file), 'plan.json');
  await must(0, elsewhere.run(['plan', '--schema', file, '--out', plan]));
  const { err } = await must(21, site.run(['apply', plan]));
  expect(err).toContain('another database');
  expect(err).toContain('replicaSet');
  expect(await site.hash()).toBe(before);
  expect(await ours(site)).toEqual([]);
});

test('unlock: the old holder writes no further batch, though its lease still runs', async () => {
  const { file, before } = await prepared(site);
  const things = site.db().collection('things');
  const written = (): Promise<number> => things.countDocuments({ note: null, kind: { $exists: true } });
  const lasting = applyOf(file, '--lock-lease', '10m');
  const holder = await sleeper(site, lasting, { of: 'update schemactl_steps', at: 3, when: 'after' });
  const [lock] = await own(site.db(), 'lock');
  const { out } = await must(0, site.run(['unlock', (lock?.['owner'] as { readonly id: string }).id]));
  expect(out).toContain('The server may still finish what that process has sent already');
  const by = await written();
  expect(by).toBeLessThan(documents);
  const { code, err } = await holder.goOn();
  expect(code, err).toBe(23);
  expect(await written()).toBe(by);
  await must(0, site.run(['rollback', ...waiting]));
  expect(await site.hash()).toBe(before);
});
