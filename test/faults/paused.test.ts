import { expect, test } from 'vitest';
import { everyRoute } from '../support/routes.ts';
import { schemaFile } from '../support/schema.ts';
import { must, own, type Site, useSite } from '../support/site.ts';
import { type Death, expire, sleeper, whens } from './mortal.ts';
import { routes, type Scene } from './scenes.ts';
import { everything, step, tallyOf } from './share.ts';
import { type Ends, endsOf, run } from './survive.ts';

/** A holder that is paused beyond its lease, wakes up, and must not write any more. */
const site = useSite('paused', {});

/** What the server cannot fence: sent by one who looked at the lock just before, it is done whenever it arrives. */
const unfenced = /createIndexes|dropIndexes|collMod|create$|drop$|renameCollection|aggregate/;

async function records(of: Site): Promise<unknown> {
  return Promise.all((['steps', 'undo', 'runs', 'objects', 'lock'] as const).map((name) => own(of.db(), name)));
}

/** Sleeps at the command, is overtaken, and wakes up; answers false where it came to its end before. */
async function overtaken(scene: Scene, ends: Ends, death: Death): Promise<'fenced' | 'unfenced' | null> {
  await scene.prepare(site);
  const asleep = await sleeper(site, scene.apply, death);
  if (asleep.ended()) return null;
  const last = await asleep.last();
  await expire(site);
  await must(0, run(site, scene.apply));
  expect(await site.hash()).toBe(ends.end);
  const before = await records(site);
  const { code, err } = await asleep.goOn();
  expect([0, 1, 21, 23, 24], err).toContain(code);
  if (death.when === 'before' && unfenced.test(last)) {
    await must(0, run(site, scene.apply));
    expect(await site.hash()).toBe(ends.end);
    return 'unfenced';
  }
  expect(await site.hash(), `woken ${death.when} command ${last}: the database`).toBe(ends.end);
  expect(await records(site), `woken ${death.when} command ${last}: the records`).toEqual(before);
  return 'fenced';
}

test('holder paused beyond lease: SIGSTOP, another applies, SIGCONT', { timeout: 10 * 3600_000 }, async () => {
  const scene = routes({ before: await schemaFile(everyRoute.before), after: await schemaFile(everyRoute.after) });
  const ends = await endsOf(site, scene);
  const tally = tallyOf('Holder paused beyond lease', `apply of ${scene.what} stopped at command k, overtaken, woken`);
  let outside = 0;
  const places = everything
    ? Array.from({ length: Math.ceil(ends.commands / step) }, (_, at) => 1 + at * step)
    : [Math.round(ends.commands * 0.5)];
  for (const [turn, at] of places.entries()) {
    const how = await overtaken(scene, ends, { at, when: whens[turn % 3]! });
    if (how === null) break;
    if (how === 'unfenced') outside += 1;
    tally.hit();
  }
  tally.close(`${outside} of them just before a command that changes structure, which is idempotent`);
});
