import { expect, test } from 'vitest';
import { schemaFile } from '../support/schema.ts';
import { must, planOf, useSite } from '../support/site.ts';

/** An index that goes and a field that it reads: neither has the other as a need. */
const site = useSite('index_gone');

const plain = `version: 1
milestones: { expand: Expand, contract: Contract }
collections:
  c:
    fields: { a: { type: int, default: 1, milestone: expand } }
    indexes: [ { key: { a: 1 }, name: x, absent: true, milestone: contract } ]
`;
const field = ['c.fields.a'];
const index = ['c.indexes.x'];

test.each([
  { args: ['--through', 'expand'], addresses: field },
  { args: ['--exclude', 'c.indexes.x'], addresses: field },
  { args: ['--only', 'c.fields.a'], addresses: field },
  { args: ['--milestone', 'contract'], addresses: index },
  { args: [], addresses: [...field, ...index] },
])('milestones keep their order, and a selection is as small as it says: $args', async ({ args, addresses }) => {
  const db = await site.fresh();
  await db.collection('c').insertOne({ b: 1 });
  await db.collection('c').createIndexes([{ key: { a: 1 }, name: 'x' }]);
  const { steps } = await planOf(site, ['--schema', await schemaFile(plain), ...args]);
  expect((steps as { address: string }[]).map(({ address }) => address)).toEqual(addresses);
});

test('an index that the server cannot build beside another takes that along in a selection', async () => {
  const db = await site.fresh();
  await db.collection('c').insertOne({ a: 'x', b: 'y' });
  await db.collection('c').createIndexes([
    { key: { a: 'text' }, name: 't' },
    { key: { b: 1 }, name: 'k' },
  ]);
  const file = await schemaFile(
    'version: 1\ncollections: { c: { indexes: [ { key: { a: text }, name: t, absent: true }, { key: { b: text }, name: k } ] } }',
  );
  const only = ['--schema', file, '--only', 'c.indexes.k'];
  const { steps } = await planOf(site, only);
  expect((steps as { address: string }[]).map(({ address }) => address)).toEqual(['c.indexes.t', 'c.indexes.k']);
  await must(0, site.run(['apply', '--auto-approve', '--allow', 'drop-index,index-gap', ...only]));
});

test('a unique index that a selection leaves stands against the field', async () => {
  const db = await site.fresh();
  await db.collection('c').insertMany([{ b: 1 }, { b: 2 }]);
  await db.collection('c').createIndexes([{ key: { a: 1 }, name: 'x', unique: true, sparse: true }]);
  const file = await schemaFile(plain.replaceAll(/, milestone: (?:expand|contract)/g, ''));
  await must(22, site.run(['apply', '--auto-approve', '--schema', file, '--only', 'c.fields.a']));
  const { steps } = await planOf(site, ['--schema', file]);
  expect((steps as { address: string }[]).map(({ address }) => address)).toEqual([...index, ...field]);
});
