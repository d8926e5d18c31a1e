import { persistently } from '../database/persist.ts';
import { isServerError, type Database } from '../database/port.ts';
import { docOf } from '../state/value.ts';

/** Our own collections, in the target database or beside those of others in the state database. Several targets may share them, so every document names its target. */
export const store = {
  lock: 'schemactl_lock',
  runs: 'schemactl_runs',
  steps: 'schemactl_steps',
  objects: 'schemactl_objects',
  undo: 'schemactl_undo',
} as const;

/** Creates what is missing; needed before a transaction may write there (4.4 creates none within one with documents elsewhere). */
export async function prepareStore(db: Database): Promise<void> {
  for (const create of Object.values(store)) {
    await persistently(() => db.records.run(docOf({ create }), { durable: true })).catch((error: unknown) => {
      if (!isServerError(error, 'NamespaceExists')) throw error;
    });
  }
}
