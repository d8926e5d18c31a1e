import pRetry from 'p-retry';
import { isPassing } from './port.ts';

/** As long as an election with the server's default timeouts takes, several times over. */
const patienceMs = 60_000;

/**
 * Does again what may be done twice while a failover or a broken connection passes, with a growing pause.
 * Whatever else is answered, and what still does not pass after a minute, is thrown as it is.
 */
export function persistently<T>(work: () => Promise<T>): Promise<T> {
  return pRetry(work, {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: 100,
    maxTimeout: 2000,
    maxRetryTime: patienceMs,
    shouldRetry: ({ error }) => isPassing(error),
  });
}
