import type { Lab } from './lab.ts';
import type { ServerUse } from './sample.ts';

/** How large a run is. */
export type Mode = 'quick' | 'usual' | 'full';

/** One size at which a row is measured. */
export interface Case {
  readonly label: string;
  /** Collections, or documents. */
  readonly size: number;
  /** Indexes a collection. */
  readonly indexes: number;
}

/** What a case is measured on, as plain data: it goes to the contenders' processes. */
export interface Scene extends Case {
  /** Empty where a row needs no server. */
  readonly uri: string;
  readonly database: string;
  /** A folder of the case's own. */
  readonly folder: string;
}

/** A figure that a round takes itself, in milliseconds, where its own length says nothing. */
export interface Own {
  readonly ownMs: number;
}

/** A contender that has prepared itself. */
export interface Bout {
  /** Restores what a round changes; not measured. */
  readonly reset?: () => Promise<void>;
  /** Its time is what counts, or the figure that it answers as an `Own`. */
  readonly round: () => unknown;
  /** Begins to watch the server; what it answers tells, after the round, what that cost there. */
  readonly watch?: () => Promise<() => Promise<ServerUse>>;
  readonly end?: () => Promise<void>;
}

/** `ours` against what others do (`peer`) and against what no one can undercut (`floor`). */
export type Role = 'ours' | 'peer' | 'floor';

interface ContenderBase {
  readonly name: string;
  readonly role: Role;
  /** One unprepared round is enough for what takes many times as long as the others. */
  readonly once?: true;
}

/** Measured inside a process of its own, which it has to itself. */
export interface InProcess extends ContenderBase {
  readonly open: (scene: Scene) => Promise<Bout>;
}

/** Measured as a whole process: node with these arguments. */
export interface WholeProcess extends ContenderBase {
  readonly command: (scene: Scene) => readonly string[];
}

export type Contender = InProcess | WholeProcess;

/** A ratio in one run, and what it has to be. */
export interface Goal {
  readonly ours: string;
  /** The fastest of these counts. */
  readonly against: readonly string[];
  readonly atMost: number;
}

/** What the largest case of a row may cost, in units of the smallest. */
export interface Growth {
  readonly ours: string;
  readonly what: 'time' | 'memory';
  readonly atMost: number;
}

/** One row of the table of what is measured. */
export interface Row {
  readonly name: string;
  readonly title: string;
  readonly cases: Readonly<Record<Mode, readonly Case[]>>;
  readonly contenders: readonly Contender[];
  readonly goals: readonly Goal[];
  readonly growth: readonly Growth[];
  readonly prepare: (wanted: Case, lab: Lab) => Promise<Scene>;
}
