import { expect } from 'vitest';
import { must, own, type Site, until } from '../support/site.ts';
import { expire, mortal } from './mortal.ts';
import type { Scene } from './scenes.ts';

/** Hashes of the database before the apply, and after one that nothing interrupted; and what is managed then. */
export interface Ends {
  readonly start: string;
  readonly end: string;
  readonly owned: Readonly<Record<'start' | 'end', readonly string[]>>;
  /** How many commands that apply sent, and how many of them can change what the server holds. */
  readonly commands: number;
  readonly acts: number;
}

export type How = 'resume' | 'rollback';

export const run = (site: Site, args: readonly string[]) => site.run(args);

/** What the tool holds for its own, as it was declared: no address more and none less. */
async function ownedIn(site: Site): Promise<readonly string[]> {
  const objects = await own(site.db(), 'objects');
  return objects.map(({ address, definition, live }) => `${address} ${live} ${definition}`).sort();
}

/** A database as it is when nothing goes wrong; the scene is left applied. */
export async function endsOf(site: Site, scene: Scene): Promise<Ends> {
  await scene.prepare(site);
  const [start, before] = [await site.hash(), await ownedIn(site)];
  const { code, err, commands, acts } = await mortal(site, scene.apply, null);
  expect(code, err).toBe(0);
  return { start, end: await site.hash(), owned: { start: before, end: await ownedIn(site) }, commands, acts };
}

/**
 * Takes the newest apply back unless nothing of it is there. By its number: what the dead had sent last may land only now, and
 * end his rollback, after which the newest run that stands is the one before.
 */
async function takeBack(site: Site, scene: Scene, { start }: Ends): Promise<void> {
  const runs = await own(site.db(), 'runs');
  const isOpen = runs.some(({ state }) => ['running', 'interrupted', 'partial'].includes(String(state)));
  if (!isOpen && (await site.hash()) === start) return;
  const applied = runs.filter(({ kind }) => kind === 'apply').map(({ run: number }) => Number(number));
  await must(0, run(site, [...scene.rollback, '--run', String(Math.max(...applied))]));
}

/**
 * Nobody holds the lock: what ran within this process has let it go, and the lease of a process that was killed runs out by
 * itself, by the server's clock.
 */
export async function lockIsFree(site: Site): Promise<void> {
  const lock = site.db().collection('schemactl_lock');
  expect(await lock.find({ 'owner.pid': process.pid }).toArray()).toEqual([]);
  await until(
    async () => (await lock.findOne({ owner: { $ne: null }, $expr: { $gt: ['$leaseUntil', '$$NOW'] } })) === null,
  );
}

/** Nothing of the tool is in anybody's way: the lock is free, no copy lies about, and no run is open. */
async function clean(site: Site): Promise<void> {
  await lockIsFree(site);
  const left = await site
    .db()
    .listCollections({ name: /^schemactl_new_/ })
    .toArray();
  expect(left).toEqual([]);
}

/**
 * Goes on after an interruption of an apply or a rollback, or takes it back, and expects the database to be exactly as
 * it would be without: a run that had not begun yet is begun.
 */
export async function survives(
  site: Site,
  scene: Scene,
  ends: Ends,
  interrupted: 'apply' | 'rollback',
  how: How,
): Promise<void> {
  await expire(site);
  const isForward = interrupted === 'apply' && how === 'resume';
  const [goal, origin] = isForward ? [ends.end, ends.start] : [ends.start, ends.end];
  if (how === 'rollback') await takeBack(site, scene, ends);
  else {
    await must(0, run(site, scene.resume));
    const now = await site.hash();
    expect([goal, origin], 'a run that had not begun has changed nothing').toContain(now);
    if (now !== goal && isForward) await must(0, run(site, scene.apply));
    else if (now !== goal) await takeBack(site, scene, ends);
  }
  expect(await site.hash()).toBe(goal);
  expect(await ownedIn(site)).toEqual(isForward ? ends.owned.end : ends.owned.start);
  await clean(site);
  if (isForward) await must(0, run(site, ['plan', '--detailed-exitcode', '--check-data', 'full', ...scene.schema]));
}

/** What was killed and gone on with to its end can be taken back like a run that nothing interrupted. */
export async function isTakenBack(site: Site, scene: Scene, { start, owned }: Ends): Promise<void> {
  await must(0, run(site, scene.rollback));
  expect(await site.hash(), 'resumed to its end, then rolled back').toBe(start);
  expect(await ownedIn(site)).toEqual(owned.start);
  await clean(site);
}
