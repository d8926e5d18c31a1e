import { randomUUID } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { loadSchema, type LoadedSchema } from './commands/schema-files.ts';
import type { Database } from './database/port.ts';
import type { DriftResult } from './planner/drift.ts';
import type { CheckData, Plan, Selection } from './planner/contract.ts';
import { assertApplicable, parseAllow } from './planner/hazards.ts';
import type { RunEvent } from './report/events.ts';
import { defaultRetentionMs } from './state/duration.ts';
import type { CheckResult } from './state/finding.ts';
import type { Ignored } from './state/ignored.ts';
import type { PurgePlan, WhichUndo } from './state/purge.ts';
import type { Schema } from './state/types.ts';
import type { Status } from './state/status.ts';
import { checkSchema } from './workflow/check.ts';
import { readDrift } from './workflow/drift.ts';
import { planRollback } from './workflow/plan-rollback.ts';
import { planSchema } from './workflow/plan-schema.ts';
import { planPurge, runPurge } from './workflow/purge.ts';
import { assertStateDatabase } from './state/database-name.ts';
import { resumeRun, runPlan } from './workflow/run.ts';
import { doneEvent, type RunOptions, type RunResult } from './workflow/run-result.ts';
import type { Which } from './workflow/select-runs.ts';
import { readStatus } from './workflow/status.ts';

export interface OpenOptions {
  /** A connection string; it appears in no error and no event. */
  readonly url: string;
  readonly database: string;
  /** Another database of the same server that keeps lock, journal and undo data; `database` if left out. */
  readonly stateDatabase?: string;
  /** Schema files or folders; `schema/` if left out. */
  readonly schema?: string | readonly string[];
  /** From where those are found; the current folder if left out. */
  readonly folder?: string;
  /** Who is at work, as the lock and the history show it; the current user if left out. */
  readonly user?: string;
  /** The commit that is deployed, for the history. */
  readonly commit?: string;
  /** Milliseconds until a server must have answered; 10,000 if left out. */
  readonly connectTimeoutMs?: number;
}

/** What is selected, by address or milestone; everything if left out. */
type Selected = Partial<Selection>;

export interface PlanOptions extends Selected {
  /** How the data is asked: `fast` (default), `full`, or `none`, whose plan cannot be applied. */
  readonly checkData?: CheckData;
  /** Hazards that are approved: `drop-index`, `drop-index@orders.**`. They are kept in the plan. */
  readonly allow?: readonly string[];
  /** False: nothing is kept to take rewritten documents back with, which is a hazard. */
  readonly undo?: boolean;
}

export interface RollbackOptions extends Pick<PlanOptions, 'allow' | 'undo' | 'only' | 'exclude'> {
  /** Which runs; the last one that is not yet rolled back if left out. */
  readonly which?: Which;
}

export interface ApplyOptions extends Partial<Pick<RunOptions, 'leaseMs' | 'waitMs' | 'stepTimeoutMs' | 'throttle'>> {
  /** Hazards that are approved beside those of the plan. */
  readonly allow?: readonly string[];
  /** Told everything as it happens; the last event is `done`, also after a failure. */
  readonly onEvent?: (event: RunEvent) => void;
  /** Aborted to stop in an orderly way: what runs is finished, nothing new begins. */
  readonly signal?: AbortSignal;
}

export interface CheckOptions extends Selected {
  /** The most documents of a collection to look at; all if left out. */
  readonly sample?: number;
}

export interface DriftOptions extends Selected {
  /** What is known and no drift; each until the end of a day, or for ever. */
  readonly ignore?: readonly Ignored[];
}

export interface PlanPurgeOptions {
  /** Of which runs; of those that ended more than 30 days ago if left out. */
  readonly which?: WhichUndo;
}

export type PurgeOptions = Pick<ApplyOptions, 'leaseMs' | 'waitMs' | 'signal'>;

