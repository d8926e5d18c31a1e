import type { Database } from '../../database/port.ts';
import type { Plan } from '../../planner/contract.ts';
import type { ChecklistItem } from '../../state/checklist.ts';
import type { Schema } from '../../state/types.ts';
import { readLive } from '../live.ts';
import { buildsItem, consistencyItem, longestItem, planItem, slotsItem, wayBackItem } from './plan.ts';
import { oplogItem, undoSpaceItem } from './room.ts';
import { connectionItem, lockItem, privilegesItem, topologyItem, versionItem } from './server.ts';

export interface DoctorOptions {
  readonly plan: Plan | null;
  /** Where the plan is kept. */
  readonly file?: string;
  /** What the data is checked against; null: there is none. */
  readonly schema: Schema | null;
  /** The most documents of a collection that are checked; null: all. */
  readonly sample: number | null;
  /** Hazards that the environment forbids. */
  readonly forbid: readonly string[];
  /** For how long what the run keeps is kept; null: until it is purged. */
  readonly retentionMs: number | null;
}

/** The pre-production checklist, measured: of the server alone, or of a plan on it. Reads only. */
export async function examine(db: Database, options: DoctorOptions): Promise<readonly ChecklistItem[]> {
  const { plan, schema, sample, forbid, retentionMs, file = 'plan.json' } = options;
  const server = [
    await connectionItem(db),
    await versionItem(db),
    await topologyItem(db),
    await privilegesItem(db, plan),
    await lockItem(db),
  ];
  if (plan === null) return server;
  const live = await readLive(db);
  return [
    ...server,
    await planItem(db, plan, live, { forbid, file }),
    await undoSpaceItem(db, plan),
    await oplogItem(db, plan),
    await slotsItem(plan, live.observed),
    await buildsItem(plan, live.observed),
    await longestItem(plan),
    await consistencyItem(db, schema, sample),
    await wayBackItem(plan, retentionMs),
  ];
}
