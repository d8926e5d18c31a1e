import pRetry from 'p-retry';
import { isServerError, isTransient, type Session } from '../../database/port.ts';
import { exitCodes, SchemactlError } from '../../errors.ts';
import type { RewriteOperation } from '../../planner/operation.ts';
import { isPlainFill } from '../../planner/rewrite/edits.ts';
import type { ChangedGroup } from '../../planner/rewrite/record.ts';
import type { Value } from '../../state/value.ts';
import { advance, type UnitEntry } from '../journal.ts';
import type { Batch, Position, Prepared } from '../rewrite/batch.ts';
import { locate } from '../rewrite/candidates.ts';
import { prepareEdit } from '../rewrite/edit.ts';
import { prepareFill } from '../rewrite/fill.ts';
import { preparePopulate } from '../rewrite/populate.ts';
import { prepareRestore } from '../rewrite/restore.ts';
import type { RunContext } from '../run-context.ts';
import { addToChunk, saveChunk } from '../undo.ts';

const firstSize = 1000;
const largestSize = 5000;
const smallestSize = 50;
/** Grown while a batch stays under this and nothing conflicts. */
const comfortableMs = 500;
/** Documents are looked for outside the transaction where that takes longer: it lives 60 s at most (the server's default). */
const longLookMs = 2000;
/** A pass looks again for what came behind it until it finds nothing; a busy application may always bring more. */
const mostLooks = 5;

type Prepare = (batch: Batch) => Promise<Prepared | null>;

function preparerOf({ scope, edits }: RewriteOperation): Prepare {
  if (scope.kind === 'changed-by') return prepareRestore;
  if (edits.every(isPlainFill)) return prepareFill;
  return edits[0]?.action.kind === 'populate' ? preparePopulate : prepareEdit;
}

const sizeOf = (groups: readonly ChangedGroup[]): number => groups.reduce((sum, { ids }) => sum + ids.length, 0);

function added(counts: readonly number[], more: (at: number) => number, edits: number): readonly number[] {
  return Array.from({ length: edits }, (_, at) => (counts[at] ?? 0) + more(at));
}

const idsKept = 5;

function moved(op: RewriteOperation, at: Position, { groups, after, kept, sample }: Prepared): Position {
  const changed = (edit: number): number => sizeOf(groups.filter(({ edits }) => edits.some((one) => one.at === edit)));
  return {
    after,
    chunks: at.chunks + (groups.length === 0 ? 0 : 1),
    counts: added(at.counts, changed, op.edits.length),
    kept: added(at.kept, (edit) => kept[edit] ?? 0, op.edits.length),
    sample: [...at.sample, ...sample].slice(0, idsKept),
  };
}

interface Done {
  readonly next: Position;
  readonly documents: number;
}

/**
 * One batch: find, change, save what is needed to take it back, move the fence; in one transaction, so exactly the
 * recorded documents are changed and a process that lost the lock cannot commit. Answers null when nothing is left.
 */
async function runBatch(entry: UnitEntry, given: Omit<Batch, 'session'>): Promise<Done | null> {
  const { context, op, at } = given;
  const { db, lock, run } = context;
  const work = async (session?: Session): Promise<Done | null> => {
    const prepared = await preparerOf(op)({ ...given, session });
    if (prepared === null) return null;
    const { groups, write } = prepared;
    const chunk = { run, unit: entry.unit.id, n: at.chunks, groups };
    if (groups.length > 0) await (session === undefined ? addToChunk(db, chunk) : saveChunk(db, chunk, session));
    await write();
    const next = moved(op, at, prepared);
    const { after: cursor, chunks, counts, kept, sample } = next;
    await advance(db, entry, lock.token, { cursor, chunks, counts, kept, sample }, session);
    return { next, documents: sizeOf(groups) };
  };
  return op.mode === 'transaction' ? db.transaction(work) : work();
}

function timedOut(limitMs: number): SchemactlError {
  return new SchemactlError(
    `The pass took longer than --step-timeout allows (${Math.round(limitMs / 1000)} s) and was stopped between two batches.`,
    {
      code: 'SCH2304',
      exitCode: exitCodes.partial,
    },
  );
}

export interface Passed {
  /** Documents changed by each edit, over all attempts. */
  readonly counts: readonly number[];
  /** False where the run was interrupted first. */
  readonly finished: boolean;
}

/** How large batches are, and how documents are looked for. */
interface Pace {
  readonly size: number;
  readonly isSparse: boolean;
}

/** One batch, repeated smaller where others write the same documents. */
async function paced(
  entry: UnitEntry,
  given: Pick<Batch, 'context' | 'op' | 'at'>,
  pace: Pace,
): Promise<{ readonly done: Done | null; readonly pace: Pace }> {
  const { context, op, at } = given;
  const began = performance.now();
  let { size, isSparse } = pace;
  let conflicts = 0;
  const attempt = async (): Promise<Done | null> => {
    const located: readonly Value[] | null =
      isSparse && op.scope.kind === 'all' ? await locate(context.db, op, at, size) : null;
    return located?.length === 0 ? null : runBatch(entry, { ...given, size, located });
  };
  const done = await pRetry(attempt, {
    retries: 30,
    minTimeout: 10,
    maxTimeout: 1000,
    shouldRetry: ({ error }) => isTransient(error) && !isServerError(error, 121, 11000),
    onFailedAttempt: () => {
      conflicts += 1;
      isSparse = true;
      size = Math.max(smallestSize, Math.floor(size / 2));
    },
  });
  const took = performance.now() - began;
  if (conflicts === 0 && took < comfortableMs / 2) size = Math.min(largestSize, size * 2);
  if (conflicts === 0) isSparse = took > longLookMs;
  return { done, pace: { size, isSparse } };
}

/**
 * Runs a pass from where the journal says it stands. Stops between two batches when interrupted.
 * Throws SchemactlError 23 when the lock is lost or the time is up; nothing half-written remains then.
 */
export async function rewrite(
  context: RunContext,
  entry: UnitEntry,
  op: RewriteOperation,
  progress: (documents: number) => void,
): Promise<Passed> {
  const began = performance.now();
  let at: Position = {
    after: entry.after,
    chunks: entry.chunks,
    counts: entry.counts,
    kept: entry.kept,
    sample: entry.sample,
  };
  let pace: Pace = { size: firstSize, isSparse: false };
  let documents = 0;
  let looks = 1;
  let foundAt = 0;
  for (;;) {
    if (context.signal.aborted) return { counts: at.counts, finished: false };
    context.lock.assertHeld();
    if (context.stepTimeoutMs !== null && performance.now() - began > context.stepTimeoutMs)
      throw timedOut(context.stepTimeoutMs);
    const { done, pace: next } = await paced(entry, { context, op, at }, pace);
    pace = next;
    if (done === null) {
      const isAgain = op.scope.kind === 'all' && documents > foundAt && looks < mostLooks;
      if (!isAgain) return { counts: at.counts, finished: true };
      looks += 1;
      foundAt = documents;
      at = { ...at, after: null };
      pace = { ...pace, isSparse: true };
      continue;
    }
    at = done.next;
    documents += done.documents;
    progress(documents);
  }
}
