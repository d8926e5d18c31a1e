import type { Document } from 'mongodb';
import { expect, test } from 'vitest';
import { here } from '../support/here.ts';
import { everyRoute } from '../support/routes.ts';
import { schemaFile } from '../support/schema.ts';
import { must, own, type Site, until, useSite } from '../support/site.ts';
import { routes, type Scene } from './scenes.ts';
import { everything, step, tallyOf } from './share.ts';
import { type Ends, endsOf, run, survives } from './survive.ts';

/** A replica set of three, whose primary steps down or dies while a run is under way. */
const site = useSite('failover', { members: 3 });

const timeout = 10 * 3600_000;

async function scene(): Promise<{ scene: Scene; ends: Ends }> {
  const schemas = { before: await schemaFile(everyRoute.before), after: await schemaFile(everyRoute.after) };
  const made = routes(schemas);
  return { scene: made, ends: await endsOf(site, made) };
}

async function stepDown(): Promise<void> {
  const order = { replSetStepDown: 5, secondaryCatchUpPeriodSecs: 2, force: true };
  await site
    .client()
    .db('admin')
    .command(order)
    .catch(() => undefined);
}

/** Runs the subject, and does this at its n-th event; whatever it was told to be done stands in the journal afterwards. */
async function disturbed(args: readonly string[], n: number, disturb: () => Promise<void>) {
  let events = 0;
  const struck: Promise<void>[] = [];
  const acknowledged: string[] = [];
  const ran = await here(site.uri(), [...args, '--format', 'json'], (text) => {
    const event = JSON.parse(text) as { event: string; unit?: string };
    if (event.event === 'unit-done') acknowledged.push(event.unit ?? '');
    if (event.event === 'unit-started' || event.event === 'unit-done') events += 1;
    if (events === n && struck.length === 0) struck.push(disturb());
  });
  await Promise.all(struck);
  return { ...ran, struck: struck.length > 0, acknowledged };
}

/** Units of the newest run that the journal calls done. */
async function doneUnits(of: Site): Promise<readonly string[]> {
  const steps = await own(of.db(), 'steps');
  const newest = Math.max(...steps.map(({ run: number }) => Number(number)));
  return steps
    .filter(({ run: number, state }) => Number(number) === newest && state === 'done')
    .map(({ _id }) => String(_id).split('#')[2] ?? '');
}

test.each(['apply', 'rollback'] as const)('stepdown, rollback: %s', { timeout }, async (subject) => {
  const { scene: made, ends } = await scene();
  const tally = tallyOf('Stepdown, rollback', `replSetStepDown at each step of ${subject} of ${made.what}, 3 members`);
  let through = 0;
  for (let n = everything ? 1 : 4; ; n += step) {
    await made.prepare(site);
    if (subject === 'rollback') await must(0, run(site, made.apply));
    const { code, err, struck, acknowledged } = await disturbed(made[subject], n, stepDown);
    if (!struck) break;
    tally.hit();
    expect([0, 23], `${n}: ${err}`).toContain(code);
    if (code === 0) through += 1;
    expect(await doneUnits(site)).toEqual(expect.arrayContaining([...acknowledged]));
    await survives(site, made, ends, subject, n % 2 === 0 ? 'resume' : 'rollback');
    if (!everything) break;
  }
  tally.close(`${through} went through to their end without help`);
});

const hello = (): Promise<Document> => site.client().db('admin').command({ hello: 1 });

const names = ['p', 'q', 'r'];

/** No index of stored documents is built: a build waits for every voting member, also for one that is dead. */
async function withoutBuilds(): Promise<Scene> {
  const field = 'fields: { note: { type: string, default: "-" } }, validation: { level: moderate, action: warn }';
  const schema = `version: 1\ncollections: { ${names.map((name) => `${name}: { ${field} }`).join(', ')} }\n`;
  const flags = ['--auto-approve', '--lock-wait', '90s'];
  const file = ['--schema', await schemaFile(schema)];
  return {
    what: 'fields and validators',
    async prepare(at) {
      const db = await at.fresh();
      for (const name of names)
        await db.collection<{ _id: number }>(name).insertMany(Array.from({ length: 500 }, (_, a) => ({ _id: a, a })));
    },
    apply: ['apply', ...flags, ...file],
    rollback: ['rollback', ...flags],
    resume: ['resume', ...flags],
    schema: file,
  };
}

test('stepdown, rollback: the primary is killed', { timeout: 600_000 }, async () => {
  const made = await withoutBuilds();
  const ends = await endsOf(site, made);
  const tally = tallyOf(
    'Stepdown, rollback',
    `the primary killed with SIGKILL in apply of ${made.what}, 2 of 3 members left`,
  );
  const hosts = /\/\/([^/]+)\//.exec(site.uri())?.[1]?.split(',') ?? [];
  await made.prepare(site);
  const { code, err, struck, acknowledged } = await disturbed(made.apply, 2, async () => {
    const { primary } = await hello();
    process.kill(site.pids()[hosts.indexOf(String(primary))]!, 'SIGKILL');
    tally.hit();
  });
  expect(struck).toBe(true);
  expect([0, 23], err).toContain(code);
  await until(async () => (await hello().catch((): Document => ({})))['isWritablePrimary'] === true, 60_000);
  expect(await doneUnits(site)).toEqual(expect.arrayContaining([...acknowledged]));
  await survives(site, made, ends, 'apply', 'resume');
  tally.close(`ended with ${code}`);
});
