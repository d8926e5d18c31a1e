import { setTimeout as sleep } from 'node:timers/promises';
import pRetry from 'p-retry';
import { type Database, isTransient, type Session } from '../database/port.ts';
import type { RunEvent } from '../report/events.ts';
import { saying } from './operations/patience.ts';

/**
 * As long as a transaction can stand in the way that a dead process left open: the server ends it after
 * transactionLifetimeLimitSeconds (60), of which it takes a look at every half of them (4.4 to 6.0).
 */
export const transactionMs = 100_000;

/** What is waited for where a write meets a transaction of somebody whose session this login may not kill. */
export const openTransaction =
  'waiting for a transaction that is open on the same documents; the server ends one of a dead process within 90 s';

const firstPauseMs = 10;
/** Attempts that are made however long each takes: a busy application conflicts too. */
const attempts = 30;

interface Patience {
  readonly mayPass?: (error: unknown) => boolean;
  readonly onConflict?: (error: unknown) => void;
  /** Ends the waiting, with its reason. */
  readonly signal?: AbortSignal;
  readonly longestPauseMs?: number;
}

/**
 * Does in a transaction what conflicts with other writes, again with growing pauses until it does not. Waits for as long as
 * the server takes to end the transaction of a dead process, and says so. Throws what may not pass, or did not.
 */
export async function despiteConflicts<T>(
  db: Database,
  emit: (event: RunEvent) => void,
  work: () => Promise<T>,
  { mayPass = isTransient, onConflict = () => undefined, longestPauseMs = 500, signal }: Patience = {},
): Promise<T> {
  const began = performance.now();
  try {
    return await work();
  } catch (error) {
    if (!mayPass(error)) throw error;
    onConflict(error);
  }
  return saying(db, emit, openTransaction, async () => {
    await sleep(firstPauseMs);
    return pRetry(work, {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: firstPauseMs,
      maxTimeout: longestPauseMs,
      shouldRetry: ({ error, attemptNumber }) =>
        mayPass(error) && (attemptNumber < attempts || performance.now() - began < transactionMs),
      onFailedAttempt: ({ error }) => {
        onConflict(error);
      },
      ...(signal === undefined ? {} : { signal }),
    });
  });
}

/**
 * Runs writes that belong together in one transaction, again where another write was in the way.
 * A standalone server has none: there they follow one another, each a harmless repeat after a crash.
 */
export async function atomically<T>(
  db: Database,
  emit: (event: RunEvent) => void,
  work: (session: Session | undefined) => Promise<T>,
): Promise<T> {
  if (db.server.topology === 'standalone') return work(undefined);
  return despiteConflicts(db, emit, () => db.transaction(work));
}
