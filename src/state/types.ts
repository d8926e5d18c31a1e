import type { Doc, Value } from './value.ts';

/** Key fields in order, each with its direction or kind (`1`, `-1`, `text`, `hashed`, …). */
export type IndexKey = readonly (readonly [field: string, direction: Value])[];

/**
 * An index as it is declared or listed, without what is the default. Two of them are compared by the canonical form
 * that `planner/families/indexes/options.ts` gives each option.
 */
export interface IndexState {
  readonly key: IndexKey;
  readonly options: Readonly<Record<string, Value>>;
}

export type CollectionType = 'collection' | 'view' | 'timeseries';

/** The structure of one live collection; indexes by live name, `_id_` left out. */
export interface CollectionState {
  readonly type: CollectionType;
  readonly options: Readonly<Record<string, Value>>;
  /** `rule`, `level` and `action` in this order; null where there is none. */
  readonly validator: Doc | null;
  readonly indexes: Readonly<Record<string, IndexState>>;
}

/** The structure of one database, by collection name. */
export interface DatabaseState {
  readonly collections: Readonly<Record<string, CollectionState>>;
}

/** Types a field may have; `number` stands for int, long, double and decimal, `any` for all. */
export const fieldTypes = [
  'string',
  'int',
  'long',
  'double',
  'decimal',
  'number',
  'bool',
  'date',
  'timestamp',
  'objectId',
  'object',
  'array',
  'binary',
  'regex',
  'null',
  'any',
] as const;

export type FieldType = (typeof fieldTypes)[number];

export interface Milestone {
  readonly id: string;
  readonly title: string;
}

/** Rules on the values of a field; `enum` and bounds already have the field's type. */
export interface FieldRules {
  readonly enum?: readonly Value[];
  readonly minimum?: Value;
  readonly maximum?: Value;
  readonly exclusiveMinimum?: Value;
  readonly exclusiveMaximum?: Value;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  /** The name of a built-in or declared format. */
  readonly format?: string;
}

/** One declared field. Nested fields and array items keep their declared order. */
export interface FieldDeclaration {
  readonly name: string;
  readonly description: string | null;
  readonly types: readonly FieldType[];
  readonly required: boolean;
  readonly nullable: boolean;
  /** What documents that lack the field get; already of the declared type. Undefined: no default. */
  readonly default: Value | undefined;
  /** An aggregation expression: what documents that lack the field get, where it yields anything. */
  readonly compute: Value | undefined;
  /** Whether stored values of another type are converted to the declared one. */
  readonly convert: boolean;
  /** The former name of the field, beside it in the same object. */
  readonly renamedFrom: string | null;
  /** The field must not be there. */
  readonly absent: boolean;
  readonly milestone: string | null;
  readonly rules: FieldRules;
  /** Of an object. */
  readonly fields: readonly FieldDeclaration[];
  /** Of an array; its `name` is empty. */
  readonly items: FieldDeclaration | null;
}

/** One declared index. `name` is null where the declaration gives none. */
export interface IndexDeclaration extends IndexState {
  readonly name: string | null;
  readonly milestone: string | null;
  /** The index must not be there. */
  readonly absent: boolean;
}

/** The validator that a collection must have: built from its fields, or written raw. */
export interface ValidationDeclaration {
  readonly source: 'fields' | 'raw';
  /** `rule`, `level` and `action`, as in `CollectionState`; null: there must be none. */
  readonly validator: Doc | null;
  readonly milestone: string | null;
}

export type Severity = 'critical' | 'high' | 'medium' | 'low';

/** How a link's field is filled where it is null or missing: from the one document of the target that matches. */
export interface Population {
  /** Fields of the collection, each with the field of the target that must be equal; dotted paths, in order. */
  readonly match: readonly (readonly [own: string, other: string])[];
  /** A filter on the documents of the target. */
  readonly where: Doc | null;
  /** Several matches: left alone, or a violation. */
  readonly ambiguous: 'skip' | 'fail';
}

export interface LinkDeclaration {
  readonly name: string;
  readonly field: string;
  readonly target: { readonly collection: string; readonly field: string };
  readonly optional: boolean;
  readonly severity: Severity;
  /** Whether an index on the field is planned where none supports it. */
  readonly index: boolean;
  readonly populate: Population | null;
  readonly milestone: string | null;
}

/** A named data rule, as written; compiled by `check`. */
export interface CheckDeclaration {
  readonly name: string;
  readonly description: string | null;
  readonly severity: Severity;
  readonly rule: Doc;
}

export type Unmanaged = 'report' | 'ignore' | 'prune';

export interface CollectionDeclaration {
  readonly name: string;
  readonly description: string | null;
  readonly mustExist: boolean;
  readonly protect: boolean;
  readonly unmanaged: Unmanaged;
  readonly milestone: string | null;
  /** The collection's former name. */
  readonly renamedFrom: string | null;
  /** The collection must not be there; nothing else is declared of it then. */
  readonly absent: boolean;
  readonly type: CollectionType;
  /** The options that are declared, as written; what is not here is unmanaged. */
  readonly options: Readonly<Record<string, Value>>;
  /** Null: the validator is unmanaged. */
  readonly validation: ValidationDeclaration | null;
  readonly fields: readonly FieldDeclaration[];
  readonly indexes: readonly IndexDeclaration[];
  readonly links: readonly LinkDeclaration[];
  readonly checks: readonly CheckDeclaration[];
}

/** What the YAML files declare, merged and canonical. Collections are sorted by name. */
export interface Schema {
  readonly milestones: readonly Milestone[];
  readonly formats: Readonly<Record<string, string>>;
  /** Of collections that are not declared; each declared one says its own. */
  readonly unmanaged: Unmanaged;
  readonly collections: readonly CollectionDeclaration[];
}

/** Where a declaration stands; line and column count from 1. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Positions by address, apart from the schema so that equality stays clean. */
export type SourceMap = ReadonlyMap<string, SourcePosition>;

/** What a plan is for, and a run was: bringing a database to its schema, or taking runs back. */
export type PlanKind = 'apply' | 'rollback';
