import type { PlanKind } from './types.ts';

/** Of which runs what they kept is to be forgotten. */
export type WhichUndo =
  | { readonly kind: 'older'; readonly milliseconds: number }
  | { readonly kind: 'run'; readonly run: number }
  | { readonly kind: 'all' }
  | { readonly kind: 'none' };

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

/** A copy of a collection that an overtaken process left; whatever runs are chosen, it goes. */
export interface LeftoverCopy {
  readonly name: string;
  readonly documents: number;
}

export interface PurgePlan {
  readonly database: string;
  /** Runs that keep anything, oldest first. */
  readonly runs: readonly PurgedRun[];
  readonly leftovers: readonly LeftoverCopy[];
}
