import { type Doc, doc, docOf, int, type Value } from '../../state/value.ts';
import type { Declares } from '../change.ts';
import type { FieldPath, Join } from '../operation.ts';
import { isUndeclared } from './convert.ts';
import { both, choose, hasType, itemBytes, valueBytes } from './expressions.ts';
import { beside, namesOf, rootOf, textOf } from './path.ts';
import { changedAt, member } from './walk.ts';

/** Where the matches stand while a question is answered; no field of a declaration begins with two of these. */
const found = '__schemactl_found';

const own = (field: string): string => `$${field}`;
export const isEmpty = (value: Value): Value => docOf({ $eq: [docOf({ $ifNull: [value, null] }), null] });
const isArray = (value: string): Value => docOf({ $isArray: value });
const anyOf = (conditions: readonly Value[]): Value =>
  conditions.length === 1 ? (conditions[0] as Value) : docOf({ $or: conditions });

/** A filter: documents whose field is empty and whose match fields all hold something. Null and missing match nothing. */
export function mayMatch(path: FieldPath, { match, former }: Join): Doc {
  const keys = match.map(([field]) => doc([field, docOf({ $ne: null })]));
  const isArray = docOf({ $type: 'array' });
  const steps = namesOf(path);
  const holders = steps.slice(0, -1).map((_, at) => steps.slice(0, at + 1).join('.'));
  const objects = holders.map((holder) => doc([holder, docOf({ $type: 'object', $not: isArray })]));
  const elsewhere = former === undefined ? [] : [doc([textOf(beside(path, former)), docOf({ $exists: false })])];
  // An array that holds null matches null, too.
  return docOf({ $and: [doc([textOf(path), docOf({ $eq: null, $not: isArray })]), ...objects, ...elsewhere, ...keys] });
}

/** The fields of the match after the first. */
export const furtherOf = ({ match }: Join, side: 'own' | 'other'): readonly string[] =>
  match.slice(1).map(([own, other]) => (side === 'own' ? own : other));

/** What is kept of a match: its value, and its keys where one of them is an array. */
function kept({ match, take }: Join): Doc {
  const hasArray = anyOf(match.map(([, other]) => isArray(own(other))));
  return docOf({ _id: int(0), value: own(take), many: hasArray });
}

/** An array meets what it holds, on either side, as it does where fields are compared; `$in` takes nothing but arrays. */
function meets(other: string, value: string): Value {
  const shared = docOf({ $gt: [docOf({ $size: docOf({ $setIntersection: [value, other] }) }), int(0)] });
  return choose(
    isArray(value),
    choose(isArray(other), shared, docOf({ $in: [other, value] })),
    choose(isArray(other), docOf({ $in: [value, other] }), docOf({ $eq: [other, value] })),
  );
}

/** A filter: documents that hold an array in one of these fields, or on its way. */
export function holdArrays(fields: readonly string[]): Doc {
  const steps = fields.map((field) => field.split('.'));
  const places = new Set(steps.flatMap((names) => names.map((_, at) => names.slice(0, at + 1).join('.'))));
  return docOf({ $or: [...places].map((place) => doc([place, docOf({ $type: 'array' })])) });
}

/**
 * Two matches are as good as many. No index serves any comparison but plain equality, which meets no array: it stands
 * where there is none, and before 5.0 in the first field whatever that holds.
 */
function lookup(join: Join): Doc {
  const { collection, match, where, concise, isPlain = false, ahead = { stages: [], changed: [] } } = join;
  const isChanged = (other: string): boolean => ahead.changed.includes(other);
  const equal = concise ? match.find(([, other]) => !isChanged(other)) : undefined;
  const compared = match.filter((pair) => pair !== equal);
  const variables = new Map(compared.map(([field], at) => [`m${at}`, own(field)]));
  const comparisons = compared.map(([, other], at) => ({
    other,
    test:
      (isPlain && !isChanged(other)) || (!concise && at === 0)
        ? docOf({ $eq: [own(other), `$$m${at}`] })
        : meets(own(other), `$$m${at}`),
  }));
  const matching = (found: typeof comparisons): readonly Value[] =>
    found.length === 0 ? [] : [docOf({ $match: docOf({ $expr: both(...found.map(({ test }) => test)) }) })];
  const pipeline: Value[] = [
    ...matching(comparisons.filter(({ other }) => !isChanged(other))),
    ...ahead.stages,
    ...(where === null ? [] : [docOf({ $match: where })]),
    ...matching(comparisons.filter(({ other }) => isChanged(other))),
    docOf({ $limit: int(2) }),
    docOf({ $project: kept(join) }),
  ];
  const fields = equal === undefined ? {} : { localField: equal[0], foreignField: equal[1] };
  return docOf({
    $lookup: docOf({
      from: collection,
      ...fields,
      let: variables.size === 0 ? undefined : variables,
      pipeline,
      as: found,
    }),
  });
}

