import { setTimeout as sleep } from 'node:timers/promises';
import { type Database, isServerError, type Session } from '../database/port.ts';
import { aggregateCommand, readAll } from '../database/read.ts';
import { findAndModify, update } from '../database/write.ts';
import { exitCodes, SchemactlError } from '../errors.ts';
import { doc, type Doc, docOf, int, isDoc, scalar, toNumber, type Value } from '../state/value.ts';
import { describeOwner, type LockState, type Owner } from '../state/runs.ts';
import { dateAt, textAt } from './fields.ts';
import { store } from './store.ts';

export interface Lock {
  /** The fencing token: larger than that of every earlier holder. */
  readonly token: number;
  readonly owner: Owner;
  /** The owner whose lease had run out, where this lock was taken over. */
  readonly previous: Owner | null;
  /** Until when the server has granted the lease, by its own clock. */
  leaseUntil(): number;
  /** Throws SchemactlError 23 once the lease is lost. */
  assertHeld(): void;
  /**
   * Makes a transaction depend on the lock: it commits only if nobody has taken the lock until then.
   * Throws SchemactlError 23 where somebody has. Without a session it is a check, no fence.
   */
  fence(session: Session | undefined): Promise<void>;
  release(): Promise<void>;
}

export interface LockOptions {
  readonly owner: Owner;
  readonly leaseMs: number;
  readonly waitMs: number;
  readonly signal?: AbortSignal;
}

const ownerDoc = (owner: Owner): Doc =>
  docOf({
    id: owner.id,
    host: owner.host,
    pid: int(owner.pid),
    user: owner.user,
    link: owner.link,
    session: owner.session,
  });

function ownerOf(value: Value | undefined): Owner | null {
  if (!isDoc(value)) return null;
  return {
    id: textAt(value, 'id') ?? '?',
    host: textAt(value, 'host') ?? '?',
    pid: toNumber(value.get('pid')) ?? 0,
    user: textAt(value, 'user') ?? '?',
    link: textAt(value, 'link'),
    session: textAt(value, 'session'),
  };
}

const is = (path: string, type: string): Doc => docOf({ $eq: [docOf({ $type: path }), type] });

/** Free: just made by the upsert, released, or past its lease. A malformed document counts as held. */
const isFree: Doc = docOf({
  $or: [
    docOf({ $eq: [docOf({ $size: docOf({ $objectToArray: '$$ROOT' }) }), int(1)] }),
    docOf({ $and: [is('$owner', 'null'), docOf({ $isNumber: '$token' })] }),
    docOf({
      $and: [
        is('$owner.id', 'string'),
        docOf({ $isNumber: '$token' }),
        is('$leaseUntil', 'date'),
        docOf({ $lt: ['$leaseUntil', '$$NOW'] }),
      ],
    }),
  ],
});

function takeIfFree(owner: Owner, leaseMs: number): Doc {
  const taken = docOf({
    _id: '$_id',
    token: docOf({ $add: [docOf({ $ifNull: ['$token', int(0)] }), int(1)] }),
    owner: docOf({ $literal: ownerDoc(owner) }),
    leaseUntil: docOf({ $add: ['$$NOW', int(leaseMs)] }),
    previous: docOf({ $ifNull: ['$owner', null] }),
  });
  return docOf({ $replaceWith: docOf({ $cond: [isFree, taken, '$$ROOT'] }) });
}

/** The lock of this target as it is, or null where none was ever taken. Reads only. */
export async function readLock(db: Database): Promise<LockState | null> {
  const pipeline = [
    docOf({ $match: docOf({ _id: db.name }) }),
    docOf({ $set: docOf({ expired: docOf({ $lt: ['$leaseUntil', '$$NOW'] }) }) }),
  ];
  const [found] = await readAll(db, aggregateCommand(store.lock, pipeline));
  if (found === undefined) return null;
  return {
    token: toNumber(found.get('token')) ?? 0,
    owner: ownerOf(found.get('owner')),
    expired: found.get('expired') === true,
    leaseUntil: dateAt(found, 'leaseUntil') ?? 0,
  };
}

function held(by: Owner | null, waitMs: number): SchemactlError {
  const who = by === null ? 'an unreadable lock document' : describeOwner(by);
  return new SchemactlError(`The lock is held by ${who}.`, {
    code: 'SCH2401',
    exitCode: exitCodes.locked,
    details:
      waitMs > 0
        ? [`Waited ${Math.round(waitMs / 1000)} s. A dead holder's lease runs out by itself.`]
        : ["A dead holder's lease runs out by itself."],
    next: [
      'Wait for it: --lock-wait 60s',
      by === null
        ? 'Look at the document in schemactl_lock.'
        : `If you know that it is dead: schemactl unlock ${by.id}`,
    ],
  });
}

const lost = (): SchemactlError =>
  new SchemactlError('The lock was lost: its lease ran out, or somebody unlocked it. This process stops.', {
    code: 'SCH2302',
    exitCode: exitCodes.partial,
    next: [
      'See where things stand: schemactl status',
      'Go on with the interrupted run: schemactl resume',
      'Take it back: schemactl rollback',
    ],
  });

