import type { Database } from '../database/port.ts';
import type { Lock } from './lock.ts';
import type { RunEvent } from '../report/events.ts';
import type { Throttle } from './throttle.ts';

/** What every operation of a run needs. */
export interface RunContext {
  readonly db: Database;
  readonly lock: Lock;
  readonly run: number;
  readonly emit: (event: RunEvent) => void;
  /** Aborted by the first Ctrl-C: what runs is finished, nothing new begins. */
  readonly signal: AbortSignal;
  /** The collection of the unit that runs, and the UUID that it must have; null: none is known. */
  readonly guard?: { readonly collection: string; readonly uuid: string | null };
  /** Milliseconds one operation may take; null: no limit. */
  readonly stepTimeoutMs: number | null;
  readonly throttle: Throttle;
}
