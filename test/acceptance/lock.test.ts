import { afterEach, expect, test } from 'vitest';
import { expire, mortal, sleeper } from '../faults/mortal.ts';
import { building, calm, failPoint } from '../support/faults.ts';
import { schemaFile } from '../support/schema.ts';
import { indexesOf, must, own, sleep, until, useSite } from '../support/site.ts';
import { undoIds } from '../support/undo.ts';

const site = useSite('lock', {});

const schema = `
version: 1
collections:
  things:
    fields:
      note: { type: string, nullable: true, default: null }
    indexes:
      - key: { a: 1 }
`;

afterEach(() => calm(site.client()));

/** A database with something to do, and an apply that holds the lock in the middle of its index build. */
const job = 'https://ci.example/shop/actions/runs/7';
const env = { GITHUB_SERVER_URL: 'https://ci.example', GITHUB_REPOSITORY: 'shop', GITHUB_RUN_ID: '7' };

async function held(more: readonly string[] = []) {
  const db = await site.fresh();
  await db.collection('things').insertMany(Array.from({ length: 20 }, (_, a) => ({ a })));
  const file = await schemaFile(schema);
  const apply = ['apply', '--auto-approve', '--schema', file];
  await failPoint(site.client(), 'hangAfterStartingIndexBuild', 'alwaysOn');
  const holder = site.spawn([...apply, ...more], { env });
  await building(site.client(), site.name, 'things');
  return { db, apply, holder, file };
}

test('two appliers race: while one applies, another gets 24 that names the holder, waits a while with --lock-wait, and writes nothing', async () => {
  const { apply, holder, db, file } = await held();
  const before = await own(db, 'steps');
  const { err } = await must(24, site.run(apply));
  expect(err).toContain(`(process ${holder.pid}, run 1, ${job})`);
  const status = ['status', '--schema', file];
  const { out: told } = await must(0, site.run(status));
  expect(told.replaceAll(/\s+/g, ' ')).toContain(`(process ${holder.pid}, run 1, ${job})`);
  const { lock } = JSON.parse((await must(0, site.run([...status, '--format', 'json']))).out) as { lock: object };
  expect(lock).toMatchObject({ owner: { pid: holder.pid, run: 1, link: job } });
  expect((await must(2, site.run(['doctor']))).out).toContain(`process ${holder.pid}, run 1`);
  expect(err).toMatch(/schemactl unlock [0-9a-f-]{36}/);
  const began = performance.now();
  await must(24, site.run([...apply, '--lock-wait', '1s']));
  expect(performance.now() - began).toBeGreaterThan(1000);
  await must(24, site.run(['rollback', '--auto-approve']));
  expect(await own(db, 'steps')).toEqual(before);
  expect(await db.collection('schemactl_runs').countDocuments()).toBe(1);
  const { out } = await must(2, site.run(['plan', '--detailed-exitcode', '--schema', file]));
  expect(out, 'an index that is still being built is not there yet').toContain('a_1');
  await calm(site.client());
  await must(0, holder.done);
});

test('waiter blocks holder: during an index build it only asks; the holder keeps its lease, and the waiter finds nothing left to do', async () => {
  const { db, apply, holder } = await held(['--lock-lease', '2s']);
  const heard: string[] = [];
  const waiter = site.run([...apply, '--lock-wait', '60s'], { heard: (text) => void heard.push(text) });
  await until(() => Promise.resolve(heard.join('').includes('Plan:')));
  const lease = async (): Promise<number> => Number((await own(db, 'lock'))[0]?.['leaseUntil']);
  const before = await lease();
  await sleep(2500);
  expect(await lease()).toBeGreaterThan(before);
  await calm(site.client());
  await must(0, holder.done);
  const { out } = await must(0, waiter);
  expect(out).toContain('Nothing to do.');
  expect(await db.collection('schemactl_runs').countDocuments()).toBe(1);
  expect(await indexesOf(db, 'things')).toEqual(['a_1']);
});

test('two appliers race: two at once: one ends with 0, the other with 0 or 24, and the work is done once', async () => {
  const db = await site.fresh();
  await db.collection('things').insertMany(Array.from({ length: 20 }, (_, a) => ({ a })));
  const apply = ['apply', '--auto-approve', '--schema', await schemaFile(schema)];
  const codes = (await Promise.all([site.run(apply), site.run(apply)])).map(({ code }) => code);
  expect(codes).toContain(0);
  expect([0, 24]).toContain(codes.find((code) => code !== 0) ?? 0);
  expect(await db.collection('schemactl_runs').countDocuments()).toBe(1);
  expect(await db.collection('things').countDocuments({ note: null })).toBe(20);
  expect(await undoIds(db)).toHaveLength(20);
});

