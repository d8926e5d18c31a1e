import { type Doc, docOf, type Value } from '../../../state/value.ts';
import type { NamedIndex } from '../../operation.ts';

/** An index as createIndexes takes it. */
export function specOf(index: NamedIndex): Doc {
  return new Map<string, Value>([
    ['key', new Map(index.key)],
    ['name', index.name],
    ...Object.entries(index.options).map(([name, value]) => [name, value] as const),
  ]);
}

export function createIndexes(collection: string, indexes: readonly NamedIndex[]): Doc {
  return docOf({ createIndexes: collection, indexes: indexes.map(specOf) });
}

/** Always by name: keys can be ambiguous (181), and a text index's key is not accepted. */
export function dropIndexes(collection: string, names: readonly string[]): Doc {
  return docOf({ dropIndexes: collection, index: names });
}
