import pRetry from 'p-retry';
import { type Database, isServerError, isTransient, type Session } from '../../database/port.ts';
import { findAll } from '../../database/read.ts';
import { update } from '../../database/write.ts';
import { exitCodes, internalError, SchemactlError } from '../../errors.ts';
import type { Edit, RewriteOperation } from '../../planner/operation.ts';
import { allApply, anyApplies, updateOf, whichApply } from '../../planner/rewrite/edits.ts';
import { canonical } from '../../state/encode.ts';
import { type Doc, docOf, int, isScalar, type Value } from '../../state/value.ts';
import { advance, type UnitEntry } from '../journal.ts';
import type { RunContext } from '../run-context.ts';
import { addToChunk, type ChangedGroup, readChunk, saveChunk } from '../undo.ts';

/** Where a pass stands; it is in the journal too, moved in the same transaction as the documents. */
interface Position {
  readonly after: readonly [Value] | null;
  readonly chunks: number;
  readonly counts: readonly number[];
}

interface Batch {
  readonly groups: readonly ChangedGroup[];
  readonly next: Position;
}

const firstSize = 1000;
const largestSize = 5000;
const smallestSize = 50;
/** Grown while a batch stays under this and nothing conflicts. */
const comfortableMs = 500;

/** Documents found by `_id` order, with the edits that apply in each, gathered by those edits. */
function gather(found: readonly Doc[], edits: readonly Edit[], positions: readonly number[]): readonly ChangedGroup[] {
  const groups = new Map<string, { edits: readonly number[]; ids: Value[] }>();
  for (const document of found) {
    const applying = edits.flatMap((_, at) => (document.get(`e${at}`) === true ? [positions[at] as number] : []));
    const key = applying.join();
    const group = groups.get(key) ?? { edits: applying, ids: [] };
    group.ids.push(document.get('_id') as Value);
    groups.set(key, group);
  }
  return [...groups.values()].filter((group) => group.edits.length > 0);
}

/** Ids go into one filter and one undo chunk, which hold 16 MiB; most ids are 12 bytes. */
const idBytesAtOnce = 4 * 1024 * 1024;

/** The first of the documents whose ids stay within the limit together; always at least one. */
function withinBytes(found: readonly Doc[]): readonly Doc[] {
  let bytes = 0;
  const end = found.findIndex((document) => {
    const id = document.get('_id') ?? null;
    bytes += isScalar(id) ? 32 : canonical(id).length;
    return bytes > idBytesAtOnce;
  });
  return end < 0 ? found : found.slice(0, Math.max(1, end));
}

const inSession = (session: Session | undefined): { session?: Session } => (session === undefined ? {} : { session });

/** The next documents of the collection in `_id` order; `min` reads on across BSON types, which `$gt` would not. */
async function scan(
  db: Database,
  op: RewriteOperation,
  at: Position,
  size: number,
  session?: Session,
): Promise<Batch | null> {
  const found = await findAll(
    db,
    {
      collection: op.collection,
      filter: anyApplies(op.edits),
      projection: whichApply(op.edits),
      sort: docOf({ _id: int(1) }),
      hint: docOf({ _id: int(1) }),
      limit: size,
      ...(at.after === null ? {} : { min: docOf({ _id: at.after[0] }) }),
    },
    inSession(session),
  );
  const taken = withinBytes(found);
  const last = taken.at(-1)?.get('_id');
  if (last === undefined) return null;
  const groups = gather(
    taken,
    op.edits,
    op.edits.map((_, position) => position),
  );
  return { groups, next: { ...at, after: [last] } };
}

/** The documents that one chunk of an earlier pass recorded, as far as what that pass left still stands. */
async function revisit(db: Database, op: RewriteOperation, at: Position, session?: Session): Promise<Batch | null> {
  if (op.scope.kind !== 'changed-by') throw internalError('a pass over all documents has no chunks to visit');
  const { run, unit } = op.scope;
  const recorded = await readChunk(db, { run, unit, n: at.chunks }, session);
  if (recorded === null) return null;
  const groups: ChangedGroup[] = [];
  for (const { edits, ids } of recorded) {
    const positions = op.edits.flatMap((edit, position) => (edits.includes(edit.undoes ?? -1) ? [position] : []));
    const own = positions.map((position) => op.edits[position] as Edit);
    if (own.length === 0) continue;
    const filter = docOf({ _id: docOf({ $in: ids }), $and: [anyApplies(own)] });
    const found = await findAll(
      db,
      { collection: op.collection, filter, projection: whichApply(own) },
      inSession(session),
    );
    groups.push(...gather(found, own, positions));
  }
  return { groups, next: at };
}

