import { readLock } from '../applier/lock-document.ts';
import type { Database } from '../database/port.ts';
import { type InProgress, isOpen, type LockState, type Owner } from '../state/runs.ts';
import { type Live, readLive } from './live.ts';

/** Somebody known holds the lock, and lives. */
const isBusy = (lock: LockState | null): lock is LockState & { readonly owner: Owner } =>
  lock !== null && lock.unlockId !== null && !lock.expired && lock.owner !== null;

/** Who is changing the database; null: nobody. */
export function inProgress(lock: LockState | null, { runs }: Live): InProgress | null {
  if (!isBusy(lock)) return null;
  const newest = runs.at(-1);
  const run = isOpen(newest) && ['opening', 'running'].includes(newest.state) ? newest : null;
  return { owner: lock.owner, run: run?.run ?? null, since: run?.startedAt ?? null };
}

const attempts = 5;

/**
 * Everything that is known of a database, read while nobody changed it through this tool; else who does. A reading takes several
 * commands, so the lock is looked at before and after: a run may have come and gone between the two.
 */
export async function readQuiet(db: Database): Promise<Live | InProgress> {
  for (let attempt = 1; ; attempt += 1) {
    const before = await readLock(db);
    const live = await readLive(db);
    const after = await readLock(db);
    const busy = inProgress(before, live) ?? inProgress(after, live);
    if (busy !== null) return busy;
    if (before?.token === after?.token || attempt === attempts) return live;
  }
}

export const isInProgress = (read: Live | InProgress): read is InProgress => 'owner' in read;