test('unlock: a wrong id is 64 and frees nothing; the right one does, and the holder stops with 23', async () => {
  const { apply, holder } = await held(['--lock-lease', '20s']);
  const { err } = await must(24, site.run(apply));
  const id = /schemactl unlock (\S+)/.exec(err)?.[1] ?? '';
  const wrong = await must(64, site.run(['unlock', '00000000-0000-4000-8000-000000000000']));
  expect(wrong.err).toContain(`Next: Free it, if it is dead: schemactl unlock ${id}`);
  await must(24, site.run(apply));
  await must(0, site.run(['unlock', id]));
  await must(0, site.run(['unlock', id]));
  await until(async () => (await site.run(['status', '--schema', apply[3] ?? ''])).out.includes('Lock free'));
  await calm(site.client());
  const { err: told } = await must(23, holder.done);
  expect(told).toMatch(/The lock was (?:lost|taken away)/);
  expect(told).toContain('Next: See where things stand: schemactl status');
  expect(told).not.toMatch(/schemactl (?:resume|rollback)|has taken/);
  await must(0, site.run(apply));
});

/** The only lock document's holder, as `unlock` names it. */
async function unlocked(): Promise<void> {
  const [lock] = await own(site.db(), 'lock');
  const { id } = lock?.['owner'] as { readonly id: string };
  await must(0, site.run(['unlock', id]));
}

test('unlock: a holder that had not sent a command yet does not send it, though its lease still runs', async () => {
  const db = await site.fresh();
  await db.collection('things').insertOne({ a: 1 });
  const file = await schemaFile('version: 1\ncollections: { things: { indexes: [ { key: { a: 1 } } ] } }');
  const apply = ['apply', '--auto-approve', '--lock-lease', '10m', '--schema', file];
  const holder = await sleeper(site, apply, { of: 'update schemactl_steps', at: 2, when: 'after' });
  await unlocked();
  const { code, err } = await holder.goOn();
  expect(code, err).toBe(23);
  expect(await indexesOf(db, 'things')).toEqual([]);
  await must(0, site.run(apply));
  expect(await indexesOf(db, 'things')).toEqual(['a_1']);
});

test('whoever goes on with a run is shown as its owner', async () => {
  const db = await site.fresh();
  await db.collection('things').insertMany(Array.from({ length: 20 }, (_, a) => ({ a })));
  const apply = ['apply', '--auto-approve', '--schema', await schemaFile(schema)];
  expect(await mortal(site, apply, { of: 'createIndexes', at: 1, when: 'before' })).toMatchObject({ killed: true });
  await expire(site);
  const { err } = await must(20, site.run(['resume']));
  expect(err).toContain('Next: Approve it: schemactl resume --auto-approve');
  expect(err).not.toContain('plan.json');
  const holder = await sleeper(site, ['resume', '--auto-approve'], { of: 'createIndexes', at: 1, when: 'before' });
  expect(await own(db, 'lock')).toMatchObject([{ owner: { run: 1 }, previous: { run: 1 } }]);
  expect((await holder.goOn()).code).toBe(0);
  expect(await own(db, 'lock')).toMatchObject([{ owner: null }]);
});

test('the lock document is deleted while a run is open: the next holder gets a token larger than any in the journal', async () => {
  const db = await site.fresh();
  await db.collection('things').insertMany(Array.from({ length: 20 }, (_, a) => ({ a })));
  const lock = db.collection<{ _id: string; token: number; owner: null }>('schemactl_lock');
  await lock.insertOne({ _id: site.name, token: 41, owner: null });
  const apply = ['apply', '--auto-approve', '--schema', await schemaFile(schema)];
  expect(await mortal(site, apply, { of: 'createIndexes', at: 1, when: 'before' })).toMatchObject({ killed: true });
  expect((await own(db, 'steps')).map(({ token }) => Number(token))).toContain(42);
  await expire(site);
  await lock.deleteMany({});
  await must(0, site.run(['resume', '--auto-approve']));
  expect(await own(db, 'lock')).toMatchObject([{ token: 43, owner: null }]);
  expect(await indexesOf(db, 'things')).toEqual(['a_1']);
});
