import type { Failure } from '../applier/execute.ts';
import { isDone } from '../applier/operations/probe.ts';
import { titleOf } from '../applier/titles.ts';
import { guardOf } from '../applier/rewrite/candidates.ts';
import { firstFailing } from '../database/failing.ts';
import { numbered } from '../database/refusal.ts';
import { aggregateCommand, readAll } from '../database/read.ts';
import { type Database, DatabaseError, isAgainstTheQuestion, isServerError } from '../database/port.ts';
import { exitCodes, SchemactlError } from '../errors.ts';
import { stagesOf } from '../planner/rewrite/edits.ts';
import { showId } from '../state/show.ts';
import { docOf, isList, toNumber, type Value } from '../state/value.ts';
import { plural } from '../state/words.ts';
import { refusedExit, serverAdvice } from './advice.ts';

export interface Progress {
  readonly run: number;
  readonly done: number;
  readonly total: number;
  /** Written in passes, by this process. */
  readonly documents: number;
  /** Whether the unit that failed changed anything. */
  readonly unitWrote: boolean;
  readonly milestones: boolean;
  /** The `_id` of the document on which an expression of the user's own fails. */
  readonly failedOn: readonly [Value] | null;
  /** Which documents stand against what failed, in words. */
  readonly against: readonly string[];
  /** Whether a limit was given for each step. */
  readonly isLimited: boolean;
  /** Whether it was a pass that failed. */
  readonly inPass: boolean;
}

/** What the server or the network answered, in its own words. */
export function serverWords(error: DatabaseError): string {
  const still = error.givenUp ? 'a minute later still ' : '';
  return error.code === null
    ? `the connection ${still}said: ${error.message}`
    : `the server ${still}said: ${numbered(error)}: ${error.message}`;
}

/** The limit of `--step-timeout`, where one was given: the server has limits of its own. */
const isTimeout = (error: unknown, isLimited: boolean): boolean =>
  (isLimited && isServerError(error, 'MaxTimeMSExpired')) ||
  (error instanceof SchemactlError && error.code === 'SCH2304');

/** Whether the unit that failed changed anything: an effect on the server counts, whatever the client was told. */
export async function unitWrote(db: Database, { entry, error }: Failure): Promise<boolean> {
  const isTakenBack = error instanceof SchemactlError && error.exitCode === exitCodes.partial;
  if (isTakenBack || entry.chunks > 0 || entry.counts.some((count) => count > 0)) return true;
  if (entry.unit.operations.slice(0, entry.operation).some(({ kind }) => kind !== 'assert')) return true;
  for (const operation of entry.unit.operations) {
    if (operation.kind === 'command') return isDone(db, operation.done).catch(() => true);
  }
  return false;
}

function describe(
  error: unknown,
  title: string,
  { failedOn, isLimited, against }: Progress,
): { readonly message: string; readonly details: readonly string[] } {
  if (error instanceof SchemactlError) return { message: `${title}: ${error.message}`, details: error.details };
  if (isTimeout(error, isLimited))
    return {
      message: `${title} took longer than --step-timeout allows.`,
      details: [serverWords(error as DatabaseError)],
    };
  if (error instanceof DatabaseError) {
    const which = error.document === null ? [] : [`It refused the document with the _id ${showId(error.document[0])}.`];
    const first = failedOn === null ? [] : [`It fails on the document with the _id ${showId(failedOn[0])}.`];
    return { message: `${title} failed.`, details: [serverWords(error), ...which, ...first, ...against] };
  }
  return { message: `${title} failed: ${error instanceof Error ? error.message : String(error)}`, details: [] };
}

/** The first document on which an expression fails that the unit evaluates; null where it is something else. Reads only. */
export async function failedOn(db: Database, { entry, error }: Failure): Promise<readonly [Value] | null> {
  const pass = entry.unit.operations.find((operation) => operation.kind === 'rewrite');
  const computes = pass?.edits.some(({ action }) => action.kind === 'compute') === true;
  if (!computes || !isAgainstTheQuestion(error) || isServerError(error, 'data')) return null;
  return firstFailing(db, pass.collection, [docOf({ $match: guardOf(pass) }), ...stagesOf(pass.edits)], error);
}

function adviceFor(error: unknown, { isLimited, milestones, inPass }: Progress): readonly string[] {
  if (isTimeout(error, isLimited)) return timeoutAdvice(milestones);
  if (error instanceof SchemactlError) return error.next;
  if (!(error instanceof DatabaseError)) return [];
  return inPass && isServerError(error, 'DuplicateKey') ? [sharedKey] : serverAdvice(error);
}

/** An index that is there forbids it, and is none that the run builds. */
const sharedKey = 'First mend the documents that would share the key, or drop the index that forbids it';

function timeoutAdvice(milestones: boolean): readonly string[] {
  return [
    'Give it more time: --step-timeout with a larger value, or without it for no limit',
    ...(milestones ? ['Or apply one milestone at a time: --milestone M'] : []),
  ];
}

const lookMs = 10_000;

/** Which documents the server's refusal is about, where the unit knows how to look for them. Reads only. */
export async function standingAgainst(db: Database, { entry, error }: Failure): Promise<readonly string[]> {
  if (!isServerError(error, 'data')) return [];
  const found: string[] = [];
  for (const op of entry.unit.operations) {
    if (op.kind !== 'assert' || op.approved !== null) continue;
    const command = aggregateCommand(op.collection, op.pipeline, op.collation ?? undefined);
    const [answer] = await readAll(db, command, { timeoutMs: lookMs }).catch(() => []);
    const [count, sample] = [toNumber(answer?.get('n')) ?? 0, answer?.get('sample')];
    if (count === 0) continue;
    const ids = (isList(sample) ? sample : []).map(showId).join(', ');
    found.push(`${plural(count, 'document')} against it (${op.code}), by _id: ${ids}`);
  }
  return found;
}

/**
 * What people are told when a run stops: what failed, what ran, what did not, and the ways out.
 * Exit 1 (or 22, 77) where nothing was written, else 23.
 */
export function runFailed({ entry, error }: Failure, progress: Progress): SchemactlError {
  const { run, done, total, documents } = progress;
  const { message, details } = describe(error, titleOf(entry.steps), progress);
  const nothingWritten = done === 0 && !progress.unitWrote;
  const advice = adviceFor(error, progress);
  if (nothingWritten) {
    const kept: readonly number[] = [exitCodes.violated, exitCodes.stale];
    const exitCode =
      error instanceof SchemactlError && kept.includes(error.exitCode) ? error.exitCode : refusedExit(error);
    return new SchemactlError(message, {
      code: 'SCH1001',
      exitCode,
      details: [...details, 'Nothing was written.'],
      next: advice.length === 0 ? ['Mend the cause, then try again'] : advice,
      cause: error,
    });
  }
  return new SchemactlError(`Run ${run} stopped part-way: ${message}`, {
    code: 'SCH2301',
    exitCode: exitCodes.partial,
    details: [
      ...details,
      `Done: ${done} of ${total} steps${documents === 0 ? '' : ` (${plural(documents, 'document')} written)`}. Not done: ${total - done}. Everything is in the journal.`,
      'What was done can stay: nothing is half-written.',
    ],
    next: [...advice, 'Go on where it stopped: schemactl resume', `Take it all back: schemactl rollback --run ${run}`],
    cause: error,
  });
}
