import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { databaseHash } from '../../demo/hash.ts';
import type { Database } from '../../src/database/port.ts';
import { hazardCodes } from '../../src/planner/contract.ts';
import type { Doc } from '../../src/state/value.ts';
import { planRollback } from '../../src/workflow/plan-rollback.ts';
import { resumeRun, runPlan } from '../../src/workflow/run.ts';
import { open, planText } from '../cases/run.ts';
import { runOptions } from '../support/run-options.ts';
import { everyRoute } from '../support/routes.ts';

/** A plan that takes every route there is, and dies at every command of it. */
const name = 'test_structure_crash';

let client: MongoClient;
beforeAll(async () => {
  client = await new MongoClient(inject('uri')).connect();
});
afterAll(() => client.close());

const changesStructure = (command: Doc): boolean =>
  ['create', 'collMod', 'createIndexes', 'dropIndexes', 'renameCollection', 'drop', 'aggregate'].includes(
    [...command.keys()][0] ?? '',
  );

/** A door that is slammed at the n-th command that changes structure: nothing after it reaches the server. */
function dying(db: Database, at: number, when: 'before' | 'after'): { db: Database; sent: () => number } {
  let sent = 0;
  let isDead = false;
  const die = (): never => {
    isDead = true;
    throw new Error('the process died');
  };
  const run: Database['run'] = async (command, more) => {
    if (isDead) return die();
    const counts =
      more?.durable === true &&
      changesStructure(command) &&
      !/^schemactl_(lock|runs|steps|objects|undo)$/.test(String([...command.values()][0]));
    if (counts) sent += 1;
    if (counts && sent === at && when === 'before') return die();
    const reply = await db.run(command, more);
    return counts && sent === at ? die() : reply;
  };
  const transaction: Database['transaction'] = (work) =>
    isDead ? Promise.reject(new Error('dead')) : db.transaction(work);
  const door: Database = {
    ...db,
    get records() {
      return door;
    },
    run,
    transaction,
  };
  return { db: door, sent: () => sent };
}

const brief = (db: Database) => ({ ...runOptions(db), leaseMs: 600, waitMs: 20_000 });
const all = [...hazardCodes];
const { before, after } = everyRoute;

async function scene(): Promise<string> {
  const mongo = client.db(name);
  await mongo.dropDatabase();
  await mongo.createCollection('other');
  const db = await open(inject('uri'), name);
  expect(await runPlan(db, await planText(db, before), null, brief(db))).toMatchObject({ exitCode: 0 });
  await db.close();
  await everyRoute.fill(mongo);
  return databaseHash(mongo);
}

async function attempt(at: number, when: 'before' | 'after'): Promise<number> {
  const db = await open(inject('uri'), name);
  const { db: mortal, sent } = dying(db, at, when);
  const plan = await planText(db, after, all);
  await runPlan(mortal, plan, null, brief(db)).catch(() => null);
  await db.close();
  return sent();
}

async function finish(how: 'resume' | 'apply' | 'rollback'): Promise<void> {
  const db = await open(inject('uri'), name);
  if (how === 'resume') expect(await resumeRun(db, brief(db))).toMatchObject({ error: null });
  else if (how === 'apply')
    expect(await runPlan(db, await planText(db, after, all), null, brief(db))).toMatchObject({ error: null });
  else {
    const rollback = { which: { kind: 'last' }, only: [], exclude: [], allow: all, now: new Date() } as const;
    expect(await runPlan(db, await planRollback(db, rollback), null, brief(db))).toMatchObject({ error: null });
  }
  await db.close();
}

async function uninterrupted(): Promise<{ start: string; end: string; commands: number }> {
  const start = await scene();
  const commands = await attempt(Number.POSITIVE_INFINITY, 'before');
  return { start, end: await databaseHash(client.db(name)), commands };
}

/** `npm test` dies at every fourth command, each time another way; `STRUCTURE_CRASH=all` every way at every command. */
const everything = process.env['STRUCTURE_CRASH'] === 'all';

describe('kill -9 anywhere: at every command that changes structure', () => {
  test('the database ends as planned, or as it was', { timeout: 1_200_000 }, async () => {
    const { start, end, commands } = await uninterrupted();
    expect(commands).toBeGreaterThan(20);
    let deaths = 0;
    for (let at = 1; at <= commands; at += everything ? 1 : 4) {
      const ways = (['before', 'after'] as const).flatMap((when) =>
        (['resume', 'rollback', 'apply'] as const).map((how) => ({ when, how })),
      );
      for (const { when, how } of everything
        ? ways
        : [ways[((at - 1) / 2) % 6] ?? ways[0]].filter((way) => way !== undefined)) {
        await scene();
        await attempt(at, when);
        deaths += 1;
        await finish(how);
        const hash = await databaseHash(client.db(name));
        expect([at, when, how, hash]).toEqual([at, when, how, how === 'rollback' ? start : end]);
        const left = await client
          .db(name)
          .listCollections({ name: /^schemactl_new_/ })
          .toArray();
        expect(left).toEqual([]);
      }
    }
    console.log(`died ${deaths} times at ${commands} commands`);
  });
});
