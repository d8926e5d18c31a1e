import { dirname, join } from 'node:path';
import { runInNewContext } from 'node:vm';
import type { Document } from 'mongodb';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { expire, mortal } from '../faults/mortal.ts';
import { applyOf, prepared, whole } from '../support/crash.ts';
import { calm, failCommand } from '../support/faults.ts';
import { anywhere, now, written } from '../support/oplog.ts';
import { everyRoute } from '../support/routes.ts';
import { fillShop } from '../support/shop.ts';
import { schemaFile } from '../support/schema.ts';
import { must, own, until, useSite } from '../support/site.ts';
import { asUser, everyRouteBefore, password } from '../support/users.ts';

/** Who may do what, with authentication on. */
const site = useSite('privileges', { auth: true });

const users: Readonly<Record<string, readonly unknown[]>> = {
  reader: ['read'],
  minimalReader: ['schemactlRead'],
  changer: ['schemactlChange'],
  colleague: ['schemactlChange'],
  recreator: ['schemactlRecreate'],
};

afterEach(() => calm(site.client()));

beforeAll(async () => {
  const { out } = await must(0, site.run(['grants', '--db', site.name, '--format', 'json']));
  const { commands } = JSON.parse(out) as { commands: Document[] };
  for (const command of commands) await site.db().command(command);
  for (const [user, roles] of Object.entries(users))
    await site.db().command({ createUser: user, pwd: password, roles });
});

const as = (user: string): { uri: string } => asUser(site, user);

const shop = ['--schema', 'schema/'];

test.each(['reader', 'minimalReader'])('%s: everything that only reads works, and writes nothing', async (user) => {
  const began = await now(site);
  await fillShop(await site.fresh());
  await must(0, site.run(['apply', '--auto-approve', '--milestone', '001', ...shop]));
  expect(await written(site, began, anywhere), 'what is written is seen in the oplog').not.toEqual([]);
  const plan = join(dirname(await schemaFile('')), 'plan.json');
  const since = await now(site);
  for (const args of [
    ['plan', '--check-data', 'full', ...shop],
    ['plan', '--out', plan, ...shop],
    ['show', plan],
    ['drift', '--milestone', '001', ...shop],
    ['doctor'],
    ['purge', '--all', '--plan-only'],
    ['status', ...shop],
    ['history'],
    ['history', '1'],
    ['snapshot'],
    ['diff', 'schema', 'live', ...shop],
    ['init', '--from-live', '--out', join(dirname(plan), 'imported')],
    ['rollback', '--plan-only'],
    ['grants'],
    ['resume', '--auto-approve'],
  ])
    await must(0, site.run(args, as(user)));
  const { out } = await must(2, site.run(['check', ...shop], as(user)));
  expect(out, 'every rule was judged, and the shop breaks some').toMatch(/Check: 3 critical, .* on 6 collections/);
  for (const args of [
    ['apply', '--auto-approve', ...shop],
    ['apply', plan],
    ['rollback', '--auto-approve'],
  ]) {
    const { err } = await must(77, site.run(args, as(user)));
    expect(err).toContain('schemactl grants');
    expect(err).toContain(`missing: update on ${site.name}: schemactl_lock, `);
  }
  expect(await written(site, since, anywhere)).toEqual([]);
});

test('changer: a whole life of the reference application, an interrupted run and a takeover included', async () => {
  const db = await site.fresh();
  await fillShop(db);
  const before = await site.hash();
  const apply = ['apply', '--auto-approve', '--lock-lease', '1s', ...shop];
  const slow = { failCommands: ['update'], namespace: `${site.name}.orders`, blockConnection: true, blockTimeMS: 2000 };
  await failCommand(site.client(), slow, { times: 1 });
  const running = site.spawn(apply, as('changer'));
  await until(async () => (await own(db, 'steps')).some(({ state }) => state === 'started'));
  running.kill('SIGKILL');
  await running.done;
  await must(0, site.run(['resume', '--auto-approve', '--lock-wait', '30s'], as('changer')));
  await must(0, site.run(['plan', '--detailed-exitcode', ...shop], as('changer')));
  await must(0, site.run(['rollback', '--all', '--auto-approve'], as('changer')));
  expect(await site.hash()).toBe(before);
});

test.each([
  ['a batch', 'update things', 1, 32],
  ['the journal', 'update schemactl_steps', 3, 16],
  ['the lock', 'update schemactl_lock', 1, 16],
] as const)(
  'killed in a transaction on %s: another user, who may not kill the session, waits for the server to end it, and says so',
  { timeout: 240_000 },
  async (_, of, at, lifetime) => {
    const limit = (transactionLifetimeLimitSeconds: number) =>
      site.client().db('admin').command({ setParameter: 1, transactionLifetimeLimitSeconds });
    const start = await prepared(site);
    await limit(lifetime);
    const apply = applyOf(start.file, '--lock-lease', '2s');
    const dying = await mortal({ ...site, uri: () => as('changer').uri }, apply, { of, at, when: 'after' });
    expect(dying).toMatchObject({ killed: true });
    await expire(site);
    const again = applyOf(start.file, '--lock-wait', '30s');
    const { out } = await must(0, site.run(again, as('colleague')));
    expect(out).toContain('waiting for a transaction that is open on the same documents');
    await limit(60);
    await whole(site, start);
  },
);

test('recreator: every route, forward and backward; changer is told what a copy takes', async () => {
  const { before, apply } = await everyRouteBefore(site);
  const since = await now(site);
  const { err } = await must(77, site.run(apply, as('changer')));
  expect(err).toContain('missing: bypassDocumentValidation on');
  expect(await written(site, since, anywhere)).toEqual([]);
  await must(0, site.run(apply, as('recreator')));
  await must(0, site.run(['rollback', '--auto-approve', '--allow', everyRoute.allow], as('recreator')));
  expect(await site.hash()).toBe(before);
});

test('grants as text is what mongosh takes: the commands of the JSON, on the database that is named', async () => {
  const args = ['grants', '--db', 'shop'];
  const { out } = await must(0, site.run(args, { uri: '' }));
  const json = await must(0, site.run([...args, '--format', 'json'], { uri: '' }));
  const ran: { database: string; command: unknown }[] = [];
  const db = {
    getSiblingDB: (database: string) => ({ runCommand: (command: unknown) => ran.push({ database, command }) }),
  };
  runInNewContext(out, { db });
  const { commands } = JSON.parse(json.out) as { commands: unknown[] };
  expect(ran).toEqual(commands.map((command) => ({ database: 'shop', command })));
});
