import type { InProgress, LockState, Run, Unsettled, WayBack } from './runs.ts';

export type MilestoneState = 'completed' | 'pending' | 'partial' | 'drifted';

export interface MilestoneStatus {
  readonly id: string;
  readonly title: string;
  readonly state: MilestoneState;
  readonly done: number;
  readonly total: number;
  /** What is not as it was applied, in a few words each. */
  readonly drift: readonly string[];
}

/** What is kept to take runs back with. */
export interface UndoStatus {
  /** Of all undo data; null where this login may not ask. */
  readonly bytes: number | null;
  /** Dropped collections in the trash. */
  readonly collections: number;
  /** Copies of whole collections that an overtaken process left. */
  readonly leftovers: readonly string[];
  /** Runs of which something can be taken back, oldest first. */
  readonly runs: readonly { readonly run: number; readonly state: WayBack['state']; readonly endedAt: number | null }[];
}

export interface Status {
  readonly database: string;
  readonly milestones: readonly MilestoneStatus[];
  /** Declared objects that no milestone names. */
  readonly others: Pick<MilestoneStatus, 'state' | 'done' | 'total' | 'drift'>;
  readonly lastRun: Run | null;
  /** Of the last run where it stopped part-way and nobody is at work on it; else null. */
  readonly unsettled: Unsettled | null;
  /** Null where nobody is changing the database. */
  readonly inProgress: InProgress | null;
  readonly undo: UndoStatus;
  readonly lock: LockState | null;
}
