import type { CollectionState, FieldType, IndexState } from '../state/types.ts';
import type { Doc, Value } from '../state/value.ts';

/** An index with the name it has, or will have, on the server. */
export interface NamedIndex extends IndexState {
  readonly name: string;
}

/** A read of the server that says whether a command is done; an error code alone never does. */
export type Probe =
  | { readonly kind: 'collection-present'; readonly collection: string; readonly uuid: string | null }
  | { readonly kind: 'collection-absent'; readonly collection: string }
  | { readonly kind: 'options-are'; readonly collection: string; readonly options: CollectionState['options'] }
  | { readonly kind: 'validator-is'; readonly collection: string; readonly validator: Doc | null }
  | { readonly kind: 'indexes-present'; readonly collection: string; readonly indexes: readonly NamedIndex[] }
  | { readonly kind: 'indexes-absent'; readonly collection: string; readonly names: readonly string[] };

/** One server command that changes structure. */
export interface CommandOperation {
  readonly kind: 'command';
  readonly on: 'database' | 'admin';
  readonly body: Doc;
  readonly done: Probe;
}

/** Where a field stands in a document: the names that lead to it; null stands for each item of an array. */
export type FieldPath = readonly (string | null)[];

/** What a document holds at a place: nothing, or one value, which stands in a list so that null is told apart. */
export type Held = readonly [Value] | null;

/** Where the values of a populated field come from: the one document of another collection that matches. */
export interface Join {
  readonly collection: string;
  /** Fields of the rewritten collection, each with the field of the other that must be equal. */
  readonly match: readonly (readonly [own: string, other: string])[];
  readonly where: Doc | null;
  /** The field of the other whose value is taken. */
  readonly take: string;
  /** As in `Former`, of the field that is filled. */
  readonly former?: string;
  /** Whether the server takes `$lookup` with equal fields and a pipeline together (from 5.0). */
  readonly concise: boolean;
  /**
   * Stages that show the other collection as it will be, where that is asked beforehand, and which of the fields compared
   * there they change; left out: it is read as it is.
   */
  readonly ahead?: { readonly stages: readonly Doc[]; readonly changed: readonly string[] } | undefined;
  /** Whether no field of the match after the first holds an array, on either side, as the collections are; left out: nobody knows. */
  readonly isPlain?: boolean;
}

/** A value goes from one name to another within its object; its place among the names is recorded. */
export interface Move {
  readonly from: string;
  readonly to: string;
}

/** What an edit left in the documents that it changed, as far as that is the same in all of them. */
export interface Constant {
  readonly before: Held;
  readonly after: Held;
}

/** The name under which the value may still come: what holds it is left alone, or it would have two. Left out: there is none. */
export interface Former {
  readonly former?: string;
}

/** What is done to one field. */
export type EditAction =
  /** What is missing gets a literal. */
  | ({ readonly kind: 'fill'; readonly value: Value } & Former)
  /** What is missing gets what the expression yields, if anything. */
  | ({ readonly kind: 'compute'; readonly expression: Value } & Former)
  /** A value of another type becomes one of the first of these types that takes it without loss. */
  | { readonly kind: 'convert'; readonly types: readonly FieldType[] }
  /** The value of another name of the same object moves here. */
  | { readonly kind: 'rename'; readonly from: string }
  | { readonly kind: 'remove' }
  /** What is null or missing is filled from another collection; several matches are left alone, or stop the pass. */
  | { readonly kind: 'populate'; readonly join: Join; readonly ambiguous: 'skip' | 'fail' }
  /** What an edit of a recorded pass changed is as before, where what it left still stands. */
  | {
      readonly kind: 'restore';
      /** The position of that edit in its pass. */
      readonly edit: number;
      readonly constant: Constant | null;
      readonly move: Move | null;
      /** Of an edit within an array: its own fields, and all fields that its pass changed in the same array. */
      readonly inArray: { readonly own: readonly FieldPath[]; readonly all: readonly FieldPath[] } | null;
    };

/** One field change within a pass. */
export interface Edit {
  readonly step: string;
  readonly path: FieldPath;
  readonly action: EditAction;
}

/** Which documents a pass looks at: all of the collection, or those that an earlier pass recorded as changed. */
export type Scope =
  | { readonly kind: 'all' }
  | { readonly kind: 'changed-by'; readonly run: number; readonly unit: string };

/** One pass over the documents of a collection. */
export interface RewriteOperation {
  readonly kind: 'rewrite';
  readonly collection: string;
  readonly scope: Scope;
  readonly edits: readonly Edit[];
  /** False where nothing is kept to take it back with (`--no-undo`). */
  readonly undo: boolean;
  /** Transactions are exact and fenced; `plain`, for standalone servers, is neither when a lease runs out. */
  readonly mode: 'transaction' | 'plain';
}

/** A read of what stands against the next operation, just before it. */
export interface AssertOperation {
  readonly kind: 'assert';
  readonly collection: string;
  readonly address: string;
  /** The code of the violation, or of the hazard. */
  readonly code: string;
  /** How many documents a hazard concerned when it was approved; null: of a violation there may be none. */
  readonly approved: number | null;
  /** Yields nothing, or one document `{ n, sample }`. */
  readonly pipeline: readonly Value[];
  /** As those of a question; left out: none. */
  readonly screens?: readonly (readonly Value[])[];
  /** Under which text is compared; null: the collection's own. */
  readonly collation: Doc | null;
  /** What is done first where it finds something: it takes back the operation before. Null: nothing is. */
  readonly otherwise: CommandOperation | null;
}

/**
 * The documents of one collection in a new one, made afresh each time it is begun: create, copy, build, compare.
 * `from` is sealed first; what is deleted from it meanwhile goes from `to` as well.
 */
export interface CopyOperation {
  readonly kind: 'copy';
  readonly from: string;
  readonly to: string;
  /** Where the old collection goes once the new one is made. */
  readonly trash: string;
  /** Makes writes to `from` fail, and what takes that back. */
  readonly seal: CommandOperation;
  readonly unseal: CommandOperation;
  readonly create: Doc;
  readonly indexes: readonly NamedIndex[];
  /** Of the new collection, under which ids are told apart (51183 under another). */
  readonly collation: Doc;
  /** False where the server cannot copy: `$merge` finds no index on `_id` in a clustered collection (51183; 6.0). */
  readonly inServer: boolean;
  /** Whether a cap may leave the oldest documents out, which somebody has allowed; the copy holds nothing else then. */
  readonly mayLose: boolean;
}

/** Everything the applier can do; it knows no kind of schema object. */
export type Operation = CommandOperation | RewriteOperation | CopyOperation | AssertOperation;

/** The structure of one address as it was found, or is to be. */
export type StructureState =
  | { readonly kind: 'collection'; readonly state: CollectionState; readonly uuid: string | null }
  | { readonly kind: 'named'; readonly name: string; readonly uuid: string | null }
  | { readonly kind: 'options'; readonly options: CollectionState['options'] }
  | { readonly kind: 'validator'; readonly validator: Doc | null }
  | { readonly kind: 'index'; readonly state: NamedIndex }
  /** The collection whose documents a pass changes: the same name may later be another collection's. */
  | { readonly kind: 'documents'; readonly uuid: string | null };
