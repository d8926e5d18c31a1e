import { expect } from 'vitest';
import { must, type Site } from '../support/site.ts';
import { type Death, type Ended, expire, mortal, type When } from './mortal.ts';
import type { Scene } from './scenes.ts';
import { everything, first, step, tallyOf } from './share.ts';
import { type Ends, endsOf, type How, isTakenBack, run, survives } from './survive.ts';

/** What is killed. */
export type Subject = 'apply' | 'rollback' | 'resume';

interface Attempt {
  readonly site: Site;
  readonly scene: Scene;
  readonly subject: Subject;
  readonly ends: Ends;
  /** The act at which the apply that is to be resumed was killed. */
  readonly first: number;
  /** How often the database that is there may be used again before it is made afresh. */
  readonly uses: { left: number };
}

/** What was taken back is as it was, so the next attempt may begin there; but journal and history grow with every run. */
const reused = 12;

/** Brings the database to where the subject begins, and runs it to its death. */
async function attempt({ site, scene, subject, first, uses }: Attempt, death: Death | null): Promise<Ended> {
  if (uses.left === 0) {
    await scene.prepare(site);
    uses.left = reused;
  }
  if (subject === 'rollback') await must(0, run(site, scene.apply));
  if (subject === 'resume') {
    expect(await mortal(site, scene.apply, { at: first, when: 'sent', of: 'acts' })).toMatchObject({ killed: true });
    await expire(site);
  }
  return mortal(site, scene[subject], death);
}

/** Dies there and goes on from there; false where the subject came to its end first. */
async function dies(one: Attempt, death: Death, how: How): Promise<boolean> {
  const ended = await attempt(one, death);
  if (!ended.killed) {
    expect(ended.code, ended.err).toBe(0);
    return false;
  }
  const { site, scene, subject, ends, uses } = one;
  try {
    await survives(site, scene, ends, subject === 'rollback' ? 'rollback' : 'apply', how);
    if (subject !== 'rollback' && how === 'resume') await isTakenBack(site, scene, ends);
    uses.left -= 1;
  } catch (cause) {
    throw new Error(`${subject} killed ${death.when} act ${death.at}, then ${how}`, { cause });
  }
  return true;
}

const hows: readonly How[] = ['rollback', 'resume'];
const deaths: readonly When[] = ['before', 'sent'];

const ways: readonly { readonly when: When; readonly how: How }[] = hows.flatMap((how) =>
  deaths.map((when) => ({ when, how })),
);

/**
 * Kills the subject before and just after it sends act k, for all k until it comes to its end; or, in `npm test`, at one.
 * An act is a command that can change what the server holds: wherever between two of them a process dies, the server holds the
 * same, so the death before an act stands for all reads ahead of it, and for the reply of the act before.
 * Each time both what goes on and what takes back give the database as it would be without; what went on is taken back as well.
 */
export async function killAtEveryCommand(site: Site, scene: Scene, subject: Subject): Promise<void> {
  const tally = tallyOf('kill -9 anywhere', `${subject} of ${scene.what}`);
  const ends = await endsOf(site, scene);
  const one = { site, scene, subject, ends, first: Math.round(ends.acts * 0.6), uses: { left: 0 } };
  const { commands, acts } = subject === 'apply' ? ends : await attempt(one, null);
  one.uses.left = 0;
  if (!everything) {
    const { when, how } = ways[(subject.length + 2) % ways.length]!;
    if (await dies(one, { at: Math.round(acts * 0.6), when, of: 'acts' }, how)) tally.hit();
    tally.close(`${acts} of ${commands} commands can change something`);
    return;
  }
  let at = first;
  for (let alive = true; alive; at += step) {
    for (const { when, how } of ways) {
      alive = await dies(one, { at, when, of: 'acts' }, how);
      if (!alive) break;
      tally.hit();
    }
  }
  tally.close(`from act ${first} to ${at - 2 * step} of ${acts}, in ${commands} commands, each ${ways.length} ways`);
}
