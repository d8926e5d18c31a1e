import { readUnits } from '../applier/journal.ts';
import { openRun, readRuns } from '../applier/runs.ts';
import { readLedger, writeLedger } from '../applier/ledger.ts';
import { atomically } from '../applier/atomically.ts';
import type { Lock } from '../applier/lock.ts';
import { assertPrivileges } from '../applier/privileges.ts';
import { prepareStore } from '../applier/store.ts';
import type { Database } from '../database/port.ts';
import type { Plan } from '../planner/contract.ts';
import type { Operation } from '../planner/operation.ts';
import { isOpen, type Run } from '../state/runs.ts';
import { settleBuilds } from './builds.ts';
import { executeRun, tellLate } from './execute-run.ts';
import { isRecorded } from './as-recorded.ts';
import { assertCovered, assertFresh, assertNotGrown, assertTarget, uncovered } from './fresh.ts';
import { readLive } from './live.ts';
import { nothingDone, type RunOptions, type RunResult } from './run-result.ts';
import { defaultRetentionMs } from '../state/duration.ts';
import { expireUndo } from './purge.ts';
import { canGoOn, claim, giveUp, goOn } from './settle.ts';
import { assertTopology, withLock } from './with-lock.ts';

const isSameWork = (open: Run | null, plan: Plan): boolean => open?.kind === plan.kind && open.desired === plan.desired;

/** What is left of a run that was cut off and is gone on with; of one that is closed only copies are taken back. */
async function leftOf(db: Database, open: Run, goesOn: boolean): Promise<readonly Operation[]> {
  const left = (await readUnits(db, open.run)).filter(({ state }) => state !== 'done');
  return left.flatMap(({ unit }) => unit.operations).filter(({ kind }) => goesOn || kind === 'copy');
}

/** Adoption and release without a run: nothing in the data or its structure changes. */
async function recordOwnership(db: Database, lock: Lock, plan: Plan, options: RunOptions): Promise<RunResult> {
  const planned = new Map(plan.ledger.map((entry) => [entry.address, entry]));
  const before = await readLedger(db);
  const changes = [...plan.ownership.adopt, ...plan.ownership.release].map((address) => ({
    address,
    before: before.get(address) ?? null,
    after: planned.get(address) ?? null,
  }));
  await atomically(db, options.emit, async (session) => {
    await lock.fence(session);
    await writeLedger(db, null, changes, session);
  });
  return { ...nothingDone, outcome: 'recorded', late: await tellLate(db, [], plan.settled ?? [], options) };
}

/** Whether there is neither something to do, nor to record, nor a run that was cut off. */
export function isIdle(plan: Plan, runs: readonly Run[]): boolean {
  const { adopt, release } = plan.ownership;
  const isEmpty = plan.noop && plan.reverts.length + adopt.length + release.length === 0;
  return isEmpty && !isOpen(runs.at(-1));
}

function openRunOf(runs: readonly Run[]): Run | null {
  const newest = runs.at(-1);
  return isOpen(newest) ? newest : null;
}

/** Makes a plan anew. Not `fresh`: what the data answered a moment ago may be taken for true. */
export type Again = (fresh: boolean) => Promise<Plan>;

/** The plan made again under the lock: it may have become less since it was approved, but not more (21). */
async function lessOrEqual(plan: Plan, again: Again): Promise<Plan> {
  const now = await again(false);
  assertCovered(now, plan);
  return now;
}

/** Once a run is whole, what is older than the retention goes, and what overtaken processes left. */
async function thenExpire(db: Database, lock: Lock, result: RunResult, options: RunOptions): Promise<RunResult> {
  const { retentionMs = defaultRetentionMs } = options;
  const isWhole = ['applied', 'recorded', 'unverified'].includes(result.outcome);
  if (isWhole) await expireUndo(db, lock, retentionMs, options);
  return result;
}

/**
 * Runs a plan under the lock. A run that was cut off is settled first: the same work goes on, other work closes it.
 * `again` makes the plan anew; null for a saved plan, which runs as it is or not at all.
 * Throws SchemactlError 20 on mongos, 21 where what the plan relies on has moved, 24 while the lock is held.
 */
