import type { PlanKind } from './types.ts';
import { shellWord } from './words.ts';

/**
 * `opening` until its plan is recorded whole: nothing of it was done yet. `running` until the process that made it says otherwise; one that died leaves it so. `interrupted` and `partial`
 * can be gone on with. `applied` is whole, `failed` wrote nothing, `closed` was partial and given up by a later run.
 */
export type RunState = 'opening' | 'running' | 'interrupted' | 'partial' | 'applied' | 'failed' | 'closed';

/** Whether a run stopped part-way and can be gone on with. */
export function isOpen(run: Run | undefined): run is Run {
  return run !== undefined && ['opening', 'running', 'interrupted', 'partial'].includes(run.state);
}

export interface Run {
  readonly run: number;
  readonly kind: PlanKind;
  readonly state: RunState;
  readonly by: string;
  readonly host: string;
  readonly commit: string | null;
  readonly tool: string;
  readonly desired: string;
  readonly checksum: string;
  /** Milliseconds since 1970, by the server's clock; null while it runs. */
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly steps: { readonly done: number; readonly total: number };
  readonly documents: number;
  /** Documents that came late; null where they could not be counted. */
  readonly late: number | null;
  /** The run whose work this one goes on with. */
  readonly continues: number | null;
  readonly message: string | null;
  /** When what it kept to be rolled back with was forgotten, and by whom; null: it was not. */
  readonly purgedAt: number | null;
  readonly purgedBy: string | null;
}

/** Where a run that stopped part-way stands, by address. */
export interface Unsettled {
  readonly done: readonly string[];
  /** Begun: whoever goes on, or takes it back, reads from the server what became of it. */
  readonly unknown: readonly string[];
  readonly left: readonly string[];
}

/** What can still be taken back of a run. */
export interface WayBack {
  /**
   * `nothing`: it changed nothing. `partly`: all but what is `blocked`. `with-later`: only together with the runs after it.
   * `purged`, `impossible`: none of it.
   */
  readonly state: 'possible' | 'partly' | 'with-later' | 'taken-back' | 'purged' | 'impossible' | 'nothing';
  /** The rollback that took it, or something of it, back. */
  readonly by: number | null;
  /** Addresses for which nothing is kept, or that later runs changed. */
  readonly blocked: readonly string[];
  /** The runs that changed something of it since: it is refused alone, and not together with them. */
  readonly later: readonly number[];
  /** Addresses for which nothing is kept by this run or one after it: they stay as they are when all are taken back. */
  readonly lost: readonly string[];
}

/** Who holds the lock, as others are shown it. */
export interface Owner {
  /** Unique to one try; `unlock` takes it. */
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly user: string;
  /** A link to the CI job, where there is one. */
  readonly link: string | null;
  /** The server session of its transactions, as hex. */
  readonly session: string | null;
  /** The run that it is at work on; null before one is opened. */
  readonly run: number | null;
}

export interface LockState {
  /** Of the records in this database; a newer one than this version knows may only be read. */
  readonly format: number;
  /** A newer version than this one keeps its records here. */
  readonly newer: boolean;
  readonly token: number;
  /** Null where it is free, and where the document is malformed. */
  readonly owner: Owner | null;
  /** By the server's clock. */
  readonly expired: boolean;
  /** Under which `unlock` frees it; null where nobody has it. */
  readonly unlockId: string | null;
  /** Milliseconds since 1970 by the server's clock. */
  readonly leaseUntil: number;
}

/** Who is changing the database at this moment. */
export interface InProgress {
  readonly owner: Owner;
  /** Null while it plans, before its run is opened. */
  readonly run: number | null;
  /** Milliseconds since 1970, by the server's clock. */
  readonly since: number | null;
}

export function describeOwner({ user, host, pid, run, link }: Owner): string {
  const known = [`process ${pid}`, ...(run === null ? [] : [`run ${run}`]), ...(link === null ? [] : [link])];
  return `${user}@${host} (${known.join(', ')})`;
}

/** Who holds a lock; a malformed document counts as held. */
export function describeHolder({ owner }: Pick<LockState, 'owner'>): string {
  return owner === null ? 'an unreadable lock document' : describeOwner(owner);
}

/** How a lock that is held is freed by hand; the lease of a holder runs out by itself, a document that names none has no lease. */
export function wayToFree({ owner, unlockId }: Pick<LockState, 'owner' | 'unlockId'>): string {
  const when = owner === null ? 'if nobody is at work here' : 'if it is dead';
  return `${when}: schemactl unlock ${shellWord(unlockId ?? '')}`;
}
