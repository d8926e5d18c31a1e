import type { Change, ChangeKind, ChangeOf } from '../change.ts';
import { collectionFamily } from './collections/collection.ts';
import type { Family } from './family.ts';
import { editFamily } from './fields/edit.ts';
import { restoreFamily } from './fields/restore.ts';
import { indexFamily } from './indexes/index.ts';
import { recreateFamily } from './collections/recreate.ts';
import { renameFamily } from './collections/rename.ts';
import { optionsFamily } from './collections/modify.ts';
import { validatorFamily } from './validators/validator.ts';

/** One family a kind of change; a forgotten kind does not compile. */
export const families: { readonly [K in ChangeKind]: Family<ChangeOf<K>> } = {
  collection: collectionFamily,
  rename: renameFamily,
  recreate: recreateFamily,
  options: optionsFamily,
  validator: validatorFamily,
  index: indexFamily,
  edit: editFamily,
  restore: restoreFamily,
};

/** The family of a change. A registry entry takes its own kind alone, which the type of the whole cannot say. */
export function familyOf<C extends Change>(change: C): Family<C> {
  return families[change.kind] as unknown as Family<C>;
}