/** A lease that ran out matches nothing; only where no transaction can fence the write. */
function leaseGuard(op: RewriteOperation, context: RunContext): Doc | null {
  if (op.mode === 'transaction') return null;
  return docOf({ $expr: docOf({ $lt: ['$$NOW', { type: 'date', text: String(context.lock.leaseUntil()) }] }) });
}

async function write(
  context: RunContext,
  op: RewriteOperation,
  { edits, ids }: ChangedGroup,
  session?: Session,
): Promise<void> {
  const own = edits.map((at) => op.edits[at] as Edit);
  const guard = leaseGuard(op, context);
  const filter = docOf({ _id: docOf({ $in: ids }), $and: guard === null ? [allApply(own)] : [allApply(own), guard] });
  const { matched } = await update(
    context.db,
    { collection: op.collection, filter, update: updateOf(own), multi: true },
    inSession(session),
  );
  if (session !== undefined && matched !== ids.length) {
    throw internalError(`a batch found ${ids.length} documents and changed ${matched}`);
  }
}

function counted(counts: readonly number[], groups: readonly ChangedGroup[], edits: number): readonly number[] {
  return Array.from({ length: edits }, (_, at) => {
    const changed = groups
      .filter((group) => group.edits.includes(at))
      .reduce((sum, group) => sum + group.ids.length, 0);
    return (counts[at] ?? 0) + changed;
  });
}

/**
 * One batch: find, change, save what is needed to take it back, move the fence; in one transaction, so exactly the
 * recorded documents are changed and a process that lost the lock cannot commit. Answers null when nothing is left.
 */
async function batch(
  context: RunContext,
  entry: UnitEntry,
  op: RewriteOperation,
  at: Position,
  size: number,
): Promise<{ next: Position; documents: number } | null> {
  const { db, lock, run } = context;
  const work = async (session?: Session): Promise<{ next: Position; documents: number } | null> => {
    const found = op.scope.kind === 'all' ? await scan(db, op, at, size, session) : await revisit(db, op, at, session);
    if (found === null) return null;
    const { groups } = found;
    const next = { ...found.next, chunks: at.chunks + 1, counts: counted(at.counts, groups, op.edits.length) };
    const chunk = { run, unit: entry.unit.id, n: at.chunks, groups };
    await (session === undefined ? addToChunk(db, chunk) : saveChunk(db, chunk, session));
    for (const group of groups) await write(context, op, group, session);
    await advance(db, entry, lock.token, { cursor: next.after, chunks: next.chunks, counts: next.counts }, session);
    return { next, documents: groups.reduce((sum, group) => sum + group.ids.length, 0) };
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
  let at: Position = { after: entry.after, chunks: entry.chunks, counts: entry.counts };
  let size = firstSize;
  let documents = 0;
  for (;;) {
    if (context.signal.aborted) return { counts: at.counts, finished: false };
    context.lock.assertHeld();
    if (context.stepTimeoutMs !== null && performance.now() - began > context.stepTimeoutMs)
      throw timedOut(context.stepTimeoutMs);
    const sent = performance.now();
    let conflicts = 0;
    const done = await pRetry(() => batch(context, entry, op, at, size), {
      retries: 30,
      minTimeout: 10,
      maxTimeout: 1000,
      shouldRetry: ({ error }) => isTransient(error) && !isServerError(error, 121, 11000),
      onFailedAttempt: () => {
        conflicts += 1;
        size = Math.max(smallestSize, Math.floor(size / 2));
      },
    });
    if (done === null) return { counts: at.counts, finished: true };
    at = done.next;
    documents += done.documents;
    progress(documents);
    if (conflicts === 0 && performance.now() - sent < comfortableMs / 2) size = Math.min(largestSize, size * 2);
  }
}
