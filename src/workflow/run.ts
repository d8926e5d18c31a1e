import type { RunEvent } from '../report/events.ts';
import { executeUnits } from '../applier/execute.ts';
import {
  claimUnits,
  closeRun,
  openRun,
  type PlanHeader,
  readHeader,
  readRuns,
  readUnits,
  reopenRun,
  type UnitEntry,
} from '../applier/journal.ts';
import { readLedger, writeLedger } from '../applier/ledger.ts';
import { type Lock, takeLock } from '../applier/lock.ts';
import type { RunContext } from '../applier/run-context.ts';
import { prepareStore } from '../applier/store.ts';
import { introspect } from '../database/introspect.ts';
import type { Database } from '../database/port.ts';
import { exitCodes, type ExitCode, SchemactlError } from '../errors.ts';
import type { Plan } from '../planner/contract.ts';
import { assertFresh } from './fresh.ts';
import { runFailed, unitWrote } from './failure.ts';
import { lateDocuments, unverified } from './verify.ts';
import { describeOwner, isOpen, type Owner, type Run, type RunState } from '../state/runs.ts';
import { docOf, scalar } from '../state/value.ts';

export interface RunOptions {
  readonly owner: Owner;
  readonly commit: string | null;
  readonly leaseMs: number;
  readonly waitMs: number;
  readonly stepTimeoutMs: number | null;
  readonly signal: AbortSignal;
  readonly emit: (event: RunEvent) => void;
}

export interface RunResult {
  /** Null where nothing was to be done, so no run was made. */
  readonly run: number | null;
  readonly outcome: 'noop' | 'applied' | 'interrupted' | 'failed' | 'partial' | 'unverified';
  readonly exitCode: ExitCode;
  readonly error: SchemactlError | null;
  readonly steps: { readonly done: number; readonly left: number };
  readonly documents: number;
  readonly late: number;
  readonly seconds: number;
}

/** A holder that died inside a transaction would block its taker-over until the server expires it. */
async function killSession(db: Database, session: string | null): Promise<void> {
  if (session === null || session === '') return;
  const id = scalar('binary', `04:${Buffer.from(session, 'hex').toString('base64')}`);
  await db.run(docOf({ killSessions: [docOf({ id })] }), { on: 'admin' }).catch(() => undefined);
}

async function withLock<T>(db: Database, options: RunOptions, work: (lock: Lock) => Promise<T>): Promise<T> {
  const lock = await takeLock(db, options);
  const { previous } = lock;
  options.emit({
    event: 'lock',
    run: null,
    leaseSeconds: options.leaseMs / 1000,
    takenOverFrom: previous === null ? null : describeOwner(previous),
  });
  try {
    await killSession(db, previous?.session ?? null);
    return await work(lock);
  } finally {
    await lock.release().catch(() => undefined);
  }
}

function contextOf(db: Database, lock: Lock, run: number, { emit, signal, stepTimeoutMs }: RunOptions): RunContext {
  return { db, lock, run, emit, signal, stepTimeoutMs };
}

const interruptedError = (run: number): SchemactlError =>
  new SchemactlError(`Run ${run} was interrupted; the batch that was running was finished.`, {
    code: 'SCH1301',
    exitCode: exitCodes.interrupted,
    next: ['Go on where it stopped: schemactl resume', `Take it all back: schemactl rollback --run ${run}`],
  });

function unverifiedError(run: number, addresses: readonly string[]): SchemactlError {
  return new SchemactlError(`Run ${run} is done, but the database is not as planned: somebody changed it meanwhile.`, {
    code: 'SCH2305',
    exitCode: exitCodes.partial,
    details: [...addresses],
    next: ['See what differs now: schemactl plan', `Take the run back: schemactl rollback --run ${run}`],
  });
}

interface Work {
  readonly run: number;
  readonly header: PlanHeader;
  readonly entries: readonly UnitEntry[];
}

