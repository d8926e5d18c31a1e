import { setTimeout as sleep } from 'node:timers/promises';
import { persistently } from '../database/persist.ts';
import { type Database, isServerError, type Session } from '../database/port.ts';
import { findAll } from '../database/read.ts';
import { findAndModify, update } from '../database/write.ts';
import { exitCodes, SchemactlError } from '../errors.ts';
import { doc, type Doc, docOf, int, scalar, toNumber } from '../state/value.ts';
import { describeHolder, type Owner, wayToFree } from '../state/runs.ts';
import type { RunEvent } from '../report/events.ts';
import { openTransaction, transactionMs } from './atomically.ts';
import { dateAt, numberAt } from './fields.ts';
import { type FoundLock, ownerOf, readLock, storeFormat, takeIfFree } from './lock-document.ts';
import { lost } from './ousted.ts';
import { store } from './store.ts';

export interface Lock {
  /** The fencing token: larger than that of every earlier holder. */
  readonly token: number;
  readonly owner: Owner;
  /** For how long a lease is granted; it is renewed every third of it. */
  readonly leaseMs: number;
  /** The owner whose lease had run out, where this lock was taken over. */
  readonly previous: Owner | null;
  /** Until when the server has granted the lease, by its own clock. */
  leaseUntil(): number;
  /**
   * Asks the server whether the lock is still ours, so that nothing is sent by one whose lock was freed or taken. Where the lease
   * could not be renewed in time, while there was no primary for instance, it is renewed now.
   * Throws SchemactlError 23 where somebody has taken or freed it.
   */
  assertHeld(): Promise<void>;
  /**
   * Makes a transaction depend on the lock: it commits only if nobody has taken the lock until then.
   * Throws SchemactlError 23 where somebody has. Without a session it is a check, no fence.
   * With a run the lock names it from then on, for whoever asks who holds it.
   */
  fence(session: Session | undefined, run?: number): Promise<void>;
  release(): Promise<void>;
}

export interface LockOptions {
  readonly owner: Owner;
  readonly leaseMs: number;
  readonly waitMs: number;
  readonly signal?: AbortSignal;
  readonly emit?: (event: RunEvent) => void;
}

/** Ctrl-C while the lock is waited for: nothing was begun. */
const interrupted = (): SchemactlError =>
  new SchemactlError('Interrupted while waiting for the lock. Nothing was written.', {
    code: 'SCH1301',
    exitCode: exitCodes.interrupted,
  });

function held(found: FoundLock, waitMs: number): SchemactlError {
  const { owner, unlockId } = found;
  const waited = waitMs > 0 ? [`Waited ${Math.round(waitMs / 1000)} s.`] : [];
  const [what, next] =
    owner === null
      ? ['It names nobody and has no lease that would run out: waiting does not help.', []]
      : ["A dead holder's lease runs out by itself.", ['Wait for it: --lock-wait 60s']];
  return new SchemactlError(`The lock is held by ${describeHolder(found)}.`, {
    code: 'SCH2401',
    exitCode: exitCodes.locked,
    details: [[...waited, what].join(' ')],
    next: [...next, ...(unlockId === null ? [] : [`Free it, ${wayToFree(found)}`])],
  });
}

function newer(format: number): SchemactlError {
  return new SchemactlError(`A newer schemactl keeps its records in this database (format ${format}).`, {
    code: 'SCH2020',
    exitCode: exitCodes.blocked,
    details: [`This one writes format ${storeFormat}; it would not understand what it finds.`],
    next: ['Use the newer schemactl. Nothing was written.'],
  });
}

/** Throws SchemactlError 20 where a newer version has written what this one may not change. */
function assertFormat(found: FoundLock | null): void {
  if (found?.newer === true) throw newer(found.format);
}

/** Longer than any taking of a free lock; shorter than a transaction that somebody left open on it. */
const takeMs = 5000;

/**
 * An upsert that races another one fails with 11000 and finds the document on its next try. A holder that died within
 * a transaction that touched the lock would block its taker-over, so its session is killed first; a holder that
 * lives after all repeats its batch.
 */
async function tryTake(db: Database, options: LockOptions): Promise<Doc | null> {
  const before = await readLock(db);
  assertFormat(before);
  if (before !== null && before.unlockId !== null && !before.expired) return before.document;
  if (before !== null && before.expired) await killSession(db, before.owner?.session ?? null);
  const take = [takeIfFree(options.owner, options.leaseMs, await largestToken(db))];
  return findAndModify(db.records, store.lock, docOf({ _id: db.name }), take, { upsert: true, timeoutMs: takeMs });
}

const pollMs = 500;

/**
 * Takes the lock of this target: one document, judged by the server's clock. Polls while it is held, so that a waiter
 * never blocks the holder. Throws SchemactlError 24 when it is still held after `waitMs`.
 */
