import { type Doc, doc, docOf, int, type Value } from '../state/value.ts';
import type { FieldRule } from './field-rules.ts';
import { fails, mergeSchemas } from './merge-schemas.ts';

/** How many ids are given as examples of a finding. */
export const samples = 5;

const counter = (sampled: boolean): Doc =>
  docOf({
    $group: docOf({
      _id: null,
      n: docOf({ $sum: int(1) }),
      sample: sampled ? docOf({ $firstN: docOf({ input: '$_id', n: int(samples) }) }) : undefined,
    }),
  });

/**
 * All rules of a collection in one scan. A document is first held against one schema that says them all, which is what
 * nearly every document passes; only one that fails is held against each rule. Yields one document with a list for
 * each rule, named by `nameAt`, that is empty or holds `{ n, sample }`. Servers before 5.2 know no `$firstN`.
 */
export function scanPipeline(rules: readonly FieldRule[], knowsFirstN: boolean): readonly Value[] {
  const counters = rules.map(({ schema }, at): readonly [string, Value] => [
    nameAt(at),
    [docOf({ $match: fails(schema) }), counter(knowsFirstN)],
  ]);
  return [
    docOf({ $match: fails(mergeSchemas(rules.map(({ schema }) => schema))) }),
    docOf({ $facet: new Map(counters) }),
  ];
}

export const nameAt = (at: number): string => `r${at}`;

/** A few of the documents that a filter finds. */
export function samplePipeline(filter: Doc): readonly Value[] {
  return [docOf({ $match: filter }), docOf({ $limit: int(samples) }), docOf({ $project: doc(['_id', int(1)]) })];
}