export async function runPlan(db: Database, plan: Plan, again: Again | null, options: RunOptions): Promise<RunResult> {
  assertTopology(db);
  const before = await readRuns(db);
  if (isIdle(plan, before)) return nothingDone;
  const open = openRunOf(before);
  const left = open === null ? [] : await leftOf(db, open, isSameWork(open, plan));
  await assertPrivileges(db, [...left, ...plan.units.flatMap(({ operations }) => operations)]);
  if (again === null) {
    const check = isSameWork(open, plan) ? assertTarget : assertFresh;
    check(db, await readLive(db), plan);
  }
  return withLock(db, options, async (lock) =>
    thenExpire(db, lock, await carryOut(db, lock, plan, again, options), options),
  );
}

/** Opens a run for a plan and executes it, or records what takes no run. */
async function begin(
  db: Database,
  lock: Lock,
  plan: Plan,
  continues: number | null,
  options: RunOptions,
): Promise<RunResult> {
  if (plan.noop && plan.reverts.length === 0) return recordOwnership(db, lock, plan, options);
  const { owner, commit } = options;
  const opening = { plan, by: owner.user, host: owner.host, commit, continues };
  const run = await openRun(db, lock, opening, options.emit);
  options.emit({ event: 'run', run, kind: plan.kind, steps: plan.steps.length, resumes: false });
  return executeRun(db, lock, { run, header: plan, entries: await readUnits(db, run) }, options);
}

/**
 * What was approved beyond what a run that was cut off had still to do: somebody may have changed by hand what that run, or one
 * before it, had done already.
 */
async function thenTheRest(
  db: Database,
  lock: Lock,
  settled: RunResult,
  plan: Plan,
  again: Again,
  options: RunOptions,
): Promise<RunResult> {
  if (!['applied', 'unverified'].includes(settled.outcome)) return settled;
  const now = await again(true);
  if (isIdle(now, await readRuns(db)) || uncovered(now, plan).length > 0) return settled;
  const rest = await begin(db, lock, now, settled.run, options);
  if (rest.run === null) return settled;
  return {
    ...rest,
    steps: { done: settled.steps.done + rest.steps.done, left: rest.steps.left },
    irreversible: [...settled.irreversible, ...rest.irreversible],
    documents: settled.documents + rest.documents,
    late: settled.late === null || rest.late === null ? null : settled.late + rest.late,
    seconds: settled.seconds + rest.seconds,
  };
}

async function carryOut(
  db: Database,
  lock: Lock,
  plan: Plan,
  again: Again | null,
  options: RunOptions,
): Promise<RunResult> {
  const open = openRunOf(await readRuns(db));
  if (open !== null && isSameWork(open, plan) && (await canGoOn(db, open))) {
    const settled = await goOn(db, lock, open, options);
    return plan.kind === 'rollback' || again === null ? settled : thenTheRest(db, lock, settled, plan, again, options);
  }
  if (open !== null) await claim(db, lock, open, options);
  await settleBuilds(db, plan, options);
  if (again === null) {
    assertFresh(db, await readLive(db), plan);
    await assertNotGrown(db, plan);
  }
  const now = again === null ? plan : await lessOrEqual(plan, again);
  await prepareStore(db);
  if (open !== null) await giveUp(db, lock, open, options);
  const runs = await readRuns(db);
  if (isIdle(now, runs)) return nothingDone;
  // What nobody can take back any more is not taken along when the new run is.
  const continues = open !== null && (await isRecorded(db, open.run)) ? open.run : null;
  return begin(db, lock, now, continues, options);
}

/** Goes on with the newest run if it was cut off, with the plan that it recorded; else there is nothing to do. */
export async function resumeRun(db: Database, options: RunOptions): Promise<RunResult> {
  assertTopology(db);
  const found = openRunOf(await readRuns(db));
  if (found === null) return nothingDone;
  await assertPrivileges(db, await leftOf(db, found, true));
  return withLock(db, options, async (lock) => {
    const open = openRunOf(await readRuns(db));
    const result = open === null ? nothingDone : await goOn(db, lock, open, options);
    return thenExpire(db, lock, result, options);
  });
}
