import { expect, test } from 'vitest';
import { schemaFile } from '../support/schema.ts';
import { addedFields, fillShop } from '../support/shop.ts';
import { must, planOf, useSite } from '../support/site.ts';

const site = useSite('counts');

const schema = `
version: 1
collections:
  things:
    fields:
      note: { type: string, nullable: true, default: null }
`;

interface PlannedStep {
  readonly address: string;
  readonly action: string;
  readonly estimate: { readonly documents: number; readonly exact: boolean };
}

test.each(['fast', 'full'])('--check-data %s: 10 back-fills with the true counts, 14 index builds', async (how) => {
  const db = await site.fresh();
  await fillShop(db);
  const plan = await planOf(site, ['--check-data', how]);
  expect(plan['summary']).toMatchObject({ create: 14, write: 10, update: 0, replace: 0, delete: 0 });
  const steps = plan['steps'] as PlannedStep[];
  const planned = steps.filter(({ action }) => action === 'write').map((step) => [step.address, step.estimate]);
  const counted = Object.entries(addedFields).flatMap(([name, fields]) =>
    fields.map(async (field) => {
      const documents = await db.collection(name).countDocuments({ [field]: { $exists: false } });
      return [`${name}.fields.${field}`, expect.objectContaining({ documents, exact: true })] as const;
    }),
  );
  expect(planned.sort()).toEqual((await Promise.all(counted)).sort());
  expect(steps.filter(({ action }) => action === 'create')).toHaveLength(14);
});

test('--check-data none asks nothing: it can be read, not applied', async () => {
  const db = await site.fresh();
  await fillShop(db);
  const file = `${await schemaFile(schema)}.plan.json`;
  const { out } = await must(0, site.run(['plan', '--check-data', 'none', '--out', file]));
  expect(out).toContain('10 fields');
  const before = await site.hash();
  const { err } = await must(65, site.run(['apply', file]));
  expect(err).toContain('--check-data none');
  expect(await site.hash()).toBe(before);
});

test('what was applied is settled: fast does not look again, full plans what came later', async () => {
  const db = await site.fresh();
  await db.collection('things').insertMany([{ a: 1 }, { a: 2 }]);
  const file = await schemaFile(schema);
  await must(0, site.run(['apply', '--auto-approve', '--schema', file]));
  await db.collection('things').insertMany([{ a: 3 }]);
  expect(await planOf(site, ['--schema', file])).toMatchObject({ noop: true });
  expect(await planOf(site, ['--schema', file, '--check-data', 'full'])).toMatchObject({
    noop: false,
    steps: [{ address: 'things.fields.note', estimate: { documents: 1, exact: true } }],
  });
  await must(0, site.run(['apply', '--auto-approve', '--schema', file, '--check-data', 'full']));
  expect(await db.collection('things').countDocuments({ note: { $exists: false } })).toBe(0);
});

test.each([
  { what: 'a constant', fields: 'k: { type: string, default: some text of a field }' },
  { what: 'a computed text', fields: 'k: { type: string, compute: { $concat: ["$t", "$t"] } }' },
  { what: 'a computed number', fields: 'k: { type: double, compute: { $multiply: ["$n", 1.5] } }' },
])('the bytes that a plan foresees are those by which the documents grow: $what', async ({ fields }) => {
  const db = await site.fresh();
  const things = db.collection('things');
  await things.insertMany(Array.from({ length: 500 }, (_, n) => ({ n, t: 'x'.repeat(n) })));
  const size = async (): Promise<number> => {
    const sum = { $group: { _id: null, bytes: { $sum: { $bsonSize: '$$ROOT' } } } };
    const [found] = await things.aggregate<{ bytes: number }>([sum]).toArray();
    return Number(found?.bytes);
  };
  const file = await schemaFile(`version: 1\ncollections:\n  things:\n    fields: { ${fields} }\n`);
  const { steps } = await planOf(site, ['--schema', file]);
  const [step] = steps as { estimate: { bytes: number } }[];
  const before = await size();
  await must(0, site.run(['apply', '--schema', file, '--auto-approve']));
  const share = (step?.estimate.bytes ?? 0) / ((await size()) - before);
  expect(share).toBeGreaterThan(0.9);
  expect(share).toBeLessThan(1.2);
});
