import type { Failure } from '../applier/execute.ts';
import { isDone } from '../applier/operations/probe.ts';
import { titleOf } from '../applier/titles.ts';
import { type Database, DatabaseError, isServerError } from '../database/port.ts';
import { exitCodes, SchemactlError } from '../errors.ts';

export interface Progress {
  readonly run: number;
  readonly done: number;
  readonly total: number;
  /** Undo chunks and finished operations of the unit that failed. */
  readonly unitWrote: boolean;
  readonly milestones: boolean;
}

/** What the server or the network answered, in its own words. */
export function serverWords(error: DatabaseError): string {
  const still = error.givenUp ? 'a minute later still ' : '';
  return error.code === null
    ? `the connection ${still}said: ${error.message}`
    : `the server ${still}said: ${error.code} ${error.codeName}: ${error.message}`;
}

/** The limit of `--step-timeout`; the server has limits of its own, which end with other words. */
const isTimeout = (error: unknown): boolean =>
  isServerError(error, 'MaxTimeMSExpired') || (error instanceof SchemactlError && error.code === 'SCH2304');

/** Whether the unit that failed changed anything: an effect on the server counts, whatever the client was told. */
export async function unitWrote(db: Database, { entry }: Failure, chunks: number): Promise<boolean> {
  if (chunks > 0 || entry.unit.operations.slice(0, entry.operation).some(({ kind }) => kind !== 'assert')) return true;
  for (const operation of entry.unit.operations) {
    if (operation.kind === 'command') return isDone(db, operation.done).catch(() => true);
  }
  return false;
}

function describe(error: unknown, title: string): { readonly message: string; readonly details: readonly string[] } {
  if (error instanceof SchemactlError) return { message: `${title}: ${error.message}`, details: error.details };
  if (isTimeout(error))
    return {
      message: `${title} took longer than --step-timeout allows.`,
      details: [serverWords(error as DatabaseError)],
    };
  if (error instanceof DatabaseError) return { message: `${title} failed.`, details: [serverWords(error)] };
  return { message: `${title} failed: ${error instanceof Error ? error.message : String(error)}`, details: [] };
}

function timeoutAdvice(milestones: boolean): readonly string[] {
  return [
    'Give it more time: --step-timeout with a larger value, or without it for no limit',
    ...(milestones ? ['Or apply one milestone at a time: --milestone M'] : []),
  ];
}

/**
 * What people are told when a run stops: what failed, what ran, what did not, and the ways out.
 * Exit 1 (or 22, 77) where nothing was written, else 23.
 */
export function runFailed({ entry, error }: Failure, progress: Progress): SchemactlError {
  const { run, done, total } = progress;
  const { message, details } = describe(error, titleOf(entry.steps));
  const nothingWritten = done === 0 && !progress.unitWrote;
  const advice = isTimeout(error)
    ? timeoutAdvice(progress.milestones)
    : error instanceof SchemactlError
      ? error.next
      : [];
  if (nothingWritten) {
    const refused = isServerError(error, 'forbidden') ? exitCodes.forbidden : exitCodes.failed;
    const kept: readonly number[] = [exitCodes.violated, exitCodes.stale];
    const exitCode = error instanceof SchemactlError && kept.includes(error.exitCode) ? error.exitCode : refused;
    return new SchemactlError(message, {
      code: 'SCH1001',
      exitCode,
      details: [...details, 'Nothing was written.'],
      next: advice,
      cause: error,
    });
  }
  return new SchemactlError(`Run ${run} stopped part-way: ${message}`, {
    code: 'SCH2301',
    exitCode: exitCodes.partial,
    details: [
      ...details,
      `Done: ${done} of ${total} steps. Not done: ${total - done}. Everything is in the journal.`,
      'What was done can stay: nothing is half-written.',
    ],
    next: [...advice, 'Go on where it stopped: schemactl resume', `Take it all back: schemactl rollback --run ${run}`],
    cause: error,
  });
}
