import { type Executed, executeUnits, type Failure } from '../applier/execute.ts';
import { readUnits, type UnitEntry } from '../applier/journal.ts';
import { closeRun, type PlanHeader } from '../applier/runs.ts';
import type { Lock } from '../applier/lock.ts';
import { isOusted } from '../applier/ousted.ts';
import { throttleOf } from '../applier/throttle.ts';
import type { Database } from '../database/port.ts';
import { exitCodes, SchemactlError } from '../errors.ts';
import type { RunState } from '../state/runs.ts';
import { plural } from '../state/words.ts';
import { failedOn, runFailed, standingAgainst, unitWrote } from './failure.ts';
import type { RunOptions, RunResult } from './run-result.ts';
import { type Late, lateDocuments, unverified } from './verify.ts';

export interface Work {
  readonly run: number;
  readonly header: PlanHeader;
  readonly entries: readonly UnitEntry[];
}

/** How a run ended, as the journal and the caller are told. */
interface Ending {
  readonly outcome: RunResult['outcome'];
  readonly state: RunState;
  readonly error: SchemactlError | null;
  readonly late: number | null;
}

function interruptedError(run: number): SchemactlError {
  return new SchemactlError(`Run ${run} was interrupted; what was running was finished.`, {
    code: 'SCH1301',
    exitCode: exitCodes.interrupted,
    next: ['Go on where it stopped: schemactl resume', `Take it all back: schemactl rollback --run ${run}`],
  });
}

function unverifiedError(run: number, addresses: readonly string[]): SchemactlError {
  return new SchemactlError(`Run ${run} is done, but the database is not as planned: somebody changed it meanwhile.`, {
    code: 'SCH2305',
    exitCode: exitCodes.partial,
    details: [...addresses],
    next: ['See what differs now: schemactl plan', 'Bring it about again: schemactl apply'],
  });
}

async function failed(
  db: Database,
  { run, entries }: Work,
  failure: Failure,
  { done, documents }: Executed,
  { stepTimeoutMs }: RunOptions,
): Promise<Ending> {
  const now = await readUnits(db, run).catch(() => entries);
  const entry = now.find(({ id }) => id === failure.entry.id) ?? failure.entry;
  const steps = entries.flatMap((one) => one.steps);
  const error = runFailed(failure, {
    run,
    done,
    documents,
    total: steps.length,
    unitWrote: await unitWrote(db, { ...failure, entry }),
    failedOn: await failedOn(db, { ...failure, entry }),
    against: await standingAgainst(db, { ...failure, entry }),
    isLimited: stepTimeoutMs !== null,
    inPass: entry.unit.operations[entry.operation]?.kind === 'rewrite',
    milestones: steps.some(({ milestone }) => milestone !== null),
  });
  const state = error.exitCode === exitCodes.partial ? 'partial' : 'failed';
  return { outcome: state, state, error, late: 0 };
}

function lateWords({ count, reason }: Late): string {
  const advice = 'deploy the code that writes what is declared, then: schemactl apply --check-data full';
  const what = 'came meanwhile that are not as declared';
  return count === null
    ? `how many documents ${what} is not known: ${reason ?? ''}; ${advice}`
    : `${plural(count, 'document')} ${what}; ${advice}`;
}

/** Counts documents that came late and says so by collection; answers how many they are, null where that is not known. */
export async function tellLate(
  db: Database,
  entries: readonly UnitEntry[],
  settled: NonNullable<PlanHeader['settled']>,
  { emit }: Pick<RunOptions, 'emit'>,
): Promise<number | null> {
  const late = await lateDocuments(db, entries, settled);
  for (const one of late) {
    emit({ event: 'warning', code: 'late-documents', address: one.collection, message: lateWords(one) });
  }
  return late.reduce<number | null>((sum, { count }) => (sum === null || count === null ? null : sum + count), 0);
}

/** The structure is compared once more, and documents that came meanwhile and are not as declared are counted. */
async function verified(db: Database, { run, header, entries }: Work, options: RunOptions): Promise<Ending> {
  const wrong = await unverified(
    db,
    entries.flatMap(({ steps }) => steps),
  );
  if (wrong.length > 0) return { outcome: 'unverified', state: 'applied', error: unverifiedError(run, wrong), late: 0 };
  const late = await tellLate(db, entries, header.settled ?? [], options);
  return { outcome: 'applied', state: 'applied', error: null, late };
}

async function endingOf(db: Database, work: Work, executed: Executed, options: RunOptions): Promise<Ending> {
  if (executed.failure !== null) return failed(db, work, executed.failure, executed, options);
  if (!executed.interrupted) return verified(db, work, options);
  return { outcome: 'interrupted', state: 'interrupted', error: interruptedError(work.run), late: 0 };
}

/**
 * Executes what is left of a run, verifies it, and says in the journal what became of it.
 * Throws SchemactlError 23 where the lock was lost; every other failure is in the result.
 */
export async function executeRun(db: Database, lock: Lock, work: Work, options: RunOptions): Promise<RunResult> {
  const { run, header, entries } = work;
  const { emit, signal, stepTimeoutMs } = options;
  const throttle = throttleOf(db, options.throttle ?? { kind: 'full' }, signal);
  const began = performance.now();
  const executed = await executeUnits({ db, lock, run, emit, signal, stepTimeoutMs, throttle }, entries, header);
  if (isOusted(executed.failure?.error)) throw executed.failure?.error;
  const { outcome, state, error, late } = await endingOf(db, work, executed, options);
  const documents = executed.documents + entries.reduce((sum, { counts }) => sum + Math.max(0, ...counts), 0);
  const { done } = executed;
  const message = error?.message ?? null;
  await closeRun(db, run, lock.token, { state, done, documents, late, message }).catch((cause: unknown) => {
    if (error === null) throw cause;
  });
  const steps = entries.flatMap((entry) => entry.steps);
  return {
    run,
    outcome,
    exitCode: error?.exitCode ?? exitCodes.done,
    error,
    steps: { done, left: steps.length - done },
    documents,
    late,
    seconds: (performance.now() - began) / 1000,
    irreversible: steps.filter(({ reversal }) => reversal.kind === 'impossible').map(({ address }) => address),
  };
}
