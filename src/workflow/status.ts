import { readLock } from '../applier/lock-document.ts';
import type { Database } from '../database/port.ts';
import type { Change } from '../planner/change.ts';
import type { LedgerEntry } from '../planner/contract.ts';
import { diffSchema } from '../planner/diff.ts';
import type { MilestoneState, MilestoneStatus, Status } from '../state/status.ts';
import type { Schema } from '../state/types.ts';
import { readLive } from './live.ts';

const inWords: Readonly<Record<string, string>> = {
  'dropped-by-hand': 'was dropped by hand',
  'declared-otherwise': 'was changed by hand',
  'not-in-database': 'was dropped by hand',
};

interface Sorted {
  readonly done: readonly LedgerEntry[];
  readonly drift: readonly string[];
}

/** Done: applied as it is declared now, and still so on the server. Drifted: applied as declared, and not so any more. */
function sortEntries(
  entries: readonly LedgerEntry[],
  ledger: ReadonlyMap<string, LedgerEntry>,
  changes: ReadonlyMap<string, Change>,
): Sorted {
  const applied = entries.filter(({ address, definition }) => ledger.get(address)?.definition === definition);
  const done = applied.filter(({ address }) => !changes.has(address));
  const drift = applied.flatMap(({ address }) => {
    const change = changes.get(address);
    return change === undefined ? [] : [`${address} ${inWords[change.reason] ?? 'differs'}`];
  });
  return { done, drift };
}

function stateOf(done: number, total: number, drift: number): MilestoneState {
  if (drift > 0) return 'drifted';
  if (done === total) return 'completed';
  return done === 0 ? 'pending' : 'partial';
}

/** Where every milestone stands. Reads structure and the ledger, never the documents. */
export async function readStatus(db: Database, schema: Schema): Promise<Status> {
  const [live, lock] = await Promise.all([readLive(db), readLock(db)]);
  const { observed, ledger } = live;
  const diff = diffSchema({
    observed: observed.state,
    uuids: observed.uuids,
    building: observed.building,
    schema,
    ledger,
    version: db.server.version,
    checkData: 'none',
  });
  const changes = new Map(diff.changes.map((change) => [change.address, change]));
  const milestones = schema.milestones.map(({ id, title }): MilestoneStatus => {
    const entries = diff.declared.filter(({ milestone }) => milestone === id);
    const { done, drift } = sortEntries(entries, ledger, changes);
    return {
      id,
      title,
      state: stateOf(done.length, entries.length, drift.length),
      done: done.length,
      total: entries.length,
      drift,
    };
  });
  const rest = diff.declared.filter(({ milestone }) => milestone === null);
  const { done, drift } = sortEntries(rest, ledger, changes);
  return {
    database: db.name,
    milestones,
    others: { state: stateOf(done.length, rest.length, drift.length), done: done.length, total: rest.length, drift },
    lastRun: live.runs.at(-1) ?? null,
    lock,
  };
}

/** Whether anything is left to do or has drifted. */
export function hasDifferences({ milestones, others }: Status): boolean {
  return milestones.some(({ state }) => state !== 'completed') || others.done < others.total;
}
