import { expect, test } from 'vitest';
import { schemaFile } from '../support/schema.ts';
import { must, useSite } from '../support/site.ts';

const site = useSite('held');

const field = (more: string): string => `version: 1\ncollections: { c: { fields: { ${more} } } }`;
const filled = field('n: { type: int, nullable: true, default: null }');

test.each([
  ['strict', 'error', [{ _id: 1 }, { _id: 2 }, { _id: 3, n: 1 }], 22, 2],
  ['moderate', 'error', [{ _id: 1 }, { _id: 2, n: 1 }], 0, 0],
  ['strict', 'warn', [{ _id: 1 }], 0, 0],
] as const)(
  'a fill that a %s validator with action %s forbids is found before',
  async (validationLevel, validationAction, documents, code, count) => {
    const db = await site.fresh();
    await db.createCollection('c');
    await db.collection<{ _id: number }>('c').insertMany([...documents]);
    await db.command({ collMod: 'c', validator: { n: { $type: 'int' } }, validationLevel, validationAction });
    const file = await schemaFile(filled);
    const plan = JSON.parse((await must(0, site.run(['plan', '--format', 'json', '--schema', file]))).out) as {
      violations: { code: string; count: number }[];
    };
    expect(plan.violations.map((found) => [found.code, found.count])).toEqual(
      count === 0 ? [] : [['validator', count]],
    );
    await must(code, site.run(['apply', '--auto-approve', '--schema', file]));
    if (code !== 0) expect(await db.listCollections({ name: /^schemactl_/ }).toArray()).toEqual([]);
  },
);

test.each([
  // The name moves in one pass, the type changes in the next.
  ['total: int', '{ total: { type: int, renamedFrom: amount, convert: true } }', 2],
  ['amount: string', '{ total: { type: int, renamedFrom: amount, convert: true } }', 0],
  // A link is a pass after what it may read.
  ['both', '{ note: { type: string, default: d }, owner: { type: int, nullable: true }, k: { type: int } }', 2],
  // Filled in together.
  ['together', '{ note: { type: string, default: d }, mark: { type: int, default: 1 } }', 0],
] as const)(
  'each pass is judged by the validator in force, whatever a later one makes of it: %s',
  async (rule, fields, count) => {
    const db = await site.fresh();
    await db.collection('people').insertOne({ id: 7, k: 1 });
    await db.collection<{ _id: number }>('c').insertMany([
      { _id: 1, amount: '12', k: 1 },
      { _id: 2, amount: '13', k: 1 },
    ] as never);
    const none = { $exists: false };
    const validator = {
      'total: int': { $jsonSchema: { properties: { total: { bsonType: 'int' } } } },
      'amount: string': { $jsonSchema: { properties: { amount: { bsonType: 'string' } } } },
      both: {
        $or: [
          { note: none, owner: none },
          { note: 'd', owner: 7 },
        ],
      },
      together: {
        $or: [
          { note: none, mark: none },
          { note: 'd', mark: 1 },
        ],
      },
    }[rule];
    await db.command({ collMod: 'c', validator });
    const link =
      'links: { owner: { field: owner, references: people.id, optional: true, populate: { match: { k: k } } } }';
    const file = await schemaFile(
      `version: 1\ncollections:\n  c:\n    fields: ${fields}\n    ${rule === 'both' ? link : ''}\n  people: { fields: { id: { type: int }, k: { type: int } } }\n`,
    );
    const plan = JSON.parse((await must(0, site.run(['plan', '--format', 'json', '--schema', file]))).out) as {
      violations: { code: string; count: number }[];
    };
    const found = plan.violations.map(({ code, count: n }) => [code, n]);
    expect(found).toEqual(count === 0 ? [] : [['validator', count]]);
    const run = ['apply', '--auto-approve', '--allow', 'convert-type', '--schema', file];
    await must(count === 0 ? 0 : 22, site.run(run));
  },
);

test('a fill that makes duplicates under a unique index that is there already is found before', async () => {
  const db = await site.fresh();
  await db.collection<{ _id: number }>('c').insertMany([{ _id: 1 }, { _id: 2 }]);
  await db.collection('c').createIndexes([{ key: { a: 1, n: 1 }, unique: true, sparse: true }]);
  const file = await schemaFile(filled);
  const { out } = await must(0, site.run(['plan', '--schema', file]));
  expect(out).toContain('would share a key of the unique index "a_1_n_1"');
  await must(22, site.run(['apply', '--auto-approve', '--schema', file]));
  expect(await db.collection('c').countDocuments({ n: { $exists: true } })).toBe(0);
});

