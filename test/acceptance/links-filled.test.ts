import semver from 'semver';
import { describe, expect, inject, test } from 'vitest';
import { useRewriting } from '../support/rewriting.ts';
import { must, planOf } from '../support/site.ts';

const { site, things, filled, apply, all } = useRewriting('links_filled');

const schema = (populate: string, more = ''): Promise<string> =>
  things(
    '{ owner: { type: int, nullable: true }, name: { type: string }, age: { type: int } }',
    `    links: { owner: { field: owner, references: people.id, optional: true, populate: ${populate}${more} } }\n  people: { fields: { id: { type: int }, name: { type: string }, age: { type: int } } }\n`,
  );
/** Before 5.0 an array in the first field of `match` meets nothing. */
const meetsArrays = semver.gte(inject('server'), '5.0.0');

const documents = [
  { _id: 1, name: 'a' },
  { _id: 2, name: 'a', owner: null },
  { _id: 3, name: 'b' },
  { _id: 4, name: 'c' },
];
const people = [
  { _id: 1, id: 10, name: 'a', age: 3 },
  { _id: 2, id: 20, name: 'b', age: 3 },
  { _id: 3, id: 30, name: 'b', age: 5 },
  { _id: 4, id: 40, name: ['c', 'd'], age: 5 },
];

test('filled from the one that matches; what matches several or none is counted', async () => {
  const before = await filled(documents, people);
  const file = await schema('{ match: { name: name } }');
  const plan = await planOf(site, ['--schema', file]);
  expect(plan['steps']).toMatchObject([{ address: 'things.links.owner', estimate: { documents: 2, exact: true } }]);
  await must(0, apply(file));
  expect((await all()).map(({ owner }) => owner as unknown)).toEqual([10, 10, undefined, undefined]);
  await must(0, site.run(['rollback', '--auto-approve']));
  expect(await site.hash()).toBe(before);
});

test('each document that a link may fill is counted: filled, ambiguous, unmatched, or matched by nothing to give', async () => {
  const more = [
    ...people,
    { _id: 5, name: 'null', id: null },
    { _id: 6, name: 'missing' },
    { _id: 7, name: 'array', id: [1] },
  ];
  const names = ['a', 'a', 'b', 'b', 'b', 'c', 'nobody', 'null', 'missing', 'array'];
  await filled(
    names.map((name, _id) => ({ _id, name })),
    more,
  );
  const file = await schema('{ match: { name: name } }');
  const plan = await planOf(site, ['--schema', file]);
  expect(plan['steps']).toMatchObject([{ estimate: { documents: 2, exact: true } }]);
  const [several, none] = meetsArrays ? ['4 documents', '1 document matches'] : ['3 documents', '2 documents match'];
  expect(plan['notes']).toContainEqual({
    code: 'unmatched',
    address: 'things.links.owner',
    message: `${several} match several and are left alone, ${none} none, 3 documents match one that has no value of its own to give`,
  });
  expect(plan['notes']).toContainEqual({
    code: 'missing-support-index',
    address: 'people.fields.name',
    message: 'no index; a link scans for it',
  });
  await site
    .db()
    .collection('people')
    .createIndexes([{ key: { name: 1 } }]);
  expect((await planOf(site, ['--schema', file]))['notes']).not.toContainEqual(
    expect.objectContaining({ address: 'people.fields.name' }),
  );
});

test('by two fields: an array in either is ambiguous', async () => {
  const before = await filled(
    [
      { _id: 1, name: 'a', age: 1 },
      { _id: 2, name: 'a', age: 2 },
      { _id: 3, name: 'a', age: 3 },
      { _id: 4, name: 'b', age: 1 },
      { _id: 5, name: 'c', age: 1 },
    ],
    [
      { _id: 1, id: 10, name: 'a', age: 1 },
      { _id: 2, id: 20, name: 'a', age: [2, 9] },
      { _id: 3, id: 30, name: 'a', age: 3 },
      { _id: 4, id: 40, name: 'a', age: [3] },
      { _id: 5, id: 50, name: 'b', age: 2 },
      { _id: 6, id: 60, name: 'c', age: [] },
    ],
  );
  const file = await schema('{ match: { name: name, age: age } }');
  expect((await planOf(site, ['--schema', file]))['notes']).toContainEqual({
    code: 'unmatched',
    address: 'things.links.owner',
    message: '2 documents match several and are left alone, 2 documents match none',
  });
  await must(0, apply(file));
  expect((await all()).map(({ owner }) => owner as unknown)).toEqual([10, undefined, undefined, undefined, undefined]);
  await must(0, site.run(['rollback', '--auto-approve']));
  expect(await site.hash()).toBe(before);
});

