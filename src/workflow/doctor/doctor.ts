import type { Database } from '../../database/port.ts';
import type { Plan } from '../../planner/contract.ts';
import { type ChecklistItem, planItems, serverItems } from '../../state/checklist.ts';
import type { Schema } from '../../state/types.ts';
import { type Live, readLive } from '../live.ts';
import { buildsItem, consistencyItem, longestItem, planItem, slotsItem, wayBackItem } from './plan.ts';
import { oplogItem, undoSpaceItem } from './room.ts';
import { connectionItem, lockItem, missingDatabase, privilegesItem, topologyItem, versionItem } from './server.ts';

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
  /** Titles of items that are not asked for. */
  readonly skip?: readonly string[];
}

type Measure = (db: Database, options: DoctorOptions) => Promise<ChecklistItem>;
type MeasurePlan = (
  db: Database,
  plan: Plan,
  options: DoctorOptions & { readonly live: Live },
) => Promise<ChecklistItem>;

const ofTheServer: Readonly<Record<(typeof serverItems)[number], Measure>> = {
  connection: connectionItem,
  version: versionItem,
  topology: topologyItem,
  privileges: (db, { plan }) => privilegesItem(db, plan),
  lock: lockItem,
};

const ofThePlan: Readonly<Record<(typeof planItems)[number], MeasurePlan>> = {
  plan: (db, plan, { live, forbid, file = 'plan.json' }) => planItem(db, plan, live, { forbid, file }),
  'undo space': undoSpaceItem,
  'oplog window': oplogItem,
  'index slots': (_, plan, { live }) => slotsItem(plan, live.observed),
  'running builds': (_, plan, { live }) => buildsItem(plan, live.observed),
  'longest step': (_, plan) => longestItem(plan),
  consistency: (db, _, { schema, sample }) => consistencyItem(db, schema, sample),
  'way back': (_, plan, { retentionMs }) => wayBackItem(plan, retentionMs),
};

/** The pre-production checklist, measured: of the server alone, or of a plan on it. Reads only. */
export async function examine(db: Database, options: DoctorOptions): Promise<readonly ChecklistItem[]> {
  const { plan, skip = [] } = options;
  const isAsked = (title: string): boolean => !skip.includes(title);
  const items: ChecklistItem[] = [];
  for (const title of serverItems.filter(isAsked)) items.push(await ofTheServer[title](db, options));
  if (plan === null) return [...items, ...(await missingDatabase(db))];
  const live = await readLive(db);
  for (const title of planItems.filter(isAsked)) items.push(await ofThePlan[title](db, plan, { ...options, live }));
  return items;
}
