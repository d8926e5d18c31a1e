import pRetry from 'p-retry';
import { DatabaseError, isMomentary } from './port.ts';

/** As long as an election with the server's default timeouts takes, several times over. */
const patienceMs = 60_000;
/** As many growing pauses as make up that time. */
const retries = 35;

function givenUp(error: unknown): unknown {
  if (!(error instanceof DatabaseError) || !isMomentary(error)) return error;
  const { message, kind, code, codeName, labels } = error;
  return new DatabaseError(message, { kind, code, codeName, labels, givenUp: true, cause: error });
}

/**
 * Does again what may be done twice while a failover, a broken connection or somebody else's work on the same passes, with a
 * growing pause. Pauses and looking for a primary in vain count, the work itself does not: an hour's build that is cut off has
 * the whole minute left. Whatever else is answered, and what still does not pass after a minute, is thrown.
 */
export async function persistently<T>(work: () => Promise<T>): Promise<T> {
  let began = 0;
  let silentMs = 0;
  const attempt = (): Promise<T> => {
    began = performance.now();
    return work();
  };
  const shouldRetry = ({ error }: { readonly error: unknown }): boolean => {
    if (error instanceof DatabaseError && error.kind === 'unreachable') silentMs += performance.now() - began;
    return silentMs < patienceMs && isMomentary(error);
  };
  try {
    return await pRetry(attempt, { retries, minTimeout: 100, maxTimeout: 2000, shouldRetry });
  } catch (error) {
    throw givenUp(error);
  }
}
