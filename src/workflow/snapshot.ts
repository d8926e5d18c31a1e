import type { Database } from '../database/port.ts';
import { makeSnapshot, type Snapshot } from '../planner/snapshot.ts';
import { readLive, targetOf, tool } from './live.ts';

/** The structure of a database with what was applied to it. Reads only, and no documents but our own records. */
export async function takeSnapshot(db: Database, now: Date): Promise<Snapshot> {
  const live = await readLive(db);
  const { observed, ledger } = live;
  return makeSnapshot({
    tool,
    createdAt: now.toISOString(),
    target: targetOf(db, live),
    structure: observed.state,
    uuids: observed.uuids,
    ledger: [...ledger.values()].sort((a, b) => (a.address < b.address ? -1 : 1)),
  });
}
