import { canonicalCollation, simpleCollation } from '../../../state/canonical/collation.ts';
import { type Doc, doc, docOf, int, type Value } from '../../../state/value.ts';
import type { ChangeOf, Change } from '../../change.ts';
import type { NamedIndex } from '../../operation.ts';
import { editsOf, stagesAhead } from '../fields/order.ts';
import { isOver } from '../fields/places.ts';
import { anyArray } from './arrays.ts';
import { indexKeys } from './keys.ts';
import { withinFilter } from './within.ts';

/** What a unique index compares text by: its own collation, whatever the collection's. */
export function collationOf(index: NamedIndex): Doc {
  return canonicalCollation(index.options['collation'] ?? simpleCollation) ?? simpleCollation;
}

const findsNothing: readonly Value[] = [docOf({ $limit: int(1) }), docOf({ $match: docOf({ $expr: false }) })];

const hasPosition = (field: string): boolean => /\.\d+(\.|$)/.test(field);
const isUntold = ({ key }: NamedIndex): boolean =>
  key.some(([field, direction]) => direction === 'text' || hasPosition(field));

/**
 * Documents that share a key, as a unique index sees them. Yields one document `{ n, groups, sample }`, or nothing:
 * how many documents, how many keys, and the ids of two documents each of the first two keys.
 * Nothing is told of keys that are not the values themselves (text), or that go by positions in arrays (`a.0`).
 */
export function duplicatesPipeline(index: NamedIndex): readonly Value[] {
  if (isUntold(index)) return findsNothing;
  return [
    ...withinFilter(index),
    docOf({ $project: docOf({ keys: indexKeys(index) }) }),
    docOf({ $addFields: docOf({ isOnly: docOf({ $eq: [docOf({ $size: '$keys' }), int(1)] }) }) }),
    docOf({ $unwind: '$keys' }),
    ...sharedKeys,
  ];
}

/** Keys as they are where no array lies along them, null and nothing taken for one: never fewer share one than of the index. */
const plainKeys = ({ key }: NamedIndex): Value =>
  new Map(key.map(([field], at) => [`k${at}`, docOf({ $ifNull: [`$${field}`, null] })]));

/** What must yield something before documents can share a key: an array along it, or a plain key that is there twice. */
export function duplicateScreens(index: NamedIndex): readonly (readonly Value[])[] {
  if (isUntold(index)) return [];
  const fields = index.key.map(([field]) => doc([field, docOf({ $exists: true })]));
  const within = withinFilter(index);
  const held = index.options['sparse'] === true ? [docOf({ $match: docOf({ $or: fields }) })] : [];
  const first = docOf({ $limit: int(1) });
  const groups = docOf({ $group: docOf({ _id: plainKeys(index), n: docOf({ $sum: int(1) }) }) });
  const shared = docOf({ $match: docOf({ n: docOf({ $gt: int(1) }) }) });
  return [
    [...within, anyArray([index]), first],
    [...within, ...held, groups, shared, first],
  ];
}

/** Text byte by byte, whatever the collation; anything else by value. */
const isSameId = (one: string, other: string): Value =>
  docOf({
    $cond: [
      docOf({ $eq: [docOf({ $type: one }), 'string'] }),
      docOf({
        $and: [
          docOf({ $eq: [docOf({ $strLenBytes: one }), docOf({ $strLenBytes: other })] }),
          docOf({ $eq: [docOf({ $indexOfBytes: [one, other] }), int(0)] }),
        ],
      }),
      true,
    ],
  });

/** Of ids that are equal to the collation, each once. */
const distinctIds = docOf({
  $reduce: docOf({
    input: '$ids',
    initialValue: [],
    in: docOf({
      $cond: [
        docOf({
          $anyElementTrue: [docOf({ $map: docOf({ input: '$$value', as: 'id', in: isSameId('$$id', '$$this') }) })],
        }),
        '$$value',
        docOf({ $concatArrays: ['$$value', ['$$this']] }),
      ],
    }),
  }),
});

/**
 * A document has each key once, so a key with several entries has several documents, whatever their ids are to the
 * collation. Documents with several keys may share more than one: their ids are kept, to count each of them once.
 */
const sharedKeys: readonly Value[] = [
  docOf({
    $group: docOf({
      _id: '$keys',
      n: docOf({ $sum: int(1) }),
      once: docOf({ $sum: docOf({ $cond: ['$isOnly', int(1), int(0)] }) }),
      several: docOf({ $push: docOf({ $cond: ['$isOnly', '$$REMOVE', '$_id'] }) }),
      first: docOf({ $first: '$_id' }),
      last: docOf({ $last: '$_id' }),
    }),
  }),
  docOf({ $match: docOf({ n: docOf({ $gt: int(1) }) }) }),
  docOf({
    $facet: docOf({
      total: [docOf({ $group: docOf({ _id: null, groups: docOf({ $sum: int(1) }), n: docOf({ $sum: '$once' }) }) })],
      several: [
        docOf({ $unwind: '$several' }),
        docOf({ $group: docOf({ _id: '$several', ids: docOf({ $push: '$several' }) }) }),
        docOf({ $group: docOf({ _id: null, n: docOf({ $sum: docOf({ $size: distinctIds }) }) }) }),
      ],
      some: [docOf({ $sort: docOf({ first: int(1) }) }), docOf({ $limit: int(2) })],
    }),
  }),
  docOf({ $unwind: '$total' }),
  docOf({
    $project: docOf({
      n: docOf({ $add: ['$total.n', docOf({ $sum: '$several.n' })] }),
      groups: '$total.groups',
      sample: docOf({ $concatArrays: ['$some.first', '$some.last'] }),
    }),
  }),
];

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
): readonly Value[] => [...stagesAhead(collection, changes), ...pipeline];
