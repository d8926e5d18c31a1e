import { isServerError, isTransient, type Session } from '../../database/port.ts';
import { fastCount } from '../../database/read.ts';
import { exitCodes, SchemactlError } from '../../errors.ts';
import type { RewriteOperation } from '../../planner/operation.ts';
import { isPlainFill } from '../../planner/rewrite/edits.ts';
import type { ChangedGroup } from '../../planner/rewrite/record.ts';
import type { Value } from '../../state/value.ts';
import { despiteConflicts } from '../atomically.ts';
import { advance, type UnitEntry } from '../journal.ts';
import type { Batch, Position, Prepared } from '../rewrite/batch.ts';
import { locate } from '../rewrite/candidates.ts';
import { prepareEdit } from '../rewrite/edit.ts';
import { prepareFill } from '../rewrite/fill.ts';
import { afterBatch, beginLook, type Look, mostListed } from '../rewrite/look.ts';
import { preparePopulate } from '../rewrite/populate.ts';
import { prepareRestore } from '../rewrite/restore.ts';
import { assertSendable } from '../rewrite/sendable.ts';
import { rewriteUnrecorded } from '../rewrite/unrecorded.ts';
import type { RunContext } from '../run-context.ts';
import { addToChunk, saveChunk } from '../undo.ts';

const firstSize = 1000;
const largestSize = 5000;
/** Ids that one update spans where nothing is kept of its documents. */
const firstRange = 20_000;
const largestRange = 100_000;
/** Grown while a batch stays under this and nothing conflicts. */
const comfortableMs = 500;
/** Documents are looked for outside the transaction where that takes longer: it lives 60 s at most (the server's default). */
const longLookMs = 2000;
/** A pass looks again for what came behind it until it finds nothing; a busy application may always bring more. */
const mostLooks = 5;
/** Few documents are looked for by whatever index serves: no more than this share of a collection. */
const fewOf = 0.1;

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

/** `left`: of how many documents each edit turned out to be left; a pass over all of them looks at these again. */
function moved(
  op: RewriteOperation,
  at: Position,
  { groups, after, kept, sample, gone = 0 }: Prepared,
  left: readonly number[],
): Position {
  const changed = (edit: number): number =>
    sizeOf(groups.filter(({ edits }) => edits.some((one) => one.at === edit))) - (left[edit] ?? 0);
  const isLast = op.scope.kind === 'changed-by';
  return {
    after,
    chunks: at.chunks + (groups.length === 0 ? 0 : 1),
    counts: added(at.counts, changed, op.edits.length),
    kept: added(at.kept, (edit) => (kept[edit] ?? 0) + (isLast ? (left[edit] ?? 0) : 0), op.edits.length),
    sample: [...at.sample, ...sample].slice(0, idsKept),
    gone: at.gone + gone,
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
    if (op.undo) assertSendable(op.collection, groups);
    if (op.undo && groups.length > 0)
      await (session === undefined ? addToChunk(db, chunk) : saveChunk(db, chunk, session));
    const next = moved(op, at, prepared, await write());
    const { after: cursor, ...rest } = next;
    await advance(db, entry, lock.token, { cursor, ...rest }, session);
    return { next, documents: sizeOf(groups) };
  };
  return op.mode === 'transaction' ? db.transaction(work) : work();
}

/** Whether nothing is kept and one update on a range of ids says it all. */
const isUnrecorded = ({ undo, scope, edits }: RewriteOperation): boolean =>
  !undo && scope.kind === 'all' && edits.every(({ action }) => action.kind !== 'populate');

/** One range of ids, and then the journal: repeated after a crash it changes nothing that it changed before. */
async function runRange(entry: UnitEntry, given: Omit<Batch, 'session'>): Promise<Done | null> {
  const { context, op, at } = given;
  const done = await rewriteUnrecorded({ ...given, session: undefined });
  if (done === null) return null;
  const counts = added(at.counts, () => done.documents, op.edits.length);
  const next = { ...at, after: done.after, counts };
  await advance(context.db, entry, context.lock.token, { cursor: next.after, counts });
  return { next, documents: done.documents };
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

/** How far a pass has come in this process. */
export interface Progress {
  readonly documents: number;
  /** Documents of the last batch. */
  readonly batch: number;
  /** Seconds for which it gave the server room after it. */
  readonly rested: number;
}

export interface Passed {
  /** Documents that each edit left because somebody changed them since, over all attempts, with a few of their ids. */
  readonly kept: readonly number[];
  readonly sample: readonly Value[];
  readonly gone: number;
  /** False where the run was interrupted first. */
  readonly finished: boolean;
}

const keptOf = ({ kept, sample, gone }: Position): Omit<Passed, 'finished'> => ({ kept, sample, gone });

/** How large batches are, and how documents are looked for. */
interface Pace {
  readonly size: number;
  readonly isSparse: boolean;
}

/** What the work comes to; undefined where the run is interrupted while it waits. */
async function unlessInterrupted<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
    return undefined;
  }
}

type Given = Pick<Batch, 'context' | 'op' | 'at'> & { readonly look: Look };

interface Paced {
  /** Undefined: interrupted. */
  readonly done: Done | null | undefined;
  readonly pace: Pace;
  readonly rested: number;
  /** What is left to look through. */
  readonly look: Look;
}

