import { killSession, type Lock, takeLock } from '../applier/lock.ts';
import type { Database } from '../database/port.ts';
import { exitCodes, SchemactlError } from '../errors.ts';
import { describeOwner } from '../state/runs.ts';
import type { RunOptions } from './run-result.ts';

/** Runs `work` under the lock of this target. Throws SchemactlError 24 while somebody else holds it. */
export async function withLock<T>(db: Database, options: RunOptions, work: (lock: Lock) => Promise<T>): Promise<T> {
  const lock = await takeLock(db, options);
  const { previous } = lock;
  const takenOverFrom = previous === null ? null : describeOwner(previous);
  options.emit({ event: 'lock', run: null, leaseSeconds: options.leaseMs / 1000, takenOverFrom });
  try {
    await killSession(db, previous?.session ?? null);
    return await work(lock);
  } finally {
    await lock.release().catch(() => undefined);
  }
}

/** Throws SchemactlError 20 where nothing may be changed: through mongos. */
export function assertTopology(db: Database): void {
  if (db.server.topology !== 'mongos') return;
  throw new SchemactlError('Changes through mongos are not supported yet; reading is.', {
    code: 'SCH2007',
    exitCode: exitCodes.blocked,
    next: ['plan, show, status and history work here.'],
  });
}
