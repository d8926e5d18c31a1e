import { expect, test } from 'vitest';
import { everyRoute } from '../support/routes.ts';
import { schemaFile } from '../support/schema.ts';
import { must, own, type Site, until, useSite } from '../support/site.ts';
import { membersOf } from './members.ts';
import { routes, type Scene } from './scenes.ts';
import { everything, step, tallyOf } from './share.ts';
import { type Ends, endsOf, run, survives } from './survive.ts';

/** A replica set of three, whose primary steps down or dies while a run is under way, and one of one, which is its own successor. */
const site = useSite('failover', { members: 3 });
const alone = useSite('failover_alone', {});

const timeout = 10 * 3600_000;

async function scene(of: Site): Promise<{ scene: Scene; ends: Ends }> {
  const schemas = { before: await schemaFile(everyRoute.before), after: await schemaFile(everyRoute.after) };
  const made = routes(schemas);
  return { scene: made, ends: await endsOf(of, made) };
}

async function stepDown(of: Site): Promise<void> {
  const order = { replSetStepDown: 5, secondaryCatchUpPeriodSecs: 2, force: true };
  await of
    .client()
    .db('admin')
    .command(order)
    .catch(() => undefined);
}

/** Runs the subject, and does this at its n-th event; whatever it was told to be done stands in the journal afterwards. */
async function disturbed(of: Site, args: readonly string[], n: number, disturb: () => Promise<void>) {
  let events = 0;
  const struck: Promise<void>[] = [];
  const acknowledged: string[] = [];
  const heard = (text: string): void => {
    const event = JSON.parse(text) as { event: string; unit?: string };
    if (event.event === 'unit-done') acknowledged.push(event.unit ?? '');
    if (event.event === 'unit-started' || event.event === 'unit-done') events += 1;
    if (events === n && struck.length === 0) struck.push(disturb());
  };
  const ran = await of.run([...args, '--format', 'json'], { heard });
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

test.each([
  { subject: 'apply', of: site, members: 3 },
  { subject: 'rollback', of: site, members: 3 },
  { subject: 'apply', of: alone, members: 1 },
] as const)('stepdown, rollback: $subject, members: $members', { timeout }, async ({ subject, of, members }) => {
  const { scene: made, ends } = await scene(of);
  const what = `replSetStepDown at each step of ${subject} of ${made.what}, members: ${members}`;
  const tally = tallyOf('Stepdown, rollback', what);
  let through = 0;
  for (let n = everything ? 1 : 4; ; n += step) {
    await made.prepare(of);
    if (subject === 'rollback') await must(0, run(of, made.apply));
    const { code, err, struck, acknowledged } = await disturbed(of, made[subject], n, () => stepDown(of));
    if (!struck) break;
    tally.hit();
    expect([0, 23], `${n}: ${err}`).toContain(code);
    if (code === 0) through += 1;
    expect(await doneUnits(of)).toEqual(expect.arrayContaining([...acknowledged]));
    await survives(of, made, ends, subject, n % 2 === 0 ? 'resume' : 'rollback');
    if (!everything) break;
  }
  tally.close(`${through} went through to their end without help`);
});

/** Dead for the rest of the run, and started again before the next one. */
test('stepdown, rollback: the primary is killed', { timeout }, async () => {
  const { scene: made, ends } = await scene(site);
  const members = membersOf(site);
  const tally = tallyOf(
    'Stepdown, rollback',
    `the primary killed (SIGKILL) at each step of apply of ${made.what}, members: 3`,
  );
  let through = 0;
  for (let n = everything ? 1 : 6; ; n += step) {
    await made.prepare(site);
    const primary = await members.primary();
    const { code, err, struck, acknowledged } = await disturbed(site, made.apply, n, () => {
      primary.kill();
      return Promise.resolve();
    });
    if (!struck) break;
    tally.hit();
    expect([0, 23], `${n}: ${err}`).toContain(code);
    if (code === 0) through += 1;
    await until(() => members.primary().then(Boolean, () => false), 60_000);
    expect(await doneUnits(site)).toEqual(expect.arrayContaining([...acknowledged]));
    await survives(site, made, ends, 'apply', n % 2 === 0 ? 'resume' : 'rollback');
    primary.revive();
    await members.whole();
    if (!everything) break;
  }
  tally.close(`${through} went through to their end without help`);
});
