import { describe, expect, test } from 'vitest';
import { everyRoute } from '../support/routes.ts';
import { schemaFile } from '../support/schema.ts';
import { must, own, type Site, useSite } from '../support/site.ts';
import { type Death, expire, mortal, sleeper, type Stopped, type When, whens } from './mortal.ts';
import { routes, type Scene } from './scenes.ts';
import { everything, step, tallyOf } from './share.ts';
import { type Ends, endsOf, run } from './survive.ts';

/** A holder that is paused beyond its lease, overtaken by another one that does the same work, and woken. */
const site = useSite('paused', {});

const subjects = ['apply', 'rollback', 'resume'] as const;
type Subject = (typeof subjects)[number];

/**
 * What the server holds to no collection, or to one that is still the same: sent by one who looked at the lock just before, it is done
 * whenever it arrives. Everything else must change nothing.
 */
const unfenceable: readonly (string | undefined)[] = [
  'create',
  'createIndexes',
  'dropIndexes',
  'collMod',
  'drop',
  '$merge',
];

const isJustAfterLook = (when: When, last: string): boolean =>
  when === 'before' ? unfenceable.includes(last.split(':')[0]) : last === 'find:schemactl_lock';

/** All that a woken process could spoil: what is kept, and the database, copies that lie about and the trash included. */
interface Picture {
  readonly hash: string;
  readonly collections: readonly string[];
  readonly records: unknown;
}

async function picture(of: Site): Promise<Picture> {
  const kept = ['lock', 'runs', 'steps', 'objects', 'undo'] as const;
  const listed = await of.db().listCollections({}, { nameOnly: true }).toArray();
  return {
    hash: await of.hash(),
    collections: listed.map(({ name }) => name).sort(),
    records: Object.fromEntries(await Promise.all(kept.map(async (name) => [name, await own(of.db(), name)] as const))),
  };
}

/** The newest run by its number: woken before it has read anything, a rollback of the newest would mean the one before. */
const argsOf = (scene: Scene, subject: Subject): readonly string[] =>
  subject === 'rollback' ? [...scene.rollback, '--run', '2'] : scene[subject];

/** Brings the scene to where the subject begins. */
async function begin(scene: Scene, subject: Subject, { acts }: Ends): Promise<void> {
  await scene.prepare(site);
  if (subject === 'rollback') await must(0, run(site, scene.apply));
  if (subject !== 'resume') return;
  await mortal(site, scene.apply, { at: Math.round(acts / 3), of: 'acts', when: 'after' });
  await expire(site);
}

interface Asleep {
  readonly asleep: Stopped;
  readonly last: string;
  readonly before: Picture;
}

/** Sleeps at the command and is overtaken; null where it came to its end before. */
async function overtaken(scene: Scene, subject: Subject, ends: Ends, death: Death): Promise<Asleep | null> {
  await begin(scene, subject, ends);
  const asleep = await sleeper(site, argsOf(scene, subject), death);
  if (asleep.ended()) return null;
  const last = await asleep.last();
  await expire(site);
  await must(0, run(site, argsOf(scene, subject)));
  const before = await picture(site);
  expect(before.hash).toBe(subject === 'rollback' ? ends.start : ends.end);
  return { asleep, last, before };
}

const sceneOf = async (): Promise<Scene> =>
  routes({ before: await schemaFile(everyRoute.before), after: await schemaFile(everyRoute.after) });

/** What was seen to spoil what the next holder had done; `npm test` tries every third. */
const fixed: readonly (readonly [Subject, string, number])[] = [
  ['apply', 'renameCollection test_paused.copied', 1],
  ['apply', 'renameCollection', 2],
  ['apply', '$merge', 1],
  ['apply', 'insert schemactl_new_', 1],
  ['apply', 'update schemactl_steps', 1],
  ['rollback', 'renameCollection test_paused.copied', 1],
  ['rollback', 'update schemactl_steps', 1],
  ['resume', 'update schemactl_steps', 1],
];

describe('stopped before a command, overtaken, woken: nothing changes any more', () => {
  test.each(fixed.filter((_, at) => everything || at % 3 === 0))(
    '%s before %s number %i',
    { timeout: 300_000 },
    async (subject, of, at) => {
      const scene = await sceneOf();
      const ends = await endsOf(site, scene);
      const found = await overtaken(scene, subject, ends, { at, of, when: 'before' });
      if (found === null) throw new Error('it came to its end');
      const { code, err } = await found.asleep.goOn();
      expect(await picture(site)).toEqual(found.before);
      expect(code, err).toBe(23);
    },
  );
});

describe('holder paused beyond lease: SIGSTOP, another does the same, SIGCONT', () => {
  test.each(subjects)('%s', { timeout: 10 * 3600_000 }, async (subject) => {
    const scene = await sceneOf();
    const ends = await endsOf(site, scene);
    const tally = tallyOf(
      'Holder paused beyond lease',
      `${subject} of ${scene.what} stopped at command k, overtaken, woken`,
    );
    const outside: string[] = [];
    const places = everything
      ? Array.from({ length: Math.ceil(ends.commands / step) }, (_, at) => 1 + at * step)
      : [Math.round(ends.commands * 0.4)];
    for (const [turn, at] of places.entries()) {
      const when = whens[turn % 3]!;
      const found = await overtaken(scene, subject, ends, { at, when });
      if (found === null) break;
      const { asleep, last, before } = found;
      const { code, err } = await asleep.goOn();
      const woken = `woken ${when} command ${at} (${last})`;
      expect([0, 1, 21, 23, 24], `${woken}: ${err}`).toContain(code);
      const after = await picture(site);
      expect(after.records, woken).toEqual(before.records);
      const mayChange = isJustAfterLook(when, last);
      if (!mayChange) expect(after, woken).toEqual(before);
      if (after.hash !== before.hash || after.collections.length !== before.collections.length) outside.push(last);
      tally.hit();
    }
    const which = [...new Set(outside)].sort().join(', ');
    tally.close(
      `${outside.length} changed structure, sent just after a look at the lock${which === '' ? '' : `: ${which}`}`,
    );
  });
});