/** The next batch of a look; null where it found nothing more. */
async function attemptBatch(entry: UnitEntry, { look, ...given }: Given, pace: Pace): Promise<Done | null> {
  const { context, op, at } = given;
  const { size } = pace;
  const run = isUnrecorded(op) ? runRange : runBatch;
  switch (look.kind) {
    case 'nothing':
      return null;
    case 'recorded':
      return run(entry, { ...given, size, located: null, last: null });
    case 'listed':
      return run(entry, { ...given, size, located: look.ids.slice(0, size), last: null });
    case 'ordered': {
      const { last } = look;
      const located = pace.isSparse && !isUnrecorded(op) ? await locate(context.db, op, at, { last, size }) : null;
      return located?.length === 0 ? null : run(entry, { ...given, size, located, last: [last] });
    }
    default:
      return look satisfies never;
  }
}

/** One batch, repeated smaller where others write the same documents, or where it is too large. */
async function paced(entry: UnitEntry, given: Given, pace: Pace): Promise<Paced> {
  const { context, op, look } = given;
  const began = performance.now();
  let { isSparse } = pace;
  let size = Math.min(pace.size, context.throttle.most() ?? pace.size);
  let tried = size;
  let conflicts = 0;
  const attempt = (): Promise<Done | null> => attemptBatch(entry, given, { size, isSparse });
  const patience = {
    longestPauseMs: 1000,
    signal: context.signal,
    mayPass: (error: unknown): boolean => {
      // What no transaction fences has a third of the lease.
      if (isServerError(error, 'MaxTimeMSExpired')) return tried > 1 && (op.mode === 'plain' || isUnrecorded(op));
      if (isServerError(error, 'tooLarge')) return tried > 1 || isServerError(error, 'TransactionTooLargeForCache');
      return isTransient(error) && !isServerError(error, 'DocumentValidationFailure', 'DuplicateKey');
    },
    onConflict: (error: unknown): void => {
      conflicts += 1;
      isSparse = !isServerError(error, 'tooLarge');
      tried = size;
      size = Math.max(1, Math.floor(size / 2));
    },
  };
  const done = await unlessInterrupted(context.signal, () =>
    despiteConflicts(context.db, context.emit, attempt, patience),
  );
  const took = performance.now() - began;
  const why = await context.throttle.after(done?.documents ?? 0, took);
  const rested = (performance.now() - began - took) / 1000;
  if (why !== null) context.emit({ event: 'throttled', unit: entry.unit.id, reason: why });
  const isEasy = conflicts === 0 && took < comfortableMs / 2;
  const grown = isEasy ? Math.min(isUnrecorded(op) ? largestRange : largestSize, Math.max(size, pace.size) * 2) : size;
  return {
    done,
    pace: { size: grown, isSparse: conflicts === 0 ? took > longLookMs : isSparse },
    rested,
    look: look.kind === 'listed' ? afterBatch(look.ids, size, done?.next.after ?? null) : look,
  };
}

/** Whether a pass is about so few documents of its collection that they need not be looked for among all. */
async function expectsFew({ db }: RunContext, { steps }: UnitEntry, op: RewriteOperation): Promise<boolean> {
  const own = steps.filter(({ id }) => op.edits.some(({ step }) => step === id));
  const planned = own.reduce((sum, { estimate }) => sum + (estimate?.documents ?? 0), 0);
  return planned <= mostListed && planned <= fewOf * (await fastCount(db, op.collection));
}

/**
 * Runs a pass from where the journal says it stands, in at most so many looks, each over no more than there was when it
 * began. Stops between two batches when interrupted.
 * Throws SchemactlError 23 when the lock is lost or the time is up; nothing half-written remains then.
 */
export async function rewrite(
  context: RunContext,
  entry: UnitEntry,
  op: RewriteOperation,
  progress: (made: Progress) => void,
): Promise<Passed> {
  const began = performance.now();
  let at: Position = {
    after: entry.after,
    chunks: entry.chunks,
    counts: entry.counts,
    kept: entry.kept,
    sample: entry.sample,
    gone: entry.gone,
  };
  let pace: Pace = { size: isUnrecorded(op) ? firstRange : firstSize, isSparse: false };
  let look = await beginLook(context.db, op, at, await expectsFew(context, entry, op));
  let documents = 0;
  let looks = 1;
  // A pass that was cut off does not know what came behind it before.
  let foundAt = entry.after === null ? 0 : -1;
  for (;;) {
    if (context.signal.aborted) return { ...keptOf(at), finished: false };
    await context.lock.assertHeld();
    if (context.stepTimeoutMs !== null && performance.now() - began > context.stepTimeoutMs)
      throw timedOut(context.stepTimeoutMs);
    const { done, rested, ...next } = await paced(entry, { context, op, at, look }, pace);
    ({ pace, look } = next);
    if (done === undefined) return { ...keptOf(at), finished: false };
    if (done !== null) {
      at = done.next;
      documents += done.documents;
      progress({ documents, batch: done.documents, rested });
    } else if (look.kind !== 'listed') {
      const isAgain = op.scope.kind === 'all' && documents > foundAt && looks < mostLooks;
      if (!isAgain) return { ...keptOf(at), finished: true };
      looks += 1;
      foundAt = documents;
      at = { ...at, after: null };
      pace = { ...pace, isSparse: true };
      look = await beginLook(context.db, op, at, true);
    }
  }
}
