import { indexName } from '../state/address.ts';
import { record } from '../state/normalise.ts';
import type { CollectionDeclaration, CollectionState, DatabaseState, Schema } from '../state/types.ts';
import { isOwn } from './diff.ts';
import { withInherited } from './families/indexes/pair.ts';

/** A structure to be compared: a database's, or the one that a schema would make in an empty database. */
export interface Structure {
  readonly state: DatabaseState;
  /** Whether somebody gave the index its name; a generated one tells nothing. */
  readonly isNamed: (collection: string, index: string) => boolean;
}

/** The structure of a database, without our own collections. */
export function liveStructure({ collections }: DatabaseState): Structure {
  const foreign = Object.entries(collections).filter(([name]) => !isOwn(name));
  return { state: { collections: record(foreign) }, isNamed: () => true };
}

function made({ type, options, validation, indexes }: CollectionDeclaration): CollectionState {
  const present = indexes.filter(({ absent }) => !absent);
  return {
    type,
    options,
    validator: validation?.validator ?? null,
    indexes: record(
      present.map((index) => [index.name ?? indexName(index.key), withInherited(index, options['collation'])]),
    ),
  };
}

/** The structure that a schema would make in an empty database. */
export function declaredStructure({ collections }: Schema): Structure {
  const present = collections.filter(({ absent }) => !absent);
  const given = new Set(
    present.flatMap(({ name, indexes }) =>
      indexes.flatMap((index) => (index.name === null ? [] : `${name}\0${index.name}`)),
    ),
  );
  return {
    state: { collections: record(present.map((declaration) => [declaration.name, made(declaration)])) },
    isNamed: (collection, index) => given.has(`${collection}\0${index}`),
  };
}
