import type { Document } from 'mongodb';
import { expect, test } from 'vitest';
import { schemaFile } from '../support/schema.ts';
import { must, planOf, useSite } from '../support/site.ts';

const site = useSite('undo_space');
const many = 1500;

interface Row {
  readonly what: string;
  readonly document: (n: number) => Document;
  readonly schema: string;
}

const fields = (text: string): string => `c: { fields: { ${text} } }`;
const shapes = (n: number): Document =>
  Object.fromEntries(Array.from({ length: 30 }, (_, k) => [`some_field_name_${(k * 7 + n) % 97}`, k]));

const rows: readonly Row[] = [
  {
    what: 'a long text is computed',
    document: () => ({ t: 'x'.repeat(1000) }),
    schema: fields('k: { type: string, compute: { $concat: ["$t", "!"] } }'),
  },
  {
    what: 'a field is renamed in documents of many shapes',
    document: (n) => ({ [`f${n}`]: 1, ...shapes(n), old: 1 }),
    schema: fields('fresh: { renamedFrom: old }'),
  },
  {
    what: 'a field is removed from documents of one shape',
    document: (n) => ({ n, a: 1, b: 2, gone: 'x'.repeat(50) }),
    schema: fields('gone: { absent: true }'),
  },
  {
    what: 'four fields change within one array',
    document: () => ({ items: Array.from({ length: 20 }, () => ({ t: 'x'.repeat(20), old: 1, gone: 2 })) }),
    schema: fields(
      'items: { type: array, items: { type: object, fields: { q: { type: int, default: 1 }, r: { type: int, default: 1 }, fresh: { renamedFrom: old }, gone: { absent: true } } } }',
    ),
  },
  {
    what: 'a link is filled with long keys',
    document: (n) => ({ a: n % 500 }),
    schema: `c: { fields: { a: { type: int }, o: { type: string, nullable: true } }, links: { o: { field: o, references: p.id, optional: true, populate: { match: { a: a } } } } }
  p: { fields: { a: { type: int }, id: { type: string } } }`,
  },
  {
    what: 'documents with long ids are filled in',
    document: (n) => ({ _id: `order:${'q'.repeat(60)}${n}` }),
    schema: fields('o: { type: string, default: x }'),
  },
  {
    what: 'five fields are filled in together',
    document: (n) => ({ n }),
    schema: fields(['v', 'w', 'x', 'y', 'z'].map((name) => `${name}: { type: int, default: 1 }`).join(', ')),
  },
];

const foreseen = ({ steps }: Document): number =>
  (steps as { reversal: { undoBytes: number } }[]).reduce((sum, { reversal }) => sum + reversal.undoBytes, 0);

/** Bytes of all undo data. */
async function kept(): Promise<number> {
  const sum = { $group: { _id: null, bytes: { $sum: { $bsonSize: '$$ROOT' } } } };
  const [found] = await site.db().collection('schemactl_undo').aggregate<{ bytes: number }>([sum]).toArray();
  return Number(found?.bytes);
}

test.each(rows)('the undo data that a plan foresees is within a factor of two: $what', async ({ document, schema }) => {
  const db = await site.fresh();
  await db.collection('c').insertMany(Array.from({ length: many }, (_, n) => document(n)));
  const people = Array.from({ length: 500 }, (_, n) => ({ id: `person-${'z'.repeat(200)}${n}`, a: n }));
  await db.collection('p').insertMany(people);
  await db.collection('p').createIndexes([{ key: { a: 1 } }]);
  const file = await schemaFile(`version: 1\ncollections:\n  ${schema}\n`);
  const forward = foreseen(await planOf(site, ['--schema', file]));
  await must(0, site.run(['apply', '--schema', file, '--auto-approve', '--allow', 'drop-field']));
  const first = await kept();
  expect(forward / first).toBeGreaterThan(0.5);
  expect(forward / first).toBeLessThan(2);
  const { out } = await must(0, site.run(['rollback', '--plan-only', '--format', 'json']));
  const back = foreseen(JSON.parse(out) as Document);
  await must(0, site.run(['rollback', '--auto-approve']));
  const second = (await kept()) - first;
  expect(back / second).toBeGreaterThan(0.5);
  expect(back / second).toBeLessThan(2);
});