/** Executes what is left of a run, verifies it, and says in the journal what became of it. */
async function execute(db: Database, lock: Lock, work: Work, options: RunOptions): Promise<RunResult> {
  const { run, header, entries } = work;
  const began = performance.now();
  const context = contextOf(db, lock, run, options);
  const steps = entries.flatMap((entry) => entry.steps);
  const { done, documents, interrupted, failure } = await executeUnits(context, entries, header);
  const before = entries.reduce((sum, { counts }) => sum + Math.max(0, ...counts), 0);
  const result = { run, steps: { done, left: steps.length - done }, documents: before + documents };
  const end = async (
    outcome: RunResult['outcome'],
    state: RunState,
    error: SchemactlError | null,
    late = 0,
  ): Promise<RunResult> => {
    const closing = {
      state,
      done,
      documents: result.documents,
      late,
      ...(error === null ? {} : { message: error.message }),
    };
    await closeRun(db, run, closing).catch((cause: unknown) => {
      if (error === null) throw cause;
    });
    return {
      ...result,
      outcome,
      error,
      late,
      exitCode: error?.exitCode ?? exitCodes.done,
      seconds: (performance.now() - began) / 1000,
    };
  };
  if (failure !== null) {
    if (failure.error instanceof SchemactlError && ['SCH2302', 'SCH2303'].includes(failure.error.code))
      throw failure.error;
    const now = await readUnits(db, run).catch(() => entries);
    const current = now.find(({ id }) => id === failure.entry.id) ?? failure.entry;
    const wrote = await unitWrote(db, { ...failure, entry: current }, current.chunks);
    const milestones = steps.some(({ milestone }) => milestone !== null);
    const error = runFailed(failure, { run, done, total: steps.length, unitWrote: wrote, milestones });
    return error.exitCode === exitCodes.partial ? end('partial', 'partial', error) : end('failed', 'failed', error);
  }
  if (interrupted) return end('interrupted', 'interrupted', interruptedError(run));
  const wrong = await unverified(db, steps);
  if (wrong.length > 0) return end('unverified', 'applied', unverifiedError(run, wrong));
  const late = await lateDocuments(db, entries);
  for (const { collection, count } of late) {
    options.emit({
      event: 'warning',
      code: 'late-documents',
      address: collection,
      message: `${count} documents came without a declared field while it was filled in; deploy the code that writes the field, then apply with --check-data full`,
    });
  }
  return end(
    'applied',
    'applied',
    null,
    late.reduce((sum, { count }) => sum + count, 0),
  );
}

/** Goes on with a run from where its journal says it stands. */
async function goOn(db: Database, lock: Lock, open: Run, options: RunOptions): Promise<RunResult> {
  await claimUnits(db, open.run, lock.token);
  await reopenRun(db, open.run);
  const entries = await readUnits(db, open.run);
  const left = entries.filter(({ state, steps }) => state !== 'done' && steps.length > 0).length;
  options.emit({
    event: 'settled',
    run: open.run,
    outcome: 'continued',
    message: `run ${open.run} was cut off; going on with the ${left} units that are left`,
  });
  options.emit({ event: 'run', run: open.run, kind: open.kind, steps: open.steps.total, resumes: true });
  return execute(db, lock, { run: open.run, header: await readHeader(db, open.run), entries }, options);
}

/** Gives a run up that another plan comes after; what it did stays recorded and can be rolled back. */
async function giveUp(db: Database, lock: Lock, open: Run, options: RunOptions): Promise<void> {
  await claimUnits(db, open.run, lock.token);
  const entries = await readUnits(db, open.run);
  const done = entries.filter(({ state }) => state === 'done').reduce((sum, { steps }) => sum + steps.length, 0);
  const documents = entries.reduce((sum, { counts }) => sum + Math.max(0, ...counts), 0);
  await closeRun(db, open.run, {
    state: 'closed',
    done,
    documents,
    message: 'given up: another plan was applied after it',
  });
  options.emit({
    event: 'settled',
    run: open.run,
    outcome: 'closed',
    message: `run ${open.run} was cut off and is closed as partial (${done} of ${open.steps.total} steps); this run continues it`,
  });
}

