import type { Document } from 'mongodb';
import { openBare } from '../data/bare.ts';
import { checker } from '../data/check.ts';
import { fillCollection } from '../data/documents.ts';
import { collectionName } from '../data/sample.ts';
import type { Lab } from '../lab.ts';
import type { Bout, Case, Row, Scene } from '../row.ts';

const collection = collectionName(0);
const caseOf = (size: number): Case => ({
  label: `55 rules on ${size.toLocaleString('en')} documents`,
  size,
  indexes: 0,
});

async function prepare(wanted: Case, lab: Lab): Promise<Scene> {
  const folder = await lab.folder(`rules-${wanted.size}`);
  const scene = { ...wanted, uri: await lab.uri(), database: `bench_rules_${wanted.size}`, folder };
  await lab.once(`rules ${wanted.size}`, () => fillCollection(scene, collection));
  return scene;
}

/** Of the twenty fields: all required and typed, texts with a pattern, numbers with bounds, flags with their values. */
const kinds = [
  { type: 'string', rule: 'pattern: "^text [0-9]+ "' },
  { type: 'int', rule: 'minimum: 0, maximum: 998' },
  { type: 'date', rule: '' },
  { type: 'bool', rule: 'enum: [true, false]' },
] as const;
const fields = Array.from({ length: 20 }, (_, at) => ({ name: `field_${at}`, ...(kinds[at % 4] ?? kinds[0]) }));

const declared = fields.map(
  ({ name, type, rule }) => `      ${name}: { type: ${type}, required: true${rule === '' ? '' : `, ${rule}`} }`,
);
const schemaText = `version: 1\ncollections:\n  ${collection}:\n    fields:\n${declared.join('\n')}\n`;

const ours = (scene: Scene): Promise<Bout> =>
  checker(scene, schemaText, ({ rules, findings }) => {
    if (rules.length !== 55 || findings.length !== 5)
      throw new Error(`${rules.length} rules, ${findings.length} findings`);
  });

/** A query for documents against each rule. */
const queries: readonly Document[] = fields.flatMap(({ name, type }): readonly Document[] => [
  { [name]: { $exists: false } },
  { [name]: { $exists: true, $not: { $type: type } } },
  ...(type === 'string' ? [{ [name]: { $type: 'string', $not: /^text [0-9]+ / } }] : []),
  ...(type === 'int' ? [{ $or: [{ [name]: { $lt: 0 } }, { [name]: { $gt: 998 } }] }] : []),
  ...(type === 'bool' ? [{ [name]: { $exists: true, $nin: [true, false] } }] : []),
]);

/** The same as expressions, to be counted in one `$group`. */
const conditions: readonly Document[] = fields.flatMap(({ name, type }): readonly Document[] => {
  const field = `$${name}`;
  const has = (kind: string): Document => ({ $eq: [{ $type: field }, kind] });
  return [
    has('missing'),
    { $not: [{ $in: [{ $type: field }, [type, 'missing']] }] },
    ...(type === 'string'
      ? [{ $and: [has('string'), { $not: [{ $regexMatch: { input: field, regex: '^text [0-9]+ ' } }] }] }]
      : []),
    ...(type === 'int'
      ? [{ $and: [{ $isNumber: field }, { $or: [{ $lt: [field, 0] }, { $gt: [field, 998] }] }] }]
      : []),
    ...(type === 'bool' ? [{ $not: [{ $in: [field, [true, false]] }] }] : []),
  ];
});

/** One pipeline after the other, each to its end. */
const reading =
  (pipelines: readonly Document[][]) =>
  async (scene: Scene): Promise<Bout> => {
    const { db, end } = await openBare(scene);
    return {
      async round() {
        for (const pipeline of pipelines) await db.collection(collection).aggregate(pipeline).toArray();
      },
      end,
    };
  };

const perRule = 'one query a rule';
const groupScan = '$group that counts each rule';
const counters = Object.fromEntries(conditions.map((each, at) => [`r${at}`, { $sum: { $cond: [each, 1, 0] } }]));

export const rules: Row = {
  name: 'rules',
  title: 'hold the documents of a collection against the rules of its fields',
  cases: { quick: [caseOf(5000)], usual: [caseOf(100_000)], full: [caseOf(1_000_000)] },
  prepare,
  contenders: [
    { name: 'check', role: 'ours', open: ours },
    { name: 'one scan that counts', role: 'floor', open: reading([[{ $group: { _id: null, n: { $sum: 1 } } }]]) },
    { name: groupScan, role: 'peer', open: reading([[{ $group: { _id: null, ...counters } }]]) },
    { name: perRule, role: 'peer', open: reading(queries.map((query) => [{ $match: query }, { $count: 'n' }])) },
  ],
  goals: [
    { ours: 'check', against: [groupScan], atMost: 1.3 },
    { ours: 'check', against: [perRule], atMost: 0.5 },
  ],
  growth: [],
};
