import type { CollectionDeclaration, CollectionType } from '../../state/types.ts';
import type { Refused } from './accept.ts';

/** One live collection as a schema file. */
export interface ImportedCollection {
  readonly name: string;
  /** The name of its file. */
  readonly file: string;
  readonly text: string;
  readonly type: CollectionType;
  /** Null where not even the collection could be declared; the file then only says so. */
  readonly declared: CollectionDeclaration | null;
  /** What the language cannot say; it stands in the file as a comment. */
  readonly refused: readonly Refused[];
}

/** A live database as schema files. */
export interface Imported {
  /** Sorted by name. */
  readonly collections: readonly ImportedCollection[];
  /** What a plan from these files would change, which it should not: addresses, or sentences. */
  readonly differing: readonly string[];
}
