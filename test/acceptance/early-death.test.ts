import { expect, test } from 'vitest';
import { endSessions, expire, mortal } from '../faults/mortal.ts';
import { schemaFile } from '../support/schema.ts';
import { must, own, useSite } from '../support/site.ts';

/** A run that dies before it has done anything; another one was applied before it. */
const site = useSite('early_death', {});

const first = 'version: 1\ncollections: { things: { indexes: [ { key: { a: 1 } } ] } }';
const second = 'version: 1\ncollections: { things: { indexes: [ { key: { a: 1 } }, { key: { b: 1 } } ] } }';
const applyOf = (file: string): readonly string[] => ['apply', '--auto-approve', '--schema', file];

interface Prepared {
  readonly file: string;
  readonly start: string;
  readonly applied: string;
}

async function prepared(): Promise<Prepared> {
  const db = await site.fresh();
  await db.collection('things').insertOne({ a: 1, b: 1 });
  const start = await site.hash();
  await must(0, site.run(applyOf(await schemaFile(first))));
  return { file: await schemaFile(second), start, applied: await site.hash() };
}

/** How far the second apply came: whether its run was there, and in which state. */
async function killed(file: string, at: number): Promise<string> {
  expect(await mortal(site, applyOf(file), { at, when: 'before', of: 'acts' })).toMatchObject({ killed: true });
  await endSessions(site);
  await expire(site);
  const [, run] = await own(site.db(), 'runs');
  const begun = (await own(site.db(), 'steps')).some((step) => step['run'] === 2 && step['state'] !== 'pending');
  return begun ? 'begun' : String(run?.['state'] ?? 'none');
}

const waiting = ['--auto-approve', '--lock-wait', '30s'];

test('rollback closes it and takes no older run back; resume and apply go on', { timeout: 180_000 }, async () => {
  const seen = new Set<string>();
  for (let at = 8; !seen.has('begun'); at += 1) {
    const { file, start, applied } = await prepared();
    const state = await killed(file, at);
    if (state === 'begun') break;
    if (state !== 'none') {
      seen.add(state);
      expect(await must(0, site.run(['status']))).toMatchObject({
        out: expect.stringContaining('Last run 2 (apply)') as string,
      });
      const { out } = await must(0, site.run(['rollback', ...waiting]));
      expect(out).toContain('Nothing to take back.');
      expect(out).toContain('run 2 was cut off and is closed: it had done nothing');
      expect(await site.hash()).toBe(applied);
      await must(0, site.run(['rollback', ...waiting]));
      expect(await site.hash()).toBe(start);
      const again = await prepared();
      expect(await killed(again.file, at)).toBe(state);
      await must(0, site.run(['resume', ...waiting]));
      await must(0, site.run([...applyOf(again.file), '--lock-wait', '30s']));
      await must(0, site.run(['plan', '--detailed-exitcode', '--schema', again.file]));
      await must(0, site.run(['rollback', ...waiting]));
      expect(await site.hash()).toBe(again.applied);
    }
  }
  expect([...seen].sort()).toEqual(['opening', 'running']);
});