/** Whether the matches tell no single value: several, or an array on either side. */
export function isAmbiguous({ match }: Join): Value {
  return anyOf([
    docOf({ $gt: [docOf({ $size: own(found) }), int(1)] }),
    docOf({ $in: [true, `$${found}.many`] }),
    ...match.map(([field]) => both(isArray(own(field)), docOf({ $gt: [docOf({ $size: own(found) }), int(0)] }))),
  ]);
}

const value: Value = docOf({ $arrayElemAt: [`$${found}.value`, int(0)] });

const isNone: Value = docOf({ $eq: [docOf({ $size: own(found) }), int(0)] });

/** An array or nothing stands for no value of its own. */
const isValueless: Value = docOf({ $or: [docOf({ $isArray: value }), isEmpty(value)] });

/** The one match has a value of its own that can stand in the field. */
const isUsable = (join: Join): Value => both(docOf({ $not: [isAmbiguous(join)] }), docOf({ $not: [isValueless] }));

/** Null and missing match nothing, whatever the other collection lacks as well. */
export const mayLook = ({ match }: Join): readonly Value[] =>
  match.map(([field]) => docOf({ $not: [isEmpty(own(field))] }));

/**
 * Stages that fill the field where it is empty and one document matches, after others that may ask `isAmbiguous`.
 * `$lookup` stands in no update (72).
 */
export function joinStages(path: FieldPath, join: Join, asked: readonly Doc[] = []): readonly Doc[] {
  const { former } = join;
  const fills = (holder: string | null, name: string): Value => {
    const at = member(holder, name);
    const elsewhere = former === undefined ? [] : [hasType(member(holder, former), 'missing')];
    return docOf({ $cond: [both(isEmpty(at), ...elsewhere, ...mayLook(join), isUsable(join)), value, at] });
  };
  const root = rootOf(path);
  const set =
    path.length === 1
      ? fills(null, root)
      : changedAt(path, {
          holder: (holder, name) => docOf({ $mergeObjects: [holder, doc([name, fills(holder, name)])] }),
          item: (item) => item,
        });
  return [lookup(join), ...asked, docOf({ $set: doc([root, set]) }), docOf({ $unset: found })];
}

/** Stages that yield, of documents that may match, `_id`, the `value` that the one match gives, and whether there are `several`. */
export const matchedStages = (join: Join): readonly Doc[] => [
  lookup(join),
  docOf({
    $project: docOf({
      _id: int(1),
      value: docOf({ $cond: [isUsable(join), value, null] }),
      several: isAmbiguous(join),
    }),
  }),
];

/** Documents that look for the same values, and how many they are: `$group` calls equal what `$lookup` does. */
function byKeys({ match }: Join): Doc {
  const keys = new Map(match.map(([field], at) => [`k${at}`, own(field)]));
  const ids = docOf({ $sum: itemBytes('$_id') });
  return docOf({ $group: docOf({ _id: keys, documents: docOf({ $sum: int(1) }), ids }) });
}

/**
 * Stages that tell, of documents that may match, how many get a value, how many match several, none, or one that has no
 * value of its own: each document is in one of these; and how many of the values are not declared. What is the
 * same for many documents is looked up once; a dotted path through arrays reads otherwise once it is grouped.
 */
export function matchCounts(given: Join, declares: Declares | null): readonly Doc[] {
  const isGrouped = given.match.every(([field]) => !field.includes('.'));
  const join = isGrouped
    ? { ...given, match: given.match.map(([, other], at) => [`_id.k${at}`, other] as const) }
    : given;
  const weight = isGrouped ? '$documents' : int(1);
  const count = (condition: Value): Doc => docOf({ $sum: docOf({ $cond: [condition, weight, int(0)] }) });
  const sumOf = (bytes: Value): Doc =>
    docOf({ $sum: docOf({ $cond: [isUsable(join), docOf({ $multiply: [weight, bytes] }), int(0)] }) });
  return [
    ...(isGrouped ? [byKeys(given)] : []),
    lookup(join),
    docOf({
      $group: docOf({
        _id: null,
        n: count(isUsable(join)),
        ids: docOf({ $sum: docOf({ $cond: [isUsable(join), isGrouped ? '$ids' : itemBytes('$_id'), int(0)] }) }),
        bytes: sumOf(itemBytes(value)),
        written: sumOf(valueBytes(value)),
        ambiguous: count(isAmbiguous(join)),
        undeclared: declares === null ? undefined : count(both(isUsable(join), isUndeclared(value, declares))),
        unmatched: count(isNone),
        valueless: count(both(docOf({ $not: [isNone] }), docOf({ $not: [isAmbiguous(join)] }), isValueless)),
      }),
    }),
  ];
}

/** Stages that leave the documents that match several. */
export const ambiguousOnly = (join: Join): readonly Doc[] => [
  lookup(join),
  docOf({ $match: docOf({ $expr: isAmbiguous(join) }) }),
];
