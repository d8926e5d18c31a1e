import { unlock as unlockById } from '../applier/lock.ts';
import { readLock } from '../applier/lock-document.ts';
import { exitCodes, type ExitCode } from '../errors.ts';
import { describeHolder, wayToFree } from '../state/runs.ts';
import { changingDatabase } from './connection.ts';
import type { Io } from './io.ts';
import { type Flags, usage } from './options.ts';

/** Frees the lock of a holder that is known to be dead; only by the id that the message shows. */
export async function unlock(id: string, flags: Flags, io: Io): Promise<ExitCode> {
  return changingDatabase(flags, io, async (db) => {
    const lock = await readLock(db);
    if (lock === null || lock.unlockId === null) {
      io.out('The lock is free already.\n');
      return exitCodes.done;
    }
    const holder = describeHolder(lock);
    if (!(await unlockById(db, id))) {
      throw usage(`The lock is held by ${holder}, not under the id "${id}".`, `Free it, ${wayToFree(lock)}`);
    }
    io.out(
      `Freed the lock of ${holder}. The server may still finish what that process has sent already; if it lives, it stops before the next.\n`,
    );
    return exitCodes.done;
  });
}
