import { emitCollection } from './emit.ts';
import type { CollectionDeclaration } from './types.ts';
import { type Out, writeYaml } from './yaml/write.ts';

/** A collection in a schema file of its own, with what people should read beside it. */
export interface CollectionFile {
  /** Null: the file only holds comments. */
  readonly collection: CollectionDeclaration | null;
  /** Comment lines above everything. */
  readonly head: readonly string[];
  /** Comment lines below what is declared of the collection. */
  readonly notes: readonly string[];
}

const comment = (lines: readonly string[]): Out => ({ comment: lines });

/** Levels whose entries never share a line: the file, `collections`, a collection. */
const blockLevels = 3;

/** A schema file with one collection. Parsing it gives an equal one; comments cannot change what it means. */
export function emitCollectionFile({ collection, head, notes }: CollectionFile): string {
  const file = (...members: readonly (readonly [string, Out])[]): string =>
    writeYaml(new Map<string, Out>([['head', comment(head)], ['version', '1'], ...members]), blockLevels);
  if (collection === null) return file(['collections', new Map()], ['notes', comment(notes)]);
  const declared = emitCollection(collection);
  // A map that is written as {} takes no member that somebody uncomments.
  const body = declared.size === 0 && notes.length > 0 ? new Map<string, Out>([['indexes', []]]) : declared;
  // NUL is in no name of the language, so the comment takes no member's place.
  const noted = notes.length === 0 ? body : new Map<string, Out>([...body, ['\0', comment(notes)]]);
  return file(['collections', new Map([[collection.name, noted]])]);
}

/** A collection as it would stand in a schema file, in lines. */
export function collectionLines(collection: CollectionDeclaration): readonly string[] {
  return linesOf(new Map([[collection.name, emitCollection(collection)]]));
}

/** What is declared of a collection, without its name. */
export function bodyLines(collection: CollectionDeclaration): readonly string[] {
  return linesOf(emitCollection(collection));
}

const linesOf = (out: Out): readonly string[] => writeYaml(out, 0).trimEnd().split('\n');
