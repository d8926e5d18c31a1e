import { join, dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { now, written } from '../support/oplog.ts';
import { fillShop } from '../support/shop.ts';
import { schemaFile } from '../support/schema.ts';
import { must, ours, useSite } from '../support/site.ts';

const site = useSite('read_only');

const ofName = new RegExp(`^${site.name}`);

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
    const since = await now(site);
    const drifted = what === 'drifted';
    await must(0, site.run(['plan', '--out', plan]));
    await must(0, site.run(['show', plan]));
    expect([0, 2]).toContain((await site.run(['doctor', plan])).code);
    for (const args of commands) {
      // Not ticked where the server holds databases of other test files beside the missing one.
      if (what === 'missing' && args[0] === 'doctor') {
        expect([0, 2]).toContain((await site.run(args)).code);
        continue;
      }
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
    expect(await written(site, since, ofName)).toEqual([]);
    expect(await ours(site)).toEqual(before);
  });
});

test('the oplog does show a write, also one within a transaction', async () => {
  const db = await site.fresh();
  const since = await now(site);
  await site.client().withSession((session) =>
    session.withTransaction(async () => {
      await db.collection('other').insertOne({ a: 1 }, { session });
      await db.collection('other').insertOne({ a: 2 }, { session });
    }),
  );
  expect(await written(site, since, ofName)).not.toEqual([]);
});
