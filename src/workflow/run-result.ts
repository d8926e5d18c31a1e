import { exitCodes, type ExitCode, type SchemactlError } from '../errors.ts';
import type { Pace } from '../applier/throttle.ts';
import type { RunEvent } from '../report/events.ts';
import type { Owner } from '../state/runs.ts';

export interface RunOptions {
  readonly owner: Owner;
  readonly commit: string | null;
  /** After how long without a sign of life the holder of the lock counts as dead, in milliseconds. */
  readonly leaseMs: number;
  /** How long to wait for the lock, in milliseconds. */
  readonly waitMs: number;
  /** How long one operation may take, in milliseconds; null: no limit. */
  readonly stepTimeoutMs: number | null;
  /** How fast documents are rewritten; left out: as fast as they can be. */
  readonly throttle?: Pace;
  /** What older runs kept to be rolled back with is forgotten after so many milliseconds; null: never; left out: 30 days. */
  readonly retentionMs?: number | null;
  /** Aborted to stop in an orderly way: what runs is finished, nothing new begins. */
  readonly signal: AbortSignal;
  readonly emit: (event: RunEvent) => void;
}

export interface RunResult {
  /** Null where nothing was to be done, so no run was made. */
  readonly run: number | null;
  readonly outcome: 'noop' | 'recorded' | 'applied' | 'interrupted' | 'failed' | 'partial' | 'unverified';
  readonly exitCode: ExitCode;
  readonly error: SchemactlError | null;
  readonly steps: { readonly done: number; readonly left: number };
  readonly documents: number;
  /** Null where they could not be counted. */
  readonly late: number | null;
  readonly seconds: number;
  /** Addresses of what it did for which nothing was kept to take it back with. */
  readonly irreversible: readonly string[];
}

export const nothingDone: RunResult = {
  run: null,
  outcome: 'noop',
  exitCode: exitCodes.done,
  error: null,
  steps: { done: 0, left: 0 },
  documents: 0,
  late: 0,
  seconds: 0,
  irreversible: [],
};

/** What a run says last. */
export function doneEvent({
  run,
  outcome,
  exitCode,
  steps,
  late,
  seconds,
  documents,
  irreversible,
}: RunResult): Extract<RunEvent, { event: 'done' }> {
  return { event: 'done', run, outcome, exitCode, steps, late, seconds, documents, irreversible };
}