export async function takeLock(db: Database, options: LockOptions): Promise<Lock> {
  const began = performance.now();
  const deadline = began + options.waitMs;
  for (;;) {
    const asked = performance.now();
    const found = await tryTake(db, options).catch((error: unknown) => {
      const isPatient = performance.now() < Math.max(deadline, began + transactionMs);
      if (!isPatient || !isServerError(error, 'DuplicateKey', 'MaxTimeMSExpired')) throw error;
      if (isServerError(error, 'MaxTimeMSExpired')) options.emit?.({ event: 'waiting', message: openTransaction });
      return null;
    });
    const holder = ownerOf(found?.get('owner'));
    if (found !== null && holder?.id === options.owner.id) {
      return keepAlive(db, options, found, asked);
    }
    if (options.signal?.aborted === true) throw interrupted();
    if (found !== null && performance.now() >= deadline) {
      const now = await readLock(db);
      if (now !== null && now.unlockId !== null && !now.expired) throw held(now, options.waitMs);
    }
    await sleep(Math.min(pollMs, Math.max(10, deadline - performance.now())));
  }
}

/** Renews the lease every third of it. By its own steady clock the holder asks again before the server would give the lock away. */
function keepAlive(db: Database, { owner, leaseMs }: LockOptions, taken: Doc, asked: number): Lock {
  const token = toNumber(taken.get('token')) ?? 0;
  const mine = doc(['_id', db.name], ['owner.id', owner.id], ['token', int(token)]);
  const look = { collection: store.lock, filter: mine, projection: docOf({ _id: int(1) }), limit: 1 };
  let leaseUntil = dateAt(taken, 'leaseUntil') ?? 0;
  let validUntil = asked + leaseMs;
  let gone = false;
  const renew = async (): Promise<void> => {
    const sent = performance.now();
    const renewed = await findAndModify(db.records, store.lock, mine, [
      docOf({ $set: docOf({ leaseUntil: docOf({ $add: ['$$NOW', int(leaseMs)] }) }) }),
    ]);
    gone = renewed === null;
    if (renewed === null) return;
    validUntil = sent + leaseMs;
    leaseUntil = dateAt(renewed, 'leaseUntil') ?? 0;
  };
  let renewing = false;
  const beat = (): void => {
    if (renewing) return;
    renewing = true;
    void renew()
      .catch(() => undefined)
      .finally(() => (renewing = false));
  };
  const timer = setInterval(beat, leaseMs / 3);
  timer.unref();
  return {
    token,
    owner,
    leaseMs,
    previous: ownerOf(taken.get('previous')),
    leaseUntil: () => leaseUntil,
    async assertHeld() {
      const isInTime = (): boolean => performance.now() <= validUntil;
      if (!gone && isInTime()) gone = (await findAll(db.records, look)).length === 0;
      if (!gone && !isInTime()) await renew();
      if (gone || !isInTime()) throw lost();
    },
    async fence(session, run) {
      const named = run === undefined ? {} : { $set: docOf({ 'owner.run': int(run) }) };
      const beat = docOf({ $inc: docOf({ beat: int(1) }), ...named });
      const options = session === undefined ? {} : { session };
      const { matched } = await update(db.records, { collection: store.lock, filter: mine, update: beat }, options);
      if (matched !== 1) throw lost();
    },
    async release() {
      clearInterval(timer);
      await findAndModify(db.records, store.lock, mine, [docOf({ $set: docOf({ owner: null }) })]);
    },
  };
}

/** A holder that died inside a transaction would block its taker-over until the server expires it. */
export async function killSession(db: Database, session: string | null): Promise<void> {
  if (session === null || session === '') return;
  const id = scalar('binary', `04:${Buffer.from(session, 'hex').toString('base64')}`);
  await db.run(docOf({ killSessions: [docOf({ id })] }), { on: 'admin' }).catch(() => undefined);
}

/** The largest token that any record carries: a lock document that was deleted or is malformed has lost it. */
async function largestToken(db: Database): Promise<number> {
  const newest = { filter: docOf({ target: db.name }), sort: docOf({ token: int(-1) }), limit: 1 };
  const found = await Promise.all(
    [store.steps, store.runs].map((collection) => findAll(db.records, { collection, ...newest })),
  );
  return Math.max(0, ...found.flat().map((document) => numberAt(document, 'token')));
}

/**
 * Frees the lock if it is held under this very id; answers whether it did. What the holder has begun gets another token
 * first, so that no batch of it can commit any more. Throws SchemactlError 20 where a newer version holds it.
 */
export async function unlock(db: Database, id: string): Promise<boolean> {
  const held = await readLock(db);
  assertFormat(held);
  if (held === null || held.unlockId !== id) return false;
  const spent = Math.max(held.token, await largestToken(db)) + 1;
  await killSession(db, held.owner?.session ?? null);
  const begun = docOf({ target: db.name, state: docOf({ $ne: 'done' }), token: docOf({ $lt: int(spent) }) });
  const fence = docOf({ $set: docOf({ token: int(spent) }), $inc: docOf({ beat: int(1) }) });
  await persistently(() => update(db.records, { collection: store.steps, filter: begun, update: fence, multi: true }));
  const asFound =
    held.owner === null
      ? docOf({ _id: db.name, $expr: docOf({ $eq: ['$$ROOT', docOf({ $literal: held.document })] }) })
      : doc(['_id', db.name], ['owner.id', id], ['token', int(held.token)]);
  const free = docOf({ _id: '$_id', format: int(storeFormat), token: int(spent), owner: null });
  const freed = await findAndModify(db.records, store.lock, asFound, [docOf({ $replaceWith: free })]);
  return freed !== null;
}
