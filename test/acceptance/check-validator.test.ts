import fc from 'fast-check';
import { type Document, Double, Int32, Long, Decimal128 } from 'mongodb';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { toBson } from '../../src/database/bson.ts';
import { connect } from '../../src/database/mongo.ts';
import type { Database } from '../../src/database/port.ts';
import { buildValidator } from '../../src/state/validator.ts';
import { builtInFormats } from '../../src/state/language.ts';
import { checkSchema } from '../../src/workflow/check.ts';
import { everything } from '../planner/support.ts';
import { soundSchema } from '../state/support.ts';
import { useDatabase } from '../support/database.ts';
import { seed, tally } from '../support/generators.ts';

/*
 * A document breaks one of our field rules exactly if the server refuses it under the validator generated from them.
 */

const { db } = useDatabase('check_validator');
let door: Database;

beforeAll(async () => {
  door = await connect({ url: inject('uri'), database: db().databaseName, connectTimeoutMs: 5000 });
});
afterAll(() => door.close());

const pick = <T>(...choices: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...choices);

const values: readonly unknown[] = [
  null,
  true,
  '',
  'a',
  'A',
  'ab',
  'é',
  '2026-01-31',
  '(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!',
  new Int32(0),
  new Int32(5),
  Long.fromNumber(5),
  new Double(5),
  new Double(5.5),
  new Double(-0),
  new Double(Number.NaN),
  new Double(Number.POSITIVE_INFINITY),
  Decimal128.fromString('5.0'),
  Decimal128.fromString('NaN'),
  Long.fromString('9007199254740993'),
  new Date(0),
  { a: 5, b: 'x' },
  { b: 'x', a: 5 },
];

const rules = pick(
  'type: string',
  'type: string, nullable: true',
  'type: int',
  'type: number, nullable: true',
  'type: [long, string]',
  'type: bool',
  'type: date',
  'type: string, enum: [a, ab]',
  'type: string, nullable: true, enum: [A]',
  'enum: [5, { a: 5, b: x }]',
  'type: number, minimum: 0, exclusiveMaximum: 5.5',
  'type: number, exclusiveMinimum: 0, maximum: 5',
  'minimum: 0, exclusiveMinimum: -1',
  'type: double, maximum: 5.5',
  'type: string, minLength: 1, maxLength: 1',
  'type: string, pattern: "^a", format: date',
  'type: string, format: date',
  'pattern: "(a+)+$"',
  'type: array, minItems: 1, maxItems: 2',
  'type: array, uniqueItems: true',
  'type: array, nullable: true, items: { type: int, minimum: 1 }',
  'type: array, items: { type: object, fields: { a: { type: int, required: true }, b: { type: string, enum: [x] } } }',
  'type: array, items: { type: array, items: { type: string } }',
  'type: object, fields: { a: { type: int, required: true }, b: { type: string, minLength: 2 } }',
  'fields: { a: { nullable: true, type: string, required: true } }',
);
const value = fc.oneof(
  { weight: 3, arbitrary: pick(...values) },
  {
    weight: 1,
    arbitrary: fc.array(fc.oneof(pick(...values), fc.array(pick(...values), { maxLength: 2 })), { maxLength: 3 }),
  },
);

const cases = fc.record({
  fields: fc.array(fc.tuple(rules, fc.boolean()), { minLength: 1, maxLength: 3 }),
  documents: fc.array(fc.array(fc.option(value, { nil: undefined }), { minLength: 3, maxLength: 3 }), {
    minLength: 8,
    maxLength: 16,
  }),
  collation: fc.option(pick({ locale: 'en', strength: 2 }), { nil: undefined }),
});

const names = ['x', '2024', 'y z'];
const formats = new Map(Object.entries(builtInFormats));

test('a document breaks a rule exactly if its validator refuses it', async () => {
  const { count, share } = tally();
  await fc.assert(
    fc.asyncProperty(cases, async ({ fields, documents, collation }) => {
      const declared = fields.map(([rule, required], at) => `"${names[at] ?? ''}": { ${rule}, required: ${required} }`);
      const schema = soundSchema(`version: 1\ncollections: { c: { fields: { ${declared.join(', ')} } } }\n`);
      const made = documents.map((each, _id) => {
        const entries = each
          .map((item, at) => [names[at] ?? '', item] as const)
          .filter(([, item]) => item !== undefined);
        return new Map<string, unknown>([['_id', _id], ...entries]);
      });
      await db().dropDatabase();
      await db().createCollection('c', collation === undefined ? {} : { collation });
      await db().collection('c').insertMany(made);
      const validator = toBson(buildValidator(schema.collections[0]!.fields, formats)) as Document;
      const refused = (
        await db()
          .collection('c')
          .find({ $nor: [validator] }, { projection: { _id: 1 } })
          .toArray()
      ).map(({ _id }) => Number(_id));
      const { findings } = await checkSchema(door, { schema, selection: everything, sample: null });
      const found = new Set(
        findings.flatMap(({ sample }) => sample.map((id) => Number((id as { text: string }).text))),
      );
      const total = findings.reduce((sum, each) => sum + each.count, 0);
      count(refused.length > 0 ? 'refused' : 'sound', refused.length < documents.length ? 'passed' : 'none');
      for (const id of found) expect(refused).toContain(id);
      // At most five ids a rule are named; where no rule has more, all are.
      if (findings.every((each) => each.count <= 5)) expect([...found].sort((a, b) => a - b)).toEqual(refused);
      expect(total >= refused.length).toBe(true);
      expect(findings.length === 0).toBe(refused.length === 0);
    }),
    { seed, numRuns: 60, endOnFailure: true },
  );
  expect(share('refused')).toBeGreaterThan(0.5);
  expect(share('passed')).toBeGreaterThan(0.3);
}, 240_000);
