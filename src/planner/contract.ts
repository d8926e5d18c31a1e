import type { Operation as PatchOperation } from 'fast-json-patch';
import type { SourcePosition } from '../state/types.ts';
import type { Value } from '../state/value.ts';
import type { ChangeKind, Route, StepRef } from './change.ts';
import type { EditAction, FieldPath, Operation } from './operation.ts';

/** What a plan may do to people's data or indexes; blocks until it is allowed by name. */
export interface Hazard {
  readonly code: HazardCode;
  readonly address: string;
  readonly message: string;
  /** Documents concerned, where they can be counted. */
  readonly count?: number;
}

/** How a hazard is counted again just before the plan runs. */
export interface Recount {
  readonly code: HazardCode;
  readonly address: string;
  readonly collection: string;
  readonly count: number;
  /** Yields nothing, or one document `{ n }`. */
  readonly pipeline: readonly Value[];
}

export const hazardCodes = [
  'drop-collection',
  'breaks-view',
  'recreate-collection',
  'drop-index',
  'index-gap',
  'drop-field',
  'convert-type',
  'tighten-validator',
  'ttl-expiry',
  'rewrite-large',
  'empty-target',
  'shrink-capped',
  'unmanaged-prune',
  'no-undo',
] as const;

export type HazardCode = (typeof hazardCodes)[number];

/** What today's data does not allow; nothing helps but the data. */
export interface Violation {
  readonly code:
    | 'duplicate'
    | 'validator'
    | 'parallel-arrays'
    | 'not-indexable'
    | 'rename-collision'
    | 'not-convertible'
    | 'ambiguous-match'
    | 'repeated-name'
    | 'not-sendable'
    | 'too-large';
  readonly address: string;
  readonly message: string;
  readonly count: number;
  /** Up to five ids. */
  readonly sample: readonly Value[];
}

/** Worth knowing; never blocks. */
export interface Note {
  readonly code:
    | 'missing-support-index'
    | 'unmatched'
    | 'undeclared-value'
    | 'index-renamed'
    | 'index-being-built'
    | 'newer-server'
    | 'standalone'
    | 'writes-refused'
    | 'made-again'
    | 'validator-warns';
  readonly address: string;
  readonly message: string;
}

/** How a step is undone. */
export type Reversal =
  | { readonly kind: 'exact'; readonly undoBytes: number }
  | { readonly kind: 'lossy'; readonly lost: string; readonly undoBytes: number }
  | { readonly kind: 'impossible'; readonly reason: string };

export interface Estimate {
  /** Documents a step writes, or an index build reads. */
  readonly documents: number;
  /** False where the count was estimated from a sample. */
  readonly exact: boolean;
  readonly bytes: number;
  /** How long it is expected to take, from a short probe of the server; left out where none was made. */
  readonly seconds?: number;
}

export type Action = 'create' | 'update' | 'replace' | 'delete' | 'write';

/** What people review: one object, one change. */
export interface Step {
  readonly id: string;
  readonly address: string;
  readonly collection: string;
  readonly action: Action;
  /** What is done, in one word: `createIndex`, `backfill`, … */
  readonly kind: string;
  readonly change: ChangeKind;
  readonly route: Route | null;
  readonly reason: { readonly code: string };
  readonly dependsOn: readonly string[];
  readonly source: string | null;
  readonly milestone: string | null;
  readonly before: unknown;
  readonly after: unknown;
  /** RFC 6902 on the state document. */
  readonly patch: readonly PatchOperation[];
  readonly hazards: readonly Hazard[];
  readonly violations: readonly Violation[];
  readonly notes: readonly Note[];
  readonly estimate: Estimate | null;
  readonly reversal: Reversal;
  readonly reverts: readonly StepRef[];
}

/** What runs and is journalled as one: a collection, a pass, a grouped build. */
export interface Unit {
  readonly id: string;
  readonly collection: string;
  readonly steps: readonly string[];
  readonly operations: readonly Operation[];
}

/** What is declared of documents and had nothing to do in any of them when it was planned: it is recorded without a step. */
export interface SettledEdit {
  readonly address: string;
  readonly collection: string;
  readonly path: FieldPath;
  readonly action: EditAction;
}

export type LedgerKind = 'collection' | 'validator' | 'index' | 'field' | 'link' | 'check';

/** One managed address as it was, or will be, applied. */
export interface LedgerEntry {
  readonly address: string;
  readonly collection: string;
  readonly kind: LedgerKind;
  /** Canonical text of the declaration; equal text, nothing new declared. */
  readonly definition: string;
  /** The name on the server, for an index. */
  readonly live: string | null;
  readonly milestone: string | null;
}

export interface Target {
  readonly database: string;
  readonly server: string;
  readonly topology: string;
  readonly identity: string;
}

export interface Precondition {
  readonly collection: string;
  readonly uuid: string | null;
  readonly fingerprint: string;
  /** The same, part by part, to say what moved: `options`, `validator`, `indexes.NAME`. */
  readonly parts: Readonly<Record<string, string>>;
  /** Of what the ledger holds of the collection: a plan that was carried out does not fit a second time. */
  readonly applied: string;
}

export interface Summary {
  readonly create: number;
  readonly update: number;
  readonly replace: number;
  readonly delete: number;
  readonly write: number;
  readonly unmanaged: number;
}

/** What was selected from the schema; part of a plan, so that a run can be gone on with. */
export interface Selection {
  readonly only: readonly string[];
  readonly exclude: readonly string[];
  readonly milestone: string | null;
  readonly through: string | null;
}

/** Format 1, the contract between `plan`, reviewers and `apply`. */
export interface Plan {
  readonly formatVersion: 1;
  readonly tool: string;
  readonly createdAt: string;
  readonly kind: 'apply' | 'rollback';
  readonly target: Target;
  /** Fingerprint of the desired state: schema and selection, or the runs to take back. */
  readonly desired: string;
  readonly selection: Selection;
  readonly checkData: CheckData;
  readonly noop: boolean;
  readonly allow: readonly string[];
  readonly summary: Summary;
  /** How many declared objects need nothing. */
  readonly unchanged: number;
  /** Documents in each collection the plan touches; views hold none. */
  readonly documents: Readonly<Record<string, number>>;
  readonly preconditions: readonly Precondition[];
  readonly hazards: readonly Hazard[];
  readonly recounts: readonly Recount[];
  readonly violations: readonly Violation[];
  readonly notes: readonly Note[];
  readonly unmanaged: readonly string[];
  /** Counted again where the plan ends: what came meanwhile is late. Plans of earlier builds do not have it. */
  readonly settled?: readonly SettledEdit[];
  readonly ownership: { readonly adopt: readonly string[]; readonly release: readonly string[] };
  /** What the ledger records: with the step of that address, or at once where none is needed. */
  readonly ledger: readonly LedgerEntry[];
  /** The recorded steps that this plan takes back, also those that need no step for it; empty for an apply. */
  readonly reverts: readonly StepRef[];
  readonly steps: readonly Step[];
  readonly units: readonly Unit[];
  readonly checksum: string;
}

export type CheckData = 'full' | 'fast' | 'none';

export function sourceText(position: SourcePosition | undefined): string | null {
  return position === undefined ? null : `${position.file}:${position.line}`;
}