const isSameWork = (open: Run, plan: Plan): boolean => open.kind === plan.kind && open.desired === plan.desired;

const nothingDone = { run: null, error: null, steps: { done: 0, left: 0 }, documents: 0, late: 0, seconds: 0 } as const;

/** Adoption and release without a run: nothing in the data or its structure changes. */
async function recordOwnership(db: Database, plan: Plan): Promise<RunResult> {
  const planned = new Map(plan.ledger.map((entry) => [entry.address, entry]));
  const before = await readLedger(db);
  const addresses = [...plan.ownership.adopt, ...plan.ownership.release];
  const changes = addresses.map((address) => ({
    address,
    before: before.get(address) ?? null,
    after: planned.get(address) ?? null,
  }));
  await writeLedger(db, null, changes);
  return { ...nothingDone, outcome: 'noop', exitCode: exitCodes.done };
}

async function startRun(
  db: Database,
  lock: Lock,
  plan: Plan,
  runs: readonly Run[],
  continues: number | null,
  options: RunOptions,
): Promise<RunResult> {
  const run = (runs.at(-1)?.run ?? 0) + 1;
  const { owner, commit } = options;
  await openRun(db, { run, plan, by: owner.user, host: owner.host, commit, continues, token: lock.token });
  options.emit({ event: 'run', run, kind: plan.kind, steps: plan.steps.length, resumes: false });
  return execute(db, lock, { run, header: plan, entries: await readUnits(db, run) }, options);
}

export function needsNoLock(plan: Plan, runs: readonly Run[]): boolean {
  return (
    plan.noop &&
    plan.reverts.length === 0 &&
    plan.ownership.adopt.length + plan.ownership.release.length === 0 &&
    !isOpen(runs.at(-1))
  );
}

function assertTopology(db: Database): void {
  if (db.server.topology !== 'mongos') return;
  throw new SchemactlError('Changes through mongos are not supported yet; reading is.', {
    code: 'SCH2007',
    exitCode: exitCodes.blocked,
    next: ['plan, show, status and history work here.'],
  });
}

/**
 * Runs a plan under the lock. A run that was cut off is settled first: the same work goes on, other work closes it.
 * Throws SchemactlError 20 on mongos, 21 where what the plan relies on has moved, 24 while the lock is held.
 */
export async function runPlan(db: Database, plan: Plan, options: RunOptions): Promise<RunResult> {
  assertTopology(db);
  if (needsNoLock(plan, await readRuns(db))) return { ...nothingDone, outcome: 'noop', exitCode: exitCodes.done };
  return withLock(db, options, async (lock) => {
    const runs = await readRuns(db);
    const newest = runs.at(-1);
    const open = isOpen(newest) ? newest : null;
    if (open !== null && isSameWork(open, plan)) return goOn(db, lock, open, options);
    assertFresh(db, await introspect(db), plan);
    await prepareStore(db);
    if (plan.noop && plan.reverts.length === 0) return recordOwnership(db, plan);
    if (open !== null) await giveUp(db, lock, open, options);
    return startRun(db, lock, plan, runs, open?.run ?? null, options);
  });
}

/** Goes on with the newest run if it was cut off, with the plan that it recorded; else there is nothing to do. */
export async function resumeRun(db: Database, options: RunOptions): Promise<RunResult> {
  assertTopology(db);
  if (!isOpen((await readRuns(db)).at(-1))) return { ...nothingDone, outcome: 'noop', exitCode: exitCodes.done };
  return withLock(db, options, async (lock) => {
    const newest = (await readRuns(db)).at(-1);
    if (!isOpen(newest)) return { ...nothingDone, outcome: 'noop', exitCode: exitCodes.done };
    return goOn(db, lock, newest, options);
  });
}