describe('by two fields within objects: an array on the way, or at the end, of either side is ambiguous', () => {
  const target = [
    { _id: 1, id: 10, at: { u: 'w', k: 2 } },
    { _id: 2, id: 20, at: { u: 'v', k: [5] } },
    { _id: 3, id: 30, at: [{ u: 'z', k: 1 }] },
  ];
  test.each<[string, unknown, 'filled' | 'ambiguous' | 'unmatched']>([
    ['none', { u: 'w', k: 2 }, 'filled'],
    ['the own first field', { u: ['w'], k: 2 }, meetsArrays ? 'ambiguous' : 'unmatched'],
    ['the own second field', { u: 'w', k: [7, 2] }, 'ambiguous'],
    ['the own second field, without the value', { u: 'w', k: [7] }, 'unmatched'],
    ['the own object', [{ u: 'w', k: 2 }], meetsArrays ? 'ambiguous' : 'unmatched'],
    ['the other second field', { u: 'v', k: 5 }, 'ambiguous'],
    ['both second fields', { u: 'v', k: [5, 6] }, 'ambiguous'],
    ['the other object', { u: 'z', k: 1 }, meetsArrays ? 'ambiguous' : 'unmatched'],
  ])('%s', async (_, at, expected) => {
    await filled([{ _id: 1, at }], target);
    const within = 'at: { type: object, fields: { u: { type: any }, k: { type: any } } }';
    const file = await things(
      `{ ${within}, owner: { type: int } }`,
      `    links: { owner: { field: owner, references: people.id, optional: true, populate: { match: { at.u: at.u, at.k: at.k }, ambiguous: fail } } }\n  people: { fields: { id: { type: int }, ${within} } }\n`,
    );
    const { steps, violations, notes } = await planOf(site, ['--schema', file]);
    const told = JSON.stringify([violations, notes]);
    const found = told.includes('ambiguous-match')
      ? 'ambiguous'
      : told.includes('matches none')
        ? 'unmatched'
        : (steps as readonly unknown[]).length === 1 && 'filled';
    expect(found).toBe(expected);
  });
});

test('a link that fills nothing says how many documents it leaves', async () => {
  await filled([{ _id: 1, name: 'x' }, { _id: 2, name: 'y' }, { _id: 3 }], people);
  const file = await schema('{ match: { name: name } }');
  const { out } = await must(0, site.run(['plan', '--schema', file]));
  expect(out).toContain('Nothing to change');
  expect(out).toContain('2 documents match none');
});

test('an array that holds null is no empty field', async () => {
  await filled([{ _id: 1, name: 'a', owner: [null, 7] }], people);
  const file = await schema('{ match: { name: name } }');
  expect((await planOf(site, ['--schema', file]))['steps']).toEqual([]);
  await must(0, apply(file));
  expect((await all()).map(({ owner }) => owner as unknown)).toEqual([[null, 7]]);
});

test('where makes a match unique', async () => {
  await filled(documents, people);
  await must(0, apply(await schema('{ match: { name: name }, where: { age: { $gt: 4 } } }')));
  expect((await all()).map(({ owner }) => owner as unknown)).toEqual([undefined, null, 30, undefined]);
});

test('index: true plans an index where none supports the link, and keeps it', async () => {
  await filled(documents, people);
  const file = await schema('{ match: { name: name } }', ', index: true');
  expect((await planOf(site, ['--schema', file]))['steps']).toMatchObject([
    { kind: 'populate' },
    { address: 'things.indexes.owner_1' },
  ]);
  await must(0, apply(file));
  await must(0, site.run(['plan', '--detailed-exitcode', '--schema', file]));
  await site.db().collection('things').createIndex({ owner: 1, name: 1 });
  await must(0, site.run(['plan', '--detailed-exitcode', '--schema', file]));
});
