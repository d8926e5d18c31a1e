import { join, dirname } from 'node:path';
import type { Document, Timestamp } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { fillShop } from '../support/shop.ts';
import { schemaFile } from '../support/schema.ts';
import { must, ours, useSite } from '../support/site.ts';

const site = useSite('read_only');

const oplog = () => site.client().db('local').collection<{ ts: Timestamp } & Document>('oplog.rs');

/** The newest entry that the server has written. */
async function now(): Promise<Timestamp> {
  const [newest] = await oplog().find().sort({ $natural: -1 }).limit(1).toArray();
  return newest!.ts;
}

/** What was written to the databases of these names since, transactions included. */
async function written(since: Timestamp, name = site.name): Promise<Document[]> {
  const ns = new RegExp(`^${name}`);
  return oplog()
    .find({ ts: { $gt: since }, $or: [{ ns }, { 'o.applyOps.ns': ns }] })
    .toArray();
}

const commands: readonly (readonly string[])[] = [
  ['validate'],
  ['plan'],
  ['plan', '--check-data', 'full', '--format', 'json'],
  ['plan', '--check-data', 'none'],
  ['snapshot'],
  ['diff', 'schema', 'live'],
  ['check'],
  ['drift'],
  ['doctor'],
  ['purge', '--all', '--plan-only'],
  ['status'],
  ['history'],
  ['rollback', '--plan-only', '--all', '--format', 'json'],
];

describe('writes nothing, as the oplog shows', () => {
  test.each(['missing', 'fresh', 'applied', 'drifted'])('a database that is %s', async (what) => {
    const db = what === 'missing' ? site.db() : await site.fresh();
    if (what === 'missing') await db.dropDatabase();
    else await fillShop(db);
    if (what === 'applied' || what === 'drifted') await must(0, site.run(['apply', '--auto-approve']));
    if (what === 'drifted') await db.collection('users').dropIndex('email_1');
    const plan = join(dirname(await schemaFile('')), 'plan.json');
    const before = await ours(site);
    const since = await now();
    const drifted = what === 'drifted';
    await must(0, site.run(['plan', '--out', plan]));
    await must(0, site.run(['show', plan]));
    expect([0, 2]).toContain((await site.run(['doctor', plan])).code);
    for (const args of commands) {
      const rolls = args[0] === 'rollback' && drifted;
      const isNowhere = what === 'missing' && args[0] === 'check';
      const finds = args[0] === 'check' || args[0] === 'drift';
      await must(isNowhere ? 64 : rolls ? 21 : finds ? 2 : 0, site.run(args));
    }
    if (before.length > 0) await must(0, site.run(['history', '1']));
    else await must(64, site.run(['history', '1']));
    if (!drifted && before.length > 0) await must(0, site.run(['apply', '--auto-approve']));
    else await must(20, site.run(['apply']));
    await must(0, site.run(['resume', '--auto-approve']));
    expect(await written(since)).toEqual([]);
    expect(await ours(site)).toEqual(before);
  });
});

test('the oplog does show a write, also one within a transaction', async () => {
  const db = await site.fresh();
  const since = await now();
  await site.client().withSession((session) =>
    session.withTransaction(async () => {
      await db.collection('other').insertOne({ a: 1 }, { session });
      await db.collection('other').insertOne({ a: 2 }, { session });
    }),
  );
  expect(await written(since)).not.toEqual([]);
});