/** Longer than any taking of a free lock; shorter than a transaction that somebody left open on it. */
const takeMs = 5000;

/**
 * An upsert that races another one fails with 11000 and finds the document on its next try. A holder that died within
 * a transaction that touched the lock would block its taker-over, so its session is killed first; a holder that
 * lives after all repeats its batch.
 */
async function tryTake(db: Database, options: LockOptions): Promise<Doc | null> {
  const before = await readLock(db);
  if (before !== null && before.expired) await killSession(db, before.owner?.session ?? null);
  const take = [takeIfFree(options.owner, options.leaseMs)];
  try {
    return await findAndModify(db, store.lock, docOf({ _id: db.name }), take, { upsert: true, timeoutMs: takeMs });
  } catch (error) {
    if (isServerError(error, 11000, 50)) return null;
    throw error;
  }
}

const pollMs = 500;

/**
 * Takes the lock of this target: one document, judged by the server's clock. Polls while it is held, so that a waiter
 * never blocks the holder. Throws SchemactlError 24 when it is still held after `waitMs`.
 */
export async function takeLock(db: Database, options: LockOptions): Promise<Lock> {
  const deadline = performance.now() + options.waitMs;
  for (;;) {
    const asked = performance.now();
    const found = await tryTake(db, options);
    const holder = ownerOf(found?.get('owner'));
    if (found !== null && holder?.id === options.owner.id) {
      return keepAlive(db, options, found, asked);
    }
    if (found !== null && performance.now() >= deadline) throw held(holder, options.waitMs);
    if (options.signal?.aborted === true) throw held(holder, options.waitMs);
    await sleep(Math.min(pollMs, Math.max(10, deadline - performance.now())));
  }
}

/** Renews the lease every third of it. By its own steady clock the holder gives up before the server would. */
function keepAlive(db: Database, { owner, leaseMs }: LockOptions, taken: Doc, asked: number): Lock {
  const token = toNumber(taken.get('token')) ?? 0;
  const mine = doc(['_id', db.name], ['owner.id', owner.id], ['token', int(token)]);
  let leaseUntil = dateAt(taken, 'leaseUntil') ?? 0;
  let validUntil = asked + leaseMs;
  let gone = false;
  const renew = async (): Promise<void> => {
    const sent = performance.now();
    const renewed = await findAndModify(db, store.lock, mine, [
      docOf({ $set: docOf({ leaseUntil: docOf({ $add: ['$$NOW', int(leaseMs)] }) }) }),
    ]);
    gone = renewed === null;
    if (renewed === null) return;
    validUntil = sent + leaseMs;
    leaseUntil = dateAt(renewed, 'leaseUntil') ?? 0;
  };
  const timer = setInterval(() => void renew().catch(() => undefined), leaseMs / 3);
  timer.unref();
  return {
    token,
    owner,
    previous: ownerOf(taken.get('previous')),
    leaseUntil: () => leaseUntil,
    assertHeld() {
      if (gone || performance.now() > validUntil) throw lost();
    },
    async fence(session) {
      const beat = docOf({ $inc: docOf({ beat: int(1) }) });
      const options = session === undefined ? {} : { session };
      const { matched } = await update(db, { collection: store.lock, filter: mine, update: beat }, options);
      if (matched !== 1) throw lost();
    },
    async release() {
      clearInterval(timer);
      await findAndModify(db, store.lock, mine, [docOf({ $set: docOf({ owner: null }) })]);
    },
  };
}

/** A holder that died inside a transaction would block its taker-over until the server expires it. */
export async function killSession(db: Database, session: string | null): Promise<void> {
  if (session === null || session === '') return;
  const id = scalar('binary', `04:${Buffer.from(session, 'hex').toString('base64')}`);
  await db.run(docOf({ killSessions: [docOf({ id })] }), { on: 'admin' }).catch(() => undefined);
}

/**
 * Frees the lock if its holder has this very id; answers whether it did. What the holder has begun gets another token
 * first, so that no batch of it can commit any more.
 */
export async function unlock(db: Database, id: string): Promise<boolean> {
  const held = await readLock(db);
  if (held === null || held.owner?.id !== id) return false;
  const spent = held.token + 1;
  await killSession(db, held.owner.session);
  const begun = docOf({ target: db.name, state: docOf({ $ne: 'done' }), token: docOf({ $lt: int(spent) }) });
  const fence = docOf({ $set: docOf({ token: int(spent) }), $inc: docOf({ beat: int(1) }) });
  await update(db, { collection: store.steps, filter: begun, update: fence, multi: true });
  const mine = doc(['_id', db.name], ['owner.id', id], ['token', int(held.token)]);
  const freed = await findAndModify(db, store.lock, mine, [docOf({ $set: docOf({ owner: null, token: int(spent) }) })]);
  return freed !== null;
}
