import { atomically, openTransaction } from '../applier/atomically.ts';
import { isInPlace } from '../applier/in-place.ts';
import { halfTakenBack, readUnits } from '../applier/journal.ts';
import { writeLedger } from '../applier/ledger.ts';
import { takeBack } from '../applier/operations/copy.ts';
import { saying } from '../applier/operations/patience.ts';
import { unfinishedCopies } from '../applier/unfinished.ts';
import { introspect } from '../database/introspect.ts';
import { claimRun, closeRun, readHeader, reopenRun } from '../applier/runs.ts';
import type { Lock } from '../applier/lock.ts';
import { persistently } from '../database/persist.ts';
import type { Database } from '../database/port.ts';
import type { Run } from '../state/runs.ts';
import { assertAsRecorded, isAsRecorded, isRecorded } from './as-recorded.ts';
import { executeRun } from './execute-run.ts';
import { progressOf } from './progress.ts';
import { nothingDone, type RunOptions, type RunResult } from './run-result.ts';

/**
 * Goes on with a run from where its journal says it stands; one that died before its plan was recorded whole has done nothing and
 * is closed. Throws SchemactlError 65 where the journal does not hold the plan that the run began with.
 */
export async function goOn(db: Database, lock: Lock, open: Run, options: RunOptions): Promise<RunResult> {
  if (open.state === 'opening' && !(await isRecorded(db, open.run))) {
    await claim(db, lock, open, options);
    await giveUp(db, lock, open, options);
    return nothingDone;
  }
  const header = await assertAsRecorded(db, open.run, 'Plan afresh, closing this run: schemactl apply');
  await claim(db, lock, open, options);
  await persistently(() => lock.fence(undefined, open.run));
  await reopenRun(db, open.run, lock.token);
  const entries = await readUnits(db, open.run);
  const left = open.steps.total - progressOf(entries).done;
  const message = `run ${open.run} was cut off; going on with what is left of it: ${left} of ${open.steps.total} steps`;
  options.emit({ event: 'settled', run: open.run, outcome: 'continued', message });
  options.emit({ event: 'run', run: open.run, kind: open.kind, steps: open.steps.total, resumes: true });
  return executeRun(db, lock, { run: open.run, header, entries }, options);
}

/** Makes a run one's own. Waits where the one that was cut off died in a transaction on its journal, and says so. */
export const claim = (db: Database, lock: Lock, open: Run, { emit }: Pick<RunOptions, 'emit'>): Promise<void> =>
  saying(db, emit, openTransaction, () => claimRun(db, open.run, lock.token));

/** Gives a run up that is claimed already; what it did stays recorded and can be rolled back. */
export async function giveUp(db: Database, lock: Lock, open: Run, options: RunOptions): Promise<void> {
  const entries = await readUnits(db, open.run);
  const { uuids } = await introspect(db);
  for (const { op } of unfinishedCopies(entries, uuids)) await takeBack({ db, lock }, op);
  await atomically(db, options.emit, async (session) => {
    await lock.fence(session);
    const unsettled = halfTakenBack(entries).map((address) => ({ address, before: null, after: null }));
    await writeLedger(db, open.run, unsettled, session);
  });
  const { done, documents } = progressOf(entries);
  const reason = 'given up';
  await closeRun(db, open.run, lock.token, { state: 'closed', done, documents, late: 0, message: reason });
  const isUntouched = entries.every(({ state }) => state === 'pending');
  const how = isUntouched ? ': it had done nothing' : ` as partial, ${done} of ${open.steps.total} steps`;
  const message = `run ${open.run} was cut off and is closed${how}`;
  options.emit({ event: 'settled', run: open.run, outcome: 'closed', message });
}

/** Whether what is left of a run is as it was planned, and its collections are those that it was planned for. */
export async function canGoOn(db: Database, open: Run): Promise<boolean> {
  const [entries, header] = [await readUnits(db, open.run), await readHeader(db, open.run)];
  if (!isAsRecorded(header, entries)) return false;
  for (const entry of entries) {
    if (entry.state !== 'done' && !(await isInPlace(db, entry, entries, header))) return false;
  }
  return true;
}
