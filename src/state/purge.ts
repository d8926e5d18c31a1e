import type { PlanKind } from './types.ts';

/** Of which runs what they kept is to be forgotten. */
export type WhichUndo =
  | { readonly kind: 'older'; readonly milliseconds: number }
  | { readonly kind: 'run'; readonly run: number }
  | { readonly kind: 'all' };

/** A dropped collection, and where it lies. */
export interface TrashedCollection {
  readonly collection: string;
  readonly trash: string;
  readonly documents: number;
}

/** What one run kept to be rolled back with. */
export interface PurgedRun {
  readonly run: number;
  readonly kind: PlanKind;
  /** Milliseconds since 1970. */
  readonly endedAt: number | null;
  readonly bytes: number;
  readonly collections: readonly TrashedCollection[];
  /** What can then no longer be taken back; what later runs have taken back is not among it. */
  readonly lost: readonly string[];
}

export interface PurgePlan {
  readonly database: string;
  /** Runs that keep anything, oldest first. */
  readonly runs: readonly PurgedRun[];
}
