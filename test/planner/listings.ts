import { collectionFromListing, indexFromListing } from '../../src/state/normalise.ts';
import type { CollectionState } from '../../src/state/types.ts';
import { type Doc, docOf, int, type Value } from '../../src/state/value.ts';

/** A collation as servers list it. */
export const expanded = (locale: string, more: Readonly<Record<string, Value>> = {}): Doc =>
  new Map<string, Value>([
    ['locale', locale],
    ...Object.entries({
      caseLevel: false,
      caseFirst: 'off',
      strength: int(3),
      numericOrdering: false,
      alternate: 'non-ignorable',
      maxVariable: 'punct',
      normalization: false,
      backwards: false,
      ...more,
    }),
    ['version', '57.1'],
  ]);

/** An entry of listIndexes. */
export const listedIndex = (name: string, key: Doc, more: Readonly<Record<string, Value>> = {}): Doc =>
  new Map<string, Value>([['v', int(2)], ['key', key], ['name', name], ...Object.entries(more)]);

/** The collection `c` as listed. */
export function live(options: Doc, indexes: readonly Doc[] = [], type = 'collection'): CollectionState {
  return collectionFromListing(docOf({ name: 'c', type, options }), indexes.map(indexFromListing));
}