/** A database and its schema. Nothing here prints, asks, or ends the process; what fails throws a `SchemactlError`. */
export interface Schemactl {
  /** What the files declare. */
  readonly schema: Schema;
  /** What `apply` would do. Reads only. */
  readonly plan: (options?: PlanOptions) => Promise<Plan>;
  /** What taking runs back would do. Reads only. */
  readonly planRollback: (options?: RollbackOptions) => Promise<Plan>;
  /**
   * Does exactly what a plan says, of either kind. Throws before the first write where its data or a hazard that nobody
   * allowed forbids it (22, 20), where it is stale (21) or the lock is held (24); after it with 23, and the journal
   * knows how to go on.
   */
  readonly apply: (plan: Plan, options?: ApplyOptions) => Promise<RunResult>;
  /** Goes on with a run that was cut off. Throws as `apply` does. */
  readonly resume: (options?: ApplyOptions) => Promise<RunResult>;
  /** Finds documents that break the rules of the schema. Reads only. */
  readonly check: (options?: CheckOptions) => Promise<CheckResult>;
  /**
   * Sets what is declared, what was applied and what is there beside each other: what is pending, was changed by hand, or is
   * unmanaged. While a run is in progress nothing is judged, and `inProgress` says so. Looks at no documents. Reads only.
   */
  readonly drift: (options?: DriftOptions) => Promise<DriftResult>;
  /** What of old runs would be forgotten, and what could then not be taken back. Reads only. */
  readonly planPurge: (options?: PlanPurgeOptions) => Promise<PurgePlan>;
  /**
   * Forgets what such a plan says, as far as it is still kept, and answers what went. History stays; there is no way back.
   * Throws while the lock is held (24) or a run that was cut off waits (20).
   */
  readonly purge: (plan: PurgePlan, options?: PurgeOptions) => Promise<PurgePlan>;
  /** Where every milestone stands, the last run, the lock. Reads only. */
  readonly status: () => Promise<Status>;
  readonly close: () => Promise<void>;
}

const selectionOf = ({ only, exclude, milestone, through }: Selected): Selection => ({
  ...{ only: only ?? [], exclude: exclude ?? [] },
  ...{ milestone: milestone ?? null, through: through ?? null },
});

/** What the run says last, to whoever listens; its error, where it has one, is thrown. */
function ended(result: RunResult, { onEvent }: ApplyOptions): RunResult {
  onEvent?.(doneEvent(result));
  if (result.error !== null) throw result.error;
  return result;
}

function runOptions(db: Database, { user, commit }: OpenOptions, options: ApplyOptions): RunOptions {
  const { leaseMs = 30_000, waitMs = 0, stepTimeoutMs = null, throttle, signal, onEvent } = options;
  const name = user ?? userInfo().username;
  return {
    owner: { id: randomUUID(), host: hostname(), pid: 0, user: name, link: null, session: db.sessionId, run: null },
    commit: commit ?? null,
    ...{ leaseMs, waitMs, stepTimeoutMs },
    ...(throttle === undefined ? {} : { throttle }),
    signal: signal ?? new AbortController().signal,
    emit: (event) => onEvent?.(event),
  };
}

function opened(db: Database, { schema, sources }: LoadedSchema, open: OpenOptions): Schemactl {
  return {
    schema,
    plan: ({ checkData = 'fast', allow = [], undo = true, ...selected } = {}) => {
      const selection = selectionOf(selected);
      return planSchema(db, { schema, sources, selection, checkData, allow: parseAllow(allow), undo, now: new Date() });
    },
    planRollback: ({ which = { kind: 'last' } as const, only = [], exclude = [], allow = [], undo = true } = {}) =>
      planRollback(db, { which, only, exclude, allow: parseAllow(allow), undo, now: new Date() }),
    async apply(plan, options = {}) {
      assertApplicable(plan, parseAllow(options.allow ?? []));
      return ended(await runPlan(db, plan, null, runOptions(db, open, options)), options);
    },
    resume: async (options = {}) => ended(await resumeRun(db, runOptions(db, open, options)), options),
    check: ({ sample = null, ...selected } = {}) =>
      checkSchema(db, { schema, selection: selectionOf(selected), sample }),
    drift: ({ ignore = [], ...selected } = {}) =>
      readDrift(db, { schema, selection: selectionOf(selected), ignore, now: new Date() }),
    planPurge: ({ which = { kind: 'older', milliseconds: defaultRetentionMs } as const } = {}) => planPurge(db, which),
    purge: (plan, options = {}) => runPurge(db, { kind: 'all' }, plan, runOptions(db, open, options)),
    status: () => readStatus(db, schema),
    close: () => db.close(),
  };
}

/**
 * Reads the schema and connects. Close it when done. Throws SchemactlError 65 with every finding in the files, and a
 * `DatabaseError` where the server does not answer.
 */
export async function openSchemactl(options: OpenOptions): Promise<Schemactl> {
  const { url, database, stateDatabase, schema = 'schema/', folder = '.', connectTimeoutMs = 10_000 } = options;
  if (stateDatabase !== undefined && stateDatabase !== database) assertStateDatabase(stateDatabase, database);
  const loaded = await loadSchema({ schema: typeof schema === 'string' ? [schema] : schema }, { cwd: folder });
  const { connect } = await import('./database/mongo.ts');
  return opened(
    await connect({ url, database, stateDatabase: stateDatabase ?? null, connectTimeoutMs }),
    loaded,
    options,
  );
}
