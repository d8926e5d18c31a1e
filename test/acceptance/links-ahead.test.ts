import type { Document } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { schemaFile } from '../support/schema.ts';
import { must, planOf, useSite } from '../support/site.ts';

const site = useSite('links_ahead');

interface Scene {
  readonly orders: readonly Document[];
  readonly subscriptions: readonly Document[];
  readonly others?: Readonly<Record<string, readonly Document[]>>;
}

async function filled({ orders, subscriptions, others = {} }: Scene): Promise<string> {
  const db = await site.fresh();
  for (const [name, documents] of Object.entries({ orders, subscriptions, ...others }))
    await db.collection(name).insertMany([...documents]);
  return site.hash();
}

interface Fields {
  readonly own?: string;
  readonly other: string;
  readonly where?: string;
  readonly take?: string;
  readonly ambiguous?: string;
  readonly more?: string;
}

const schema = ({
  own = '',
  other,
  where = '',
  take = '_id',
  ambiguous = 'skip',
  more = '',
}: Fields): Promise<string> =>
  schemaFile(`version: 1
collections:
  orders:
    fields: { user: { type: any }${own}, sub: { type: any } }
    links:
      sub: { field: sub, references: subscriptions.${take}, optional: true, populate: { match: { user: user }${where}, ambiguous: ${ambiguous} } }
  subscriptions:
    fields: { ${other} }
${more}`);

const orders = [
  { _id: 1, user: 1 },
  { _id: 2, user: 2 },
];
const apply = (file: string) => site.run(['apply', '--auto-approve', '--allow', 'convert-type', '--schema', file]);
const subs = async (): Promise<readonly unknown[]> =>
  (await site.db().collection('orders').find().sort({ _id: 1 }).toArray()).map(({ sub }) => sub as unknown);

describe('a link is filled from the other collection as this plan leaves it', () => {
  test.each<[string, Scene, Fields, readonly unknown[]]>([
    [
      'the field that matches is renamed',
      {
        orders,
        subscriptions: [
          { _id: 's1', uid: 1 },
          { _id: 's2', uid: 2 },
        ],
      },
      { other: 'user: { type: int, renamedFrom: uid }' },
      ['s1', 's2'],
    ],
    [
      'it is converted',
      {
        orders,
        subscriptions: [
          { _id: 's1', user: '1' },
          { _id: 's2', user: '2' },
        ],
      },
      { other: 'user: { type: int, convert: true }' },
      ['s1', 's2'],
    ],
    [
      'it is computed from what is renamed',
      {
        orders,
        subscriptions: [
          { _id: 's1', r: { u: 1 } },
          { _id: 's2', r: { u: 2 } },
        ],
      },
      { other: 'ref: { type: object, renamedFrom: r }, user: { type: int, compute: "$ref.u" }' },
      ['s1', 's2'],
    ],
    [
      'it gets a default, and then two match',
      { orders, subscriptions: [{ _id: 's1', user: 2 }, { _id: 's2' }, { _id: 's3', user: 1 }] },
      { other: 'user: { type: int, default: 1 }' },
      [undefined, 's1'],
    ],
    [
      'a field in where gets a default',
      {
        orders,
        subscriptions: [
          { _id: 's1', user: 1 },
          { _id: 's2', user: 2, status: 'off' },
        ],
      },
      {
        other: 'user: { type: int }, status: { type: string, default: on }',
        where: ', where: { $or: [ { status: on } ] }',
      },
      ['s1', undefined],
    ],
    [
      'an expression in where reads what is computed',
      {
        orders,
        subscriptions: [
          { _id: 's1', user: 1, n: 1 },
          { _id: 's2', user: 2, n: 2 },
        ],
      },
      {
        other: 'user: { type: int }, n: { type: int }, m: { type: int, compute: "$n" }',
        where: ', where: { $expr: { $eq: [ "$m", 2 ] } }',
      },
      [undefined, 's2'],
    ],
    [
      'the value that is taken is computed',
      {
        orders,
        subscriptions: [
          { _id: 1, user: 1 },
          { _id: 2, user: 2 },
        ],
      },
      {
        other: 'user: { type: int }, code: { type: string, compute: { $concat: [ c, { $toString: "$_id" } ] } }',
        take: 'code',
      },
      ['c1', 'c2'],
    ],
    [
      'another link fills what matches',
      {
        orders,
        subscriptions: [
          { _id: 's1', mail: 'a' },
          { _id: 's2', mail: 'b' },
        ],
        others: {
          users: [
            { _id: 1, address: 'a' },
            { _id: 2, address: 'b' },
          ],
        },
      },
      {
        other: 'user: { type: any }, mail: { type: string }',
        more: '    links: { user: { field: user, references: users._id, optional: true, populate: { match: { mail: mail } } } }\n  users: { fields: { mail: { type: string, renamedFrom: address } } }\n',
      },
      ['s1', 's2'],
    ],
    [
      'another link fills nothing where it has nothing to match by',
      {
        orders,
        subscriptions: [{ _id: 's1' }, { _id: 's2', mail: 'b' }],
        others: { users: [{ _id: 1 }, { _id: 2, mail: 'b' }] },
      },
      {
        other: 'user: { type: any }, mail: { type: string }',
        more: '    links: { user: { field: user, references: users._id, optional: true, populate: { match: { mail: mail } } } }\n  users: { fields: { mail: { type: string } } }\n',
      },
      [undefined, 's2'],
    ],
  ])('%s', async (_, scene, fields, expected) => {
    const before = await filled(scene);
    const file = await schema(fields);
    const step = (await planOf(site, ['--schema', file]))['steps'] as readonly Document[];
    const documents = expected.filter((one) => one !== undefined).length;
    expect(step).toContainEqual(
      expect.objectContaining({
        address: 'orders.links.sub',
        estimate: expect.objectContaining({ documents, exact: true }) as unknown,
      }),
    );
    await must(0, apply(file));
    expect(await subs()).toEqual(expected);
    expect((await planOf(site, ['--schema', file, '--check-data', 'full']))['steps']).toEqual([]);
    await must(0, site.run(['rollback', '--auto-approve']));
    expect(await site.hash()).toBe(before);
  });
});

