import type { Change, ChangeOf } from '../../change.ts';
import type { FieldPath, NamedIndex } from '../../operation.ts';
import { namesOf, overlap } from '../../rewrite/path.ts';
import { isBridge } from '../indexes/bridge.ts';
import { fieldsReadBy } from '../indexes/reads.ts';
import { placesOf } from './places.ts';

type EditChange = ChangeOf<'edit'>;

/** Whether an index reads one of these places: by its key, its filter, or the language of its texts. */
export const readsAny = (index: NamedIndex, places: readonly FieldPath[]): boolean =>
  fieldsReadBy(index).some((field) => places.some((place) => overlap(namesOf(place), field.split('.'))));

/** Whether an edit changes only what stands in the key of an index, not which documents are in it. */
export const changesKeyAlone = (index: NamedIndex, change: EditChange): boolean =>
  !readsAny({ ...index, key: [] }, placesOf(change));

/** An index that goes and reads one of these places: it would refuse values there, or delete documents. */
export const isReadingDrop = (change: Change, places: readonly FieldPath[]): change is ChangeOf<'index'> =>
  change.kind === 'index' &&
  change.before !== null &&
  change.after === null &&
  !isBridge(change.before.name) &&
  readsAny(change.before, places);

/** Whether an index goes before an edit, unless its own milestone comes later. */
export const makesWay = (other: Change, change: EditChange): other is ChangeOf<'index'> =>
  [null, change.milestone].includes(other.milestone) && isReadingDrop(other, placesOf(change));

/** The indexes but for those that go. */
export function without(indexes: readonly NamedIndex[], drops: readonly ChangeOf<'index'>[]): readonly NamedIndex[] {
  const gone = new Set(drops.map(({ before }) => before?.name));
  return indexes.filter(({ name }) => !gone.has(name));
}

/** Indexes that read what an edit writes and are there while its pass runs. */
export function standingIndexes(change: EditChange, changes: readonly Change[]): readonly NamedIndex[] {
  const within = changes.filter(({ collection }) => collection === change.collection);
  const drops = within.filter((other) => makesWay(other, change));
  return without(change.held.indexes, drops).filter((index) => readsAny(index, placesOf(change)));
}