test('documents of a capped collection cannot grow, and that is said before', async () => {
  const db = await site.fresh();
  await db.createCollection('c', { capped: true, size: 4096 });
  await db.collection('c').insertOne({ a: 1 });
  const { err } = await must(20, site.run(['plan', '--schema', await schemaFile(filled)]));
  expect(err).toContain('capped');
});

const mebibyte = 1024 * 1024;

test.each([
  ['a default', 'note: { type: string, default: "YYY" }', 'y'.repeat(100)],
  ['an expression', 'note: { type: string, compute: { $concat: ["YYY", "!"] } }', 'y'.repeat(100)],
  [
    'a default in an object',
    'o: { type: object, fields: { note: { type: string, default: "YYY" } } }',
    'y'.repeat(100_000),
  ],
  [
    'a default in an array',
    'a: { type: array, items: { type: object, fields: { note: { type: string, default: "YYY" } } } }',
    'y'.repeat(100),
  ],
])('documents that would outgrow 16 MiB are found before: %s', async (_, fields, text) => {
  const db = await site.fresh();
  const others = Array.from({ length: 20 }, (__, n) => ({ _id: n, a: [{}], o: { n } }));
  const big = { _id: 100, big: 'x'.repeat(16 * mebibyte - 150), a: [{}], o: {} };
  const removed = { _id: 101, gone: 'x'.repeat(16 * mebibyte - 150), a: [{}], o: {} };
  for (const documents of [others, [big], [removed]]) await db.collection('c').insertMany(documents as never);
  const file = await schemaFile(field(`${fields.replace('YYY', text)}, gone: { absent: true }`));
  const { out } = await must(0, site.run(['plan', '--format', 'json', '--schema', file]));
  const { violations } = JSON.parse(out) as { violations: { code: string; count: number; sample: unknown[] }[] };
  expect(violations.map(({ code, count, sample }) => [code, count, sample.length])).toEqual([['too-large', 1, 1]]);
  await must(22, site.run(['apply', '--auto-approve', '--allow', 'drop-field', '--schema', file]));
});

test('a hazard that has grown since the plan was made makes the plan stale', async () => {
  const db = await site.fresh();
  await db.collection('c').insertMany([{ a: 1 }, { a: 2 }]);
  await must(
    0,
    site.run([
      'apply',
      '--auto-approve',
      '--schema',
      await schemaFile('version: 1\ncollections: { c: {}, other: {} }'),
    ]),
  );
  const gone = await schemaFile('version: 1\ncollections: { other: {} }');
  const saved = `${gone}.plan.json`;
  await must(0, site.run(['plan', '--schema', gone, '--allow', 'drop-collection', '--out', saved]));
  await db.collection('c').insertMany(Array.from({ length: 5000 }, (_, a) => ({ a })));
  const { err } = await must(21, site.run(['apply', saved]));
  expect(err).toContain('drop-collection concerned 2 documents, now 5002');
  expect(await db.collection('c').countDocuments()).toBe(5002);
});

test('a saved plan is carried out once', async () => {
  const db = await site.fresh();
  await db.collection('c').insertMany([{ a: 1 }, { a: 2 }]);
  const file = await schemaFile(filled);
  const saved = `${file}.plan.json`;
  await must(0, site.run(['plan', '--schema', file, '--out', saved]));
  await must(0, site.run(['apply', saved]));
  await db.collection('c').insertOne({ a: 3 });
  const { err } = await must(21, site.run(['apply', saved]));
  expect(err).toContain('another run has changed it since');
  expect(await db.collection('c').countDocuments({ n: null, a: 3 })).toBe(1);
  expect(await db.collection('c').countDocuments({ n: { $exists: false } })).toBe(1);
});

test('ids of twenty kilobytes are filled in and taken back', async () => {
  const db = await site.fresh();
  const ids = Array.from({ length: 1500 }, (_, at) => ({ _id: { at, pad: 'x'.repeat(20_000) } }));
  await db.collection<{ _id: object }>('c').insertMany(ids);
  const before = await site.hash();
  await must(0, site.run(['apply', '--auto-approve', '--schema', await schemaFile(filled)]));
  expect(await db.collection('c').countDocuments({ n: { $exists: false } })).toBe(0);
  await must(0, site.run(['rollback', '--auto-approve']));
  expect(await site.hash()).toBe(before);
});

test('what is selected and matches is said to match, not the schema', async () => {
  const db = await site.fresh();
  await db.collection('c').insertOne({ a: 1 });
  const file = await schemaFile(`version: 1
milestones: { "1": One, "2": Two }
collections:
  c: { fields: { n: { type: int, nullable: true, default: null, milestone: "2" } } }`);
  const { out } = await must(0, site.run(['plan', '--milestone', '1', '--schema', file]));
  expect(out).toContain('matches what is selected (--milestone 1)');
  await must(64, site.run(['plan', '--only', 'zzz', '--schema', file]));
});
