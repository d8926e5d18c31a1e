import type { LockState, Run } from './runs.ts';

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

export interface Status {
  readonly database: string;
  readonly milestones: readonly MilestoneStatus[];
  /** Declared objects that no milestone names. */
  readonly others: Pick<MilestoneStatus, 'state' | 'done' | 'total' | 'drift'>;
  readonly lastRun: Run | null;
  readonly lock: LockState | null;
}
