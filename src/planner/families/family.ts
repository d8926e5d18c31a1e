import type { Operation as PatchOperation } from 'fast-json-patch';
import { escapedName } from '../../state/encode.ts';
import type { Value } from '../../state/value.ts';
import type { Change, Route } from '../change.ts';
import type { Action, Estimate, Hazard, Note, Reversal, Violation } from '../contract.ts';
import type { FieldPath, Operation } from '../operation.ts';
import type { Facts, Question } from '../questions.ts';

export interface PlanContext {
  readonly database: string;
  /** The server's version, for what it knows and how it compares. */
  readonly version: string;
  readonly mode: 'transaction' | 'plain';
  /** False where nothing is kept to take rewritten documents back with (`--no-undo`). */
  readonly undo: boolean;
  /** Null where the data was not asked (`--check-data none`). */
  readonly facts: Facts | null;
  /** Everything the plan changes. */
  readonly changes: readonly Change[];
}

/** A hazard with how to count it again just before the plan runs, where it has a count. */
export interface CountedHazard extends Hazard {
  readonly recount?: readonly Value[];
}

/** What people read of one change. */
export interface Review {
  readonly action: Action;
  readonly kind: string;
  readonly route: Route | null;
  readonly before: unknown;
  readonly after: unknown;
  readonly hazards: readonly CountedHazard[];
  readonly violations: readonly Violation[];
  readonly notes: readonly Note[];
  readonly estimate: Estimate | null;
  readonly reversal: Reversal;
}

export interface Lowered<C extends Change> {
  readonly change: C;
  readonly step: string;
}

/** Everything the planner knows of one kind of change, on one screen. */
export interface Family<C extends Change> {
  /** Changes that must be done before this one: a selection takes them along. */
  needs(change: C, others: readonly Change[]): readonly Change[];
  /** Changes that come before this one where both are in the plan; without them it is judged on what stands. */
  follows?(change: C, others: readonly Change[]): readonly Change[];
  /** What the data must be asked before the change can be judged. */
  questions(change: C, context: PlanContext): readonly Question[];
  review(change: C, context: PlanContext): Review;
  /** RFC 6902 on the state document; empty for a change of documents. */
  patch(change: C): readonly PatchOperation[];
  /** Changes with one key run as one unit. */
  unitKey(change: C, others: readonly Change[]): string;
  lower(changes: readonly Lowered<C>[], context: PlanContext): readonly Operation[];
}

/** A JSON pointer (RFC 6901) into the encoded state document. */
export function pointer(...parts: readonly string[]): string {
  return parts.map((part) => `/${escapedName(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** Whether this plan drops the collection, which then serves every change within it. */
export function isDropped(collection: string, changes: readonly Change[]): boolean {
  return changes.some(
    (other) => other.kind === 'collection' && other.after === null && other.collection === collection,
  );
}

/** Whether this plan creates the collection, or brings it back from the trash. */
export function isCreated(collection: string, changes: readonly Change[]): boolean {
  return creationOf(collection, changes).some(({ kind }) => kind === 'collection');
}

/** The change that creates the collection, brings it back, makes it anew or gives it its name: what everything within it needs. */
export function creationOf(collection: string, changes: readonly Change[]): readonly Change[] {
  return changes.filter(
    (other) =>
      (other.kind === 'recreate' || other.kind === 'rename' || (other.kind === 'collection' && other.after !== null)) &&
      other.collection === collection,
  );
}

export const dropKey = (collection: string): string => `drop ${collection}`;

export function documentsOf(collection: string, facts: Facts | null): number {
  return facts?.documents.get(collection) ?? 0;
}

/** How long a rewrite of so many documents is expected to take, to a tenth of a second. */
export function secondsOf(collection: string, documents: number, facts: Facts | null): { readonly seconds?: number } {
  const pace = facts?.pace?.get(collection);
  return pace === undefined ? {} : { seconds: Math.ceil(documents * pace * 10) / 10 };
}

/** An ObjectId in an undo chunk of some thousand: measured on 6.0.5. */
export const undoBytesPerDocument = 18;

/** What a rewrite without undo data cannot promise. */
export const notKept = {
  kind: 'impossible',
  reason: 'planned with --no-undo: nothing is kept to take it back with',
} as const;

export const exactly = (undoBytes = 0): Reversal => ({ kind: 'exact', undoBytes });

/** About what a field adds to a document: its name, and its value as text. */
export function nameBytes(path: FieldPath, value: Value): number {
  const text = typeof value === 'string' ? value.length + 5 : value === null ? 0 : 8;
  return (path.at(-1)?.length ?? 0) + 2 + text;
}
