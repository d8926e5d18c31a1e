import { counted } from '../planner/questions.ts';
import type { CheckDeclaration } from '../state/types.ts';
import { type Doc, docOf, int, isDoc, isList, type Value } from '../state/value.ts';

/** What a named check asks: a pipeline that yields nothing, or one document `{ n, sample }`, `{ n, sample, values, sum }` of duplicates. */
export interface NamedQuestion {
  readonly pipeline: readonly Value[];
  /** Whether a count over some of the documents says something about all of them. */
  readonly maySample: boolean;
}

/** A key as it stands in a document: each different element of an array; null and missing are no key. */
function keyOf(path: string): Doc {
  const value = `$${path}`;
  return docOf({ $cond: [docOf({ $isArray: value }), docOf({ $setUnion: [value, []] }), value] });
}

const numberOf = (expression: string): Doc => docOf({ $cond: [docOf({ $isNumber: expression }), expression, int(0)] });

/**
 * Documents that share the values of these fields with another one. What is one too many is every document of a group
 * but the one with the least `_id`: `sum` adds a field up over those.
 */
function duplicatesPipeline(paths: readonly string[], sum: string | null): readonly Value[] {
  const keys = paths.map((path, at) => ({ path, name: `k${at}` }));
  const projected = new Map<string, Value>(keys.map(({ path, name }) => [name, keyOf(path)]));
  const amount = sum === null ? docOf({ $literal: int(0) }) : numberOf(`$${sum}`);
  const group = docOf({
    _id: new Map(keys.map(({ name }) => [name, `$${name}`])),
    n: docOf({ $sum: int(1) }),
    total: docOf({ $sum: '$amount' }),
    kept: docOf({ $min: docOf({ id: '$_id', amount: '$amount' }) }),
    last: docOf({ $max: '$_id' }),
  });
  const totals = docOf({
    _id: null,
    n: docOf({ $sum: '$n' }),
    values: docOf({ $sum: int(1) }),
    sum: docOf({ $sum: docOf({ $subtract: ['$total', '$kept.amount'] }) }),
  });
  const some = [
    docOf({ $sort: docOf({ 'kept.id': int(1) }) }),
    docOf({ $limit: int(3) }),
    docOf({ $project: docOf({ ids: ['$kept.id', '$last'] }) }),
    docOf({ $unwind: '$ids' }),
  ];
  return [
    docOf({ $project: new Map<string, Value>([...projected, ['amount', amount]]) }),
    ...keys.map(({ name }) => docOf({ $unwind: `$${name}` })),
    docOf({ $match: new Map(keys.map(({ name }) => [name, docOf({ $ne: null })])) }),
    docOf({ $group: group }),
    docOf({ $match: docOf({ n: docOf({ $gt: int(1) }) }) }),
    docOf({ $facet: docOf({ total: [docOf({ $group: totals })], some }) }),
    docOf({ $unwind: '$total' }),
    docOf({ $project: docOf({ n: '$total.n', values: '$total.values', sum: '$total.sum', sample: '$some.ids' }) }),
  ];
}

const texts = (value: Value | undefined): readonly string[] =>
  isList(value) ? value.filter((item) => typeof item === 'string') : [];

/** The pipeline of a named check. */
export function namedQuestion({ rule }: CheckDeclaration): NamedQuestion {
  const [where, pipeline, sum] = [rule.get('where'), rule.get('pipeline'), rule.get('sum')];
  if (isDoc(where)) return { pipeline: [docOf({ $match: where }), ...counted], maySample: true };
  if (isList(pipeline)) return { pipeline: [...pipeline, ...counted], maySample: false };
  const paths = texts(rule.get('duplicate'));
  return { pipeline: duplicatesPipeline(paths, typeof sum === 'string' ? sum : null), maySample: false };
}
