import { readLock, unlock as unlockById } from '../applier/lock.ts';
import { exitCodes, type ExitCode } from '../errors.ts';
import { describeOwner } from '../state/runs.ts';
import { withDatabase } from './connection.ts';
import type { Io } from './io.ts';
import { type Flags, usage } from './options.ts';

/** Frees the lock of a holder that is known to be dead; only by the id that the message shows. */
export async function unlock(id: string, flags: Flags, io: Io): Promise<ExitCode> {
  return withDatabase(flags, io, async (db) => {
    const lock = await readLock(db);
    if (lock === null || lock.owner === null) {
      io.out('The lock is free already.\n');
      return exitCodes.done;
    }
    if (!(await unlockById(db, id))) {
      throw usage(
        `The lock is not held under the id "${id}".`,
        `It is held by ${describeOwner(lock.owner)} under ${lock.owner.id}.`,
      );
    }
    io.out(
      `Freed the lock of ${describeOwner(lock.owner)}. If that process still lives, it can write no documents any more and stops.\n`,
    );
    return exitCodes.done;
  });
}
