import type { CollectionState, CollectionType, FieldDeclaration } from '../state/types.ts';
import type { Doc } from '../state/value.ts';
import type { EditAction, FieldPath, NamedIndex } from './operation.ts';

interface ChangeBase {
  readonly address: string;
  readonly collection: string;
  readonly milestone: string | null;
  readonly reason: string;
  /** The recorded steps that this change takes back; empty in a plan from a schema. */
  readonly reverts: readonly StepRef[];
}

/** A step of a recorded run. */
export interface StepRef {
  readonly run: number;
  readonly unit: string;
  readonly step: string;
}

/** A collection appears (`before` null) or goes (`after` null). */
export interface CollectionChange extends ChangeBase {
  readonly kind: 'collection';
  readonly before: CollectionState | null;
  readonly after: CollectionState | null;
  /** Of the live collection that goes. */
  readonly uuid: string | null;
  /** Where the collection lies while it is dropped: the trash it goes into, or comes back from. */
  readonly trash: string | null;
  /** True where our own run created it, so that only what came since is lost. */
  readonly ownWork: boolean;
}

/** A collection gets another name; `collection` is the new one. */
export interface RenameChange extends ChangeBase {
  readonly kind: 'rename';
  readonly from: string;
  readonly state: CollectionState;
  readonly uuid: string | null;
}

/** Options that only a new collection can have: the documents are copied into one, which takes the old one's place. */
export interface RecreateChange extends ChangeBase {
  readonly kind: 'recreate';
  /** The collection as it is and as it will be, its indexes included. */
  readonly before: CollectionState;
  readonly after: CollectionState;
  /** Views and time series have none. */
  readonly uuid: string | null;
}

/** Options of a collection that collMod changes. */
export interface OptionsChange extends ChangeBase {
  readonly kind: 'options';
  readonly type: CollectionType;
  /** All options of the collection, as they are listed and as they will be. */
  readonly before: CollectionState['options'];
  readonly after: CollectionState['options'];
  readonly ownWork: boolean;
}

/** A validator appears, goes, or changes. */
export interface ValidatorChange extends ChangeBase {
  readonly kind: 'validator';
  readonly before: Doc | null;
  readonly after: Doc | null;
  readonly ownWork: boolean;
}

/** What the fields of a time series are. */
export interface Series {
  readonly time: string;
  readonly meta: string | null;
}

/** An index appears, goes, or changes; both sides in canonical form. */
export interface IndexChange extends ChangeBase {
  readonly kind: 'index';
  readonly before: NamedIndex | null;
  readonly after: NamedIndex | null;
  /** Where a choice exists; `planner/routes.ts` says which is possible. */
  readonly route: Route;
  /** The index that stands in meanwhile; null on any route but `bridge`. */
  readonly bridge: NamedIndex | null;
  /** What the fields are of the time series that it is built on. */
  readonly series: Series | null;
  /** The server's version, which says what it can hold side by side. */
  readonly version: string;
  /** Whether planned drops must make room first: a collection has 64 indexes at most. */
  readonly dropsFirst: boolean;
  readonly ownWork: boolean;
}

export type Route = 'in-place' | 'swap' | 'bridge' | 'gap';

/** The types that a field is declared to hold. */
export type Declares = Pick<FieldDeclaration, 'types' | 'nullable'>;

/** What documents hold in a field changes, as it is declared. */
export interface EditChange extends ChangeBase {
  readonly kind: 'edit';
  readonly path: FieldPath;
  readonly action: Exclude<EditAction, { readonly kind: 'restore' }>;
  /** What the field may hold by its declaration; null: whatever. */
  readonly declares: Declares | null;
  /** What the server holds every written document to: the validator in force, and the collection's indexes. */
  readonly held: { readonly validator: Doc | null; readonly indexes: readonly NamedIndex[]; readonly capped: boolean };
}

/** One field change of a recorded pass is taken back, in exactly the documents it changed. */
export interface RestoreChange extends ChangeBase {
  readonly kind: 'restore';
  readonly path: FieldPath;
  readonly action: Extract<EditAction, { readonly kind: 'restore' }>;
  /** What was declared of the field, and whether this does that again: a rollback that is itself taken back. */
  readonly was: EditChange['action']['kind'];
  readonly again: boolean;
  readonly pass: { readonly run: number; readonly unit: string };
  /** How many documents the recorded pass changed by this edit. */
  readonly documents: number;
  /** About what taking it back keeps itself: the same values the other way round. */
  readonly undoBytes: number;
  /** Whether a date may be among the values that come back; those that were converted to dates are none. */
  readonly mayBeDates: boolean;
  /** The indexes of the collection, as they are. */
  readonly indexes: readonly NamedIndex[];
}

export type Change =
  | CollectionChange
  | RenameChange
  | RecreateChange
  | OptionsChange
  | ValidatorChange
  | IndexChange
  | EditChange
  | RestoreChange;
export type ChangeKind = Change['kind'];
export type ChangeOf<K extends ChangeKind> = Extract<Change, { readonly kind: K }>;
