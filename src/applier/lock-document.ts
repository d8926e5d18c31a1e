import type { Database } from '../database/port.ts';
import { aggregateCommand, readAll } from '../database/read.ts';
import { fingerprint } from '../state/fingerprint.ts';
import { canonical } from '../state/encode.ts';
import type { LockState, Owner } from '../state/runs.ts';
import { type Doc, docOf, int, isDoc, toNumber, type Value } from '../state/value.ts';
import { dateAt, textAt } from './fields.ts';
import { store } from './store.ts';

/** The format of everything that is kept in the database; it stands in the lock document, which every writer takes first. */
export const storeFormat = 1;

const ownerDoc = (owner: Owner): Doc =>
  docOf({
    id: owner.id,
    host: owner.host,
    pid: int(owner.pid),
    user: owner.user,
    link: owner.link,
    session: owner.session,
    run: owner.run === null ? null : int(owner.run),
  });

export function ownerOf(value: Value | undefined): Owner | null {
  if (!isDoc(value)) return null;
  return {
    id: textAt(value, 'id') ?? '?',
    host: textAt(value, 'host') ?? '?',
    pid: toNumber(value.get('pid')) ?? 0,
    user: textAt(value, 'user') ?? '?',
    link: textAt(value, 'link'),
    session: textAt(value, 'session'),
    run: toNumber(value.get('run')) ?? null,
  };
}

const is = (path: string, type: string): Doc => docOf({ $eq: [docOf({ $type: path }), type] });
const and = (...parts: readonly Doc[]): Doc => docOf({ $and: parts });

/** Tokens are kept as int: one that has no successor as such is none. NaN is less than 0. */
const isToken: Doc = and(
  docOf({ $isNumber: '$token' }),
  docOf({ $gte: ['$token', int(0)] }),
  docOf({ $lt: ['$token', int(2 ** 31 - 1)] }),
);
const isFormat: Doc = docOf({ $isNumber: docOf({ $ifNull: ['$format', int(1)] }) });
const isReadable: Doc = and(isFormat, is('$owner.id', 'string'), isToken, is('$leaseUntil', 'date'));
const isReleased: Doc = and(isFormat, is('$owner', 'null'), isToken);
const isOurs: Doc = docOf({ $lte: [docOf({ $ifNull: ['$format', int(1)] }), int(storeFormat)] });

/** Free: just made by the upsert, released, or past its lease. A malformed document counts as held. */
const isFree: Doc = docOf({
  $or: [
    docOf({ $eq: [docOf({ $size: docOf({ $objectToArray: '$$ROOT' }) }), int(1)] }),
    isReleased,
    and(isReadable, docOf({ $lt: ['$leaseUntil', '$$NOW'] })),
  ],
});

/**
 * The stage that takes a free lock and leaves any other, and one of a newer format, as it is. The new token is larger than
 * the lock's own and than `known`.
 */
export function takeIfFree(owner: Owner, leaseMs: number, known: number): Doc {
  const taken = docOf({
    _id: '$_id',
    format: int(storeFormat),
    token: docOf({ $add: [docOf({ $max: ['$token', int(known)] }), int(1)] }),
    owner: docOf({ $literal: ownerDoc(owner) }),
    leaseUntil: docOf({ $add: ['$$NOW', int(leaseMs)] }),
    previous: docOf({ $ifNull: ['$owner', null] }),
  });
  return docOf({ $replaceWith: docOf({ $cond: [and(isOurs, isFree), taken, '$$ROOT'] }) });
}

/** What `unlock` takes for a document that names no holder: it stands for exactly this document. */
const idOfUnreadable = (document: Doc): string => fingerprint(canonical(document)).slice(0, 23);

/** A lock document, exactly as it is, with what the server says about it. */
export interface FoundLock extends LockState {
  readonly document: Doc;
}

/** The lock of this target as it is, or null where none was ever taken. Reads only. */
export async function readLock(db: Database): Promise<FoundLock | null> {
  const judged = docOf({ document: '$$ROOT', free: isFree, readable: isReadable, numbered: isToken });
  const pipeline = [docOf({ $match: docOf({ _id: db.name }) }), docOf({ $replaceWith: judged })];
  const [found] = await readAll(db.records, aggregateCommand(store.lock, pipeline));
  const document = found?.get('document');
  if (found === undefined || !isDoc(document)) return null;
  const format = toNumber(document.get('format')) ?? storeFormat;
  const free = found.get('free') === true;
  const readable = found.get('readable') === true;
  const owner = readable ? ownerOf(document.get('owner')) : null;
  return {
    document,
    format,
    newer: format > storeFormat,
    token: found.get('numbered') === true ? (toNumber(document.get('token')) ?? 0) : 0,
    owner,
    expired: free && owner !== null,
    unlockId: free && owner === null ? null : (owner?.id ?? idOfUnreadable(document)),
    leaseUntil: dateAt(document, 'leaseUntil') ?? 0,
  };
}
