import { canonicalCollation, simpleCollation } from '../../../state/canonical/collation.ts';
import { type Doc, doc, docOf, int, type Value } from '../../../state/value.ts';
import type { ChangeOf, Change } from '../../change.ts';
import type { NamedIndex } from '../../operation.ts';
import { stagesOf } from '../../rewrite/edits.ts';
import { editsOf, isOver } from '../fields/order.ts';

/** What an index holds of a field: null for a missing one; an empty array is a key of its own (undefined), unlike null. */
const keyValue = (field: string): Value =>
  docOf({
    $cond: [
      docOf({ $eq: [field, []] }),
      [docOf({ $literal: docOf({ emptyArray: true }) })],
      docOf({ $ifNull: [field, null] }),
    ],
  });

/** What a unique index compares text by: its own collation, whatever the collection's. */
export function collationOf(index: NamedIndex): Doc {
  return canonicalCollation(index.options['collation'] ?? simpleCollation) ?? simpleCollation;
}

/**
 * Documents that share a key, as a unique index sees them: missing counts as null, an array by its elements,
 * one document never against itself; a sparse index leaves out documents that have none of its fields.
 * Yields one document `{ n, sample }`, or nothing.
 */
export function duplicatesPipeline(index: NamedIndex): readonly Value[] {
  const keys = index.key.map(([field], at) => ({ field, name: `k${at}` }));
  const values = new Map<string, Value>(keys.map(({ field, name }) => [name, keyValue(`$${field}`)]));
  const unwound = keys.map(({ name }) =>
    docOf({ $unwind: docOf({ path: `$${name}`, preserveNullAndEmptyArrays: true }) }),
  );
  const group = new Map<string, Value>(keys.map(({ name }) => [name, doc(['$ifNull', [`$${name}`, null]])]));
  const held: Value[] = [];
  if (index.options['sparse'] === true) {
    held.push(docOf({ $match: docOf({ $or: keys.map(({ field }) => doc([field, docOf({ $exists: true })])) }) }));
  }
  const partial = index.options['partialFilterExpression'];
  if (partial !== undefined) held.push(docOf({ $match: partial }));
  return [...held, docOf({ $project: values }), ...unwound, ...groupsOfSeveral(group)];
}

/** Counts groups with several documents and gives the ids of a few; `$facet` keeps the memory flat. */
function groupsOfSeveral(group: Value): readonly Value[] {
  const ends = docOf({
    _id: group,
    n: docOf({ $sum: int(1) }),
    first: docOf({ $min: '$_id' }),
    last: docOf({ $max: '$_id' }),
  });
  return [
    docOf({ $group: ends }),
    docOf({ $match: docOf({ $expr: docOf({ $ne: ['$first', '$last'] }) }) }),
    docOf({
      $facet: docOf({
        total: [docOf({ $group: docOf({ _id: null, n: docOf({ $sum: '$n' }) }) })],
        some: [docOf({ $sort: docOf({ first: int(1) }) }), docOf({ $limit: int(2) })],
      }),
    }),
    docOf({ $unwind: '$total' }),
    docOf({
      $project: docOf({ n: '$total.n', sample: docOf({ $concatArrays: ['$some.first', '$some.last'] }) }),
    }),
  ];
}

/** Edits of this plan that a key of the index depends on. */
export const fillingChanges = (
  index: NamedIndex,
  collection: string,
  others: readonly Change[],
): readonly ChangeOf<'edit'>[] =>
  editsOf(collection, others).filter((edit) => index.key.some(([field]) => isOver(edit, field)));

/** A question about the data as it will be after the passes before. */
export const withFilling = (
  collection: string,
  changes: readonly Change[],
  pipeline: readonly Value[],
): readonly Value[] => [...stagesOf(editsOf(collection, changes)), ...pipeline];
