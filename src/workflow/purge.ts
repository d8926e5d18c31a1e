import type { Lock } from '../applier/lock.ts';
import { assertPrivileges } from '../applier/privileges.ts';
import { dropIfThere } from '../applier/operations/copy-place.ts';
import { type RecordedRun, standing } from '../applier/recorded.ts';
import { markPurged, readRuns, runsEndedBefore } from '../applier/runs.ts';
import { forgetUndo, undoSize } from '../applier/undo.ts';
import { introspect } from '../database/introspect.ts';
import { type Database, DatabaseError } from '../database/port.ts';
import { fastCount } from '../database/read.ts';
import { exitCodes, SchemactlError } from '../errors.ts';
import { drop, trashName } from '../planner/families/collections/commands.ts';
import type { LeftoverCopy, PurgePlan, PurgedRun, TrashedCollection, WhichUndo } from '../state/purge.ts';
import { isOpen, type Run } from '../state/runs.ts';
import { leftoversIn } from './leftovers.ts';
import { serverWords } from './failure.ts';
import type { RunOptions } from './run-result.ts';
import { unknownRun } from './select-runs.ts';
import { readAllRecorded, trashOf } from './ways-back.ts';
import { assertTopology, withLock } from './with-lock.ts';

/** What lies in the trash is of the newest run that put it there. */
function trashByRun(runs: readonly RecordedRun[], there: ReadonlySet<string>) {
  const owners = new Map<string, { readonly run: number; readonly collection: string }>();
  for (const { run, steps } of runs) {
    for (const recorded of steps) {
      const trash = trashOf(recorded);
      if (trash === null || owners.has(trash) || !there.has(trash)) continue;
      owners.set(trash, { run: run.run, collection: recorded.step.collection });
    }
  }
  return owners;
}

/** What of a run stands and needs what is to be forgotten, to be taken back. */
function lostBy(run: RecordedRun | undefined, trash: readonly TrashedCollection[]): readonly string[] {
  const names = new Set(trash.map(({ trash: name }) => name));
  const lost = (run?.steps ?? []).filter((recorded) => {
    const { step, edits } = recorded;
    if (step.reversal.kind === 'impossible' || recorded.purged !== undefined) return false;
    return (
      edits.some(({ documents }) => documents > 0) ||
      (step.change === 'collection' && names.has(trashOf(recorded) ?? ''))
    );
  });
  return [...new Set(lost.map(({ step }) => step.address))].sort();
}

async function chosen(db: Database, which: WhichUndo, runs: readonly number[]): Promise<(run: number) => boolean> {
  if (which.kind === 'all' || which.kind === 'none') return () => which.kind === 'all';
  if (which.kind === 'run') {
    if (!runs.includes(which.run)) throw unknownRun(which.run, runs.at(-1));
    return (run) => run === which.run;
  }
  const old = await runsEndedBefore(db, which.milliseconds);
  return (run) => old.has(run);
}

function cutOff(run: number): SchemactlError {
  return new SchemactlError(`Run ${run} is in progress or was cut off; what runs kept is needed until it is settled.`, {
    code: 'SCH2021',
    exitCode: exitCodes.blocked,
    next: ['See how it stands: schemactl status', 'Where it was cut off, go on with it: schemactl resume'],
  });
}

async function counted(db: Database, names: readonly string[]): Promise<readonly LeftoverCopy[]> {
  const copies: LeftoverCopy[] = [];
  for (const name of names) copies.push({ name, documents: await fastCount(db, name) });
  return copies;
}

async function sizesOf(db: Database, runs: readonly Run[]) {
  const sizes = new Map<Run, Awaited<ReturnType<typeof undoSize>>>();
  for (const run of runs) sizes.set(run, await undoSize(db, run.run));
  return sizes;
}

/**
 * What would be forgotten, and what could then no longer be taken back. Reads only.
 * Throws SchemactlError 64 for a run that never was, 20 while a run that was cut off waits.
 */
