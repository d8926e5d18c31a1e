import { dirname, join } from 'node:path';
import { runInNewContext } from 'node:vm';
import type { Document, Timestamp } from 'mongodb';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { expire, mortal } from '../faults/mortal.ts';
import { applyOf, prepared, whole } from '../support/crash.ts';
import { calm, failCommand } from '../support/faults.ts';
import { everyRoute } from '../support/routes.ts';
import { fillShop } from '../support/shop.ts';
import { schemaFile } from '../support/schema.ts';
import { must, own, until, useSite } from '../support/site.ts';

/** Who may do what, with authentication on. */
const site = useSite('privileges', { auth: true });

const password = 'throw-away-too';
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

function as(user: string): { uri: string } {
  const url = new URL(site.uri());
  [url.username, url.password] = [user, password];
  url.searchParams.set('authSource', site.name);
  return { uri: url.toString() };
}

const oplog = () => site.client().db('local').collection<{ ts: Timestamp } & Document>('oplog.rs');

async function now(): Promise<Timestamp> {
  const [newest] = await oplog().find().sort({ $natural: -1 }).limit(1).toArray();
  return newest!.ts;
}

/** What was written anywhere but in the server's own databases. */
async function written(since: Timestamp): Promise<Document[]> {
  const own = /^(?!(?:admin|config|local)\.|$)/;
  return oplog()
    .find({ ts: { $gt: since }, $or: [{ ns: own }, { 'o.applyOps.ns': own }] })
    .toArray();
}

const shop = ['--schema', 'schema/'];

test.each(['reader', 'minimalReader'])('%s: everything that only reads works, and writes nothing', async (user) => {
  const began = await now();
  await fillShop(await site.fresh());
  await must(0, site.run(['apply', '--auto-approve', '--milestone', '001', ...shop]));
  expect(await written(began), 'what is written is seen in the oplog').not.toEqual([]);
  const plan = join(dirname(await schemaFile('')), 'plan.json');
  const since = await now();
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
    expect(err).toContain(`missing: update on ${site.name}.schemactl_*`);
  }
  expect(await written(since)).toEqual([]);
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

/** A database that the plan of every route starts from. */
async function scene(): Promise<{ before: string; apply: readonly string[] }> {
  const db = await site.fresh();
  await must(0, site.run(['apply', '--auto-approve', '--schema', await schemaFile(everyRoute.before)]));
  await everyRoute.fill(db);
  const apply = [
    'apply',
    '--auto-approve',
    '--allow',
    everyRoute.allow,
    '--schema',
    await schemaFile(everyRoute.after),
  ];
  return { before: await site.hash(), apply };
}

test('recreator: every route, forward and backward; changer is told what a copy takes', async () => {
  const { before, apply } = await scene();
  const since = await now();
  const { err } = await must(77, site.run(apply, as('changer')));
  expect(err).toContain('missing: bypassDocumentValidation on');
  expect(await written(since)).toEqual([]);
  await must(0, site.run(apply, as('recreator')));
  await must(0, site.run(['rollback', '--auto-approve', '--allow', everyRoute.allow], as('recreator')));
  expect(await site.hash()).toBe(before);
});

describe('every missing privilege is named before the first write', () => {
  test('one by one', async () => {
    const { before, apply } = await scene();
    const { out } = await must(0, site.run(['grants', '--format', 'json']));
    const { commands } = JSON.parse(out) as { commands: Document[] };
    const all = commands.flatMap(({ privileges }) =>
      (privileges as Document[]).flatMap(({ actions }) => actions as string[]),
    );
    const reading = ['find', 'listCollections', 'listIndexes'];
    const since = await now();
    for (const action of all.filter((one) => !reading.includes(one))) {
      const privileges = [
        { resource: { db: site.name, collection: '' }, actions: all.filter((one) => one !== action) },
      ];
      const name = await custom(privileges);
      const { err } = await must(77, site.run(apply, as(name)));
      const missing = [...err.matchAll(/missing: (\S+) on/g)].map(([, found]) => found);
      expect(new Set(missing)).toEqual(new Set([action]));
    }
    expect((await written(since)).filter(({ ns }) => String(ns).startsWith(site.name))).toEqual([]);
    expect(await site.hash()).toBe(before);
  });

  test('on some collections only', async () => {
    const { apply } = await scene();
    const everything = [
      'find',
      'listCollections',
      'listIndexes',
      'insert',
      'update',
      'remove',
      'createCollection',
      'collMod',
    ];
    const name = await custom([{ resource: { db: site.name, collection: '' }, actions: everything }]);
    const { err } = await must(77, site.run(apply, as(name)));
    expect(err).toContain(`missing: createIndex on ${site.name}.bridged`);
    expect(err).toContain(`missing: renameCollectionSameDB on database ${site.name}`);
  });
});

/** A user with exactly these privileges. */
async function custom(privileges: readonly Document[]): Promise<string> {
  const db = site.db();
  await db.command({ dropUser: 'custom' }).catch(() => undefined);
  await db.command({ dropRole: 'customRole' }).catch(() => undefined);
  await db.command({ createRole: 'customRole', privileges, roles: [] });
  await db.command({ createUser: 'custom', pwd: password, roles: ['customRole'] });
  return 'custom';
}

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
