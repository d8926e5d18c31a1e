import pRetry from 'p-retry';
import { type Database, isTransient, type Session } from '../database/port.ts';

/**
 * Runs writes that belong together in one transaction, again where another write was in the way.
 * A standalone server has none: there they follow one another, each a harmless repeat after a crash.
 */
export async function atomically<T>(db: Database, work: (session: Session | undefined) => Promise<T>): Promise<T> {
  if (db.server.topology === 'standalone') return work(undefined);
  return pRetry(() => db.transaction(work), {
    retries: 30,
    minTimeout: 10,
    maxTimeout: 500,
    shouldRetry: ({ error }) => isTransient(error),
  });
}