export async function planPurge(db: Database, which: WhichUndo): Promise<PurgePlan> {
  const runs = await readRuns(db);
  const isChosen = await chosen(
    db,
    which,
    runs.map(({ run }) => run),
  );
  const newest = runs.at(-1);
  if (isOpen(newest)) throw cutOff(newest.run);
  const all = Object.keys((await introspect(db)).state.collections);
  const there = all.filter((name) => name.startsWith(trashName('')));
  const leftovers = await counted(db, leftoversIn(all, newest));
  const sizes = await sizesOf(
    db,
    runs.filter((one) => isChosen(one.run)),
  );
  // Old runs are many and mostly forgotten: their journals are read only where there is something to forget.
  if (there.length === 0 && [...sizes.values()].every(({ documents }) => documents === 0))
    return { database: db.name, runs: [], leftovers };
  const recorded = await readAllRecorded(db, runs);
  const left = new Map(standing(recorded).map((one) => [one.run.run, one]));
  const trash = trashByRun(recorded, new Set(there));
  const purged: PurgedRun[] = [];
  for (const [{ run, kind, endedAt }, { documents, bytes }] of sizes) {
    const own: TrashedCollection[] = [];
    for (const [name, { run: owner, collection }] of trash) {
      if (owner === run) own.push({ trash: name, collection, documents: await fastCount(db, name) });
    }
    if (documents + own.length === 0) continue;
    purged.push({ run, kind, endedAt, bytes, collections: own, lost: lostBy(left.get(run), own) });
  }
  return { database: db.name, runs: purged, leftovers };
}

/** A run is said to be purged before anything of it goes, so that nobody relies on what is half gone. */
async function forget(db: Database, lock: Lock, { run, collections }: PurgedRun, { emit }: RunOptions): Promise<void> {
  const { user, host } = lock.owner;
  await markPurged(db, lock, run, `${user}@${host}`, emit);
  await forgetUndo(db, run, () => lock.assertHeld());
  for (const { trash } of collections) await dropIfThere({ db, lock }, trash);
}

async function carryOut(db: Database, lock: Lock, { runs, leftovers }: PurgePlan, options: RunOptions): Promise<void> {
  for (const run of runs) await forget(db, lock, run, options);
  for (const { name } of leftovers) await dropIfThere({ db, lock }, name);
}

/**
 * Forgets what was approved, as far as it is still there. History stays.
 * Throws SchemactlError 24 while the lock is held, 77 naming what this user may not.
 */
export async function runPurge(
  db: Database,
  which: WhichUndo,
  approved: PurgePlan,
  options: RunOptions,
): Promise<PurgePlan> {
  assertTopology(db);
  await assertPrivileges(
    db,
    [
      ...approved.runs.flatMap(({ collections }) => collections.map(({ trash }) => trash)),
      ...approved.leftovers.map(({ name }) => name),
    ].map(drop),
  );
  return withLock(db, options, async (lock) => {
    const now = await planPurge(db, which);
    const runs = now.runs.filter(({ run }) => approved.runs.some((one) => one.run === run));
    const leftovers = now.leftovers.filter(({ name }) => approved.leftovers.some((one) => one.name === name));
    const agreed = { ...now, runs, leftovers };
    await carryOut(db, lock, agreed, options);
    return agreed;
  });
}

/**
 * Forgets what runs kept longer than for so many milliseconds, null: for ever, and what overtaken processes left.
 * What cannot be forgotten is a warning, no failure of the run.
 */
export async function expireUndo(
  db: Database,
  lock: Lock,
  milliseconds: number | null,
  options: RunOptions,
): Promise<void> {
  const { emit } = options;
  try {
    const due = await planPurge(db, milliseconds === null ? { kind: 'none' } : { kind: 'older', milliseconds });
    const { runs, leftovers } = due;
    if (runs.length + leftovers.length === 0) return;
    await carryOut(db, lock, due, options);
    emit({
      event: 'purged',
      runs: runs.map(({ run }) => run),
      bytes: runs.reduce((sum, { bytes }) => sum + bytes, 0),
      collections: runs.reduce((sum, { collections }) => sum + collections.length, 0),
      leftovers: leftovers.length,
    });
  } catch (error) {
    const why = error instanceof DatabaseError ? serverWords(error) : String(error);
    const message = `what old runs kept could not be forgotten (${why}); the next run tries again, or: schemactl purge`;
    emit({ event: 'warning', code: 'not-purged', address: db.name, message });
  }
}