test('a default by which two match is against a link that may not be ambiguous', async () => {
  const before = await filled({ orders, subscriptions: [{ _id: 's1', user: 1 }, { _id: 's2' }] });
  const file = await schema({ other: 'user: { type: int, default: 1 }', ambiguous: 'fail' });
  await must(22, apply(file));
  expect((await planOf(site, ['--schema', file]))['violations']).toMatchObject([
    { code: 'ambiguous-match', address: 'orders.links.sub', count: 1 },
  ]);
  expect(await site.hash()).toBe(before);
});

test('of two links that fill each other the first goes first', async () => {
  const orders = [
    { _id: 1, user: 1 },
    { _id: 2, user: 2, name: 'y' },
  ];
  const subscriptions = [
    { _id: 's1', user: 1, name: 'x' },
    { _id: 's2', name: 'y' },
  ];
  const before = await filled({ orders, subscriptions });
  const file = await schemaFile(`version: 1
collections:
  orders:
    fields: { user: { type: any }, name: { type: any } }
    links: { name: { field: name, references: subscriptions.name, optional: true, populate: { match: { user: user } } } }
  subscriptions:
    fields: { user: { type: any }, name: { type: any } }
    links: { user: { field: user, references: orders.user, optional: true, populate: { match: { name: name } } } }
`);
  const steps = (await planOf(site, ['--schema', file]))['steps'] as readonly Document[];
  expect(steps.map(({ address }) => address as unknown)).toEqual(['orders.links.name', 'subscriptions.links.user']);
  await must(0, apply(file));
  expect((await site.db().collection('orders').findOne())?.['name']).toBe('x');
  expect(
    (
      await site
        .db()
        .collection('subscriptions')
        .findOne({ _id: 's2' as never })
    )?.['user'],
  ).toBe(2);
  await must(0, site.run(['rollback', '--auto-approve']));
  expect(await site.hash()).toBe(before);
});

test('of two links of one collection, the one that fills what the other matches by goes first', async () => {
  await filled({
    orders: [{ _id: 1, mail: 'a' }],
    subscriptions: [{ _id: 's1', user: 1 }],
    others: { users: [{ _id: 1, mail: 'a' }] },
  });
  const file = await schemaFile(`version: 1
collections:
  orders:
    fields: { mail: { type: string }, user: { type: any }, sub: { type: any } }
    links:
      a_sub: { field: sub, references: subscriptions._id, optional: true, populate: { match: { user: user } } }
      b_user: { field: user, references: users._id, optional: true, populate: { match: { mail: mail } } }
  subscriptions: { fields: { user: { type: any } } }
  users: { fields: { mail: { type: string } } }
`);
  await must(0, apply(file));
  expect(await subs()).toEqual(['s1']);
});

test('an expression that a link reads and that fails on a document is told as such', async () => {
  const file = await schema({ other: 'user: { type: double, compute: { $divide: [ 1, $n ] } }' });
  await filled({
    orders: [{ _id: 1, user: 1 }],
    subscriptions: [
      { _id: 1, n: 1 },
      { _id: 2, n: 0 },
    ],
  });
  const { err } = await must(22, site.run(['plan', '--schema', file]));
  expect(err).toContain('subscriptions.fields.user: its expression fails on a document');
  expect(err).toContain('It fails on the document with the _id 2.');
});
