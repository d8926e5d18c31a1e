import { type Document, MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { introspect } from '../../src/database/introspect.ts';
import type { Database } from '../../src/database/port.ts';
import { assertApplicable } from '../../src/planner/hazards.ts';
import { hazardCodes } from '../../src/planner/contract.ts';
import { open, planText, rollbackPlan, run } from '../cases/run.ts';

/** Views over what is renamed, dropped or made. */
const name = 'test_views';
let client: MongoClient;
let db: Database;
beforeAll(async () => {
  client = await new MongoClient(inject('uri')).connect();
  db = await open(inject('uri'), name);
});
afterAll(async () => {
  await client.db(name).dropDatabase();
  await db.close();
  await client.close();
});

const schema = (...collections: readonly string[]): string =>
  `version: 1\ncollections: { ${collections.join(', ')} }\n`;

/** A database in which `earlier` was applied, with views made by hand. */
async function scene(earlier: string, views: readonly Document[]): Promise<void> {
  await client.db(name).dropDatabase();
  await run(db, await planText(db, earlier));
  for (const view of views) await client.db(name).command(view);
}

interface Broken {
  readonly what: string;
  readonly earlier: string;
  readonly views: readonly Document[];
  readonly schema: string;
  /** Where the hazard stands, and the views it names. */
  readonly at: string;
  readonly names: readonly string[];
}

const broken: readonly Broken[] = [
  {
    what: 'a collection that is renamed under a view on it',
    earlier: schema('old: {}'),
    views: [{ create: 'v', viewOn: 'old', pipeline: [] }],
    schema: schema('new: { renamedFrom: old }'),
    at: 'new',
    names: ['v'],
  },
  {
    what: 'one that views bring in by their pipelines, however deep',
    earlier: schema('old: {}', 'other: {}'),
    views: [
      {
        create: 'deep',
        viewOn: 'other',
        pipeline: [
          { $facet: { x: [{ $lookup: { from: 'other', as: 'y', let: {}, pipeline: [{ $unionWith: 'old' }] } }] } },
        ],
      },
      {
        create: 'graph',
        viewOn: 'other',
        pipeline: [
          { $graphLookup: { from: 'old', startWith: '$a', connectFromField: 'a', connectToField: 'b', as: 'c' } },
        ],
      },
      { create: 'no', viewOn: 'other', pipeline: [{ $match: { from: 'old', viewOn: 'old' } }] },
    ],
    schema: schema('new: { renamedFrom: old }', 'other: {}'),
    at: 'new',
    names: ['deep', 'graph'],
  },
  {
    what: 'a collection that is dropped under a declared view',
    earlier: schema('gone: {}', 'v: { options: { viewOn: gone } }'),
    views: [],
    schema: schema('v: { options: { viewOn: gone } }'),
    at: 'gone',
    names: ['v'],
  },
  {
    what: 'a view that is dropped under another',
    earlier: schema('c: {}', 'v: { options: { viewOn: c } }'),
    views: [{ create: 'w', viewOn: 'v', pipeline: [] }],
    schema: schema('c: {}'),
    at: 'v',
    names: ['w'],
  },
];

describe('a view that would show nothing', () => {
  test.each(broken)('$what', async ({ earlier, views, schema: text, at, names }) => {
    await scene(earlier, views);
    const plan = await planText(db, text);
    const hazards = plan.hazards.filter(({ code }) => code === 'breaks-view');
    expect(hazards.map(({ address }) => address)).toEqual([at]);
    expect(/: (.*)$/.exec(hazards[0]?.message ?? '')?.[1]).toBe(names.map((one) => `"${one}"`).join(', '));
    expect(() => assertApplicable(plan, ['drop-collection'])).toThrow(
      expect.objectContaining({ exitCode: 20 }) as Error,
    );
    assertApplicable(plan, ['drop-collection', 'breaks-view']);
  });
});

interface Ordered {
  readonly what: string;
  readonly earlier: string;
  readonly schema: string;
  readonly steps: readonly string[];
}

const ordered: readonly Ordered[] = [
  {
    what: 'a view is made after what it reads',
    earlier: schema('other: {}'),
    schema: schema(
      'a: { options: { viewOn: b } }',
      'b: { options: { viewOn: z, pipeline: [ { $lookup: { from: y, localField: i, foreignField: i, as: j } } ] } }',
      'other: {}',
      'y: {}',
      'z: {}',
    ),
    steps: ['create y', 'create z', 'create b', 'create a'],
  },
  {
    what: 'a view follows the collection that is renamed',
    earlier: schema('a: { options: { viewOn: old } }', 'old: {}'),
    schema: schema('a: { options: { viewOn: new } }', 'new: { renamedFrom: old }'),
    steps: ['update new', 'update a'],
  },
  {
    what: 'a view gets a collation',
    earlier: schema('c: {}', 'v: { options: { viewOn: c } }'),
    schema: schema('c: {}', 'v: { options: { viewOn: c, collation: { locale: fr } } }'),
    steps: ['replace v'],
  },
  {
    what: 'views that read each other get another collation together',
    earlier: schema(
      'c: {}',
      'a: { options: { viewOn: b, collation: { locale: en } } }',
      'b: { options: { viewOn: c, collation: { locale: en } } }',
    ),
    schema: schema(
      'c: {}',
      'a: { options: { viewOn: b, collation: { locale: fr } } }',
      'b: { options: { viewOn: c, collation: { locale: fr } } }',
    ),
    steps: ['replace b', 'replace a'],
  },
  {
    what: 'a view leaves the collection before it is dropped',
    earlier: schema('gone: {}', 'other: {}', 'z: { options: { viewOn: gone } }'),
    schema: schema('other: {}', 'z: { options: { viewOn: other } }'),
    steps: ['update z', 'delete gone'],
  },
];

const structure = async (): Promise<unknown> =>
  Object.entries((await introspect(db)).state.collections).filter(([one]) => !one.startsWith('schemactl_'));

describe('views and what they read', () => {
  test.each(ordered)('$what', async ({ earlier, schema: text, steps }) => {
    await scene(earlier, []);
    const before = await structure();
    const plan = await planText(db, text, [...hazardCodes]);
    expect(plan.steps.map(({ action, address }) => `${action} ${address}`)).toEqual(steps);
    expect(plan.hazards.filter(({ code }) => code === 'breaks-view')).toEqual([]);
    expect(await run(db, plan)).toMatchObject({ exitCode: 0 });
    expect(await planText(db, text)).toMatchObject({ noop: true });
    expect(await run(db, await rollbackPlan(db))).toMatchObject({ exitCode: 0 });
    expect(await structure()).toEqual(before);
  });

  test('views of two collations that read each other are refused', async () => {
    await scene(schema('c: {}', 'b: { options: { viewOn: c } }', 'a: { options: { viewOn: b } }'), []);
    const text = schema(
      'c: {}',
      'b: { options: { viewOn: c, collation: { locale: fr } } }',
      'a: { options: { viewOn: b } }',
    );
    await expect(planText(db, text)).rejects.toMatchObject({ exitCode: 20, code: 'SCH2023' });
  });

  test('views that read each other in a circle are refused', async () => {
    await scene(schema('c: {}'), []);
    const text = schema(
      'a: { options: { viewOn: b } }',
      'b: { options: { viewOn: c, pipeline: [ { $unionWith: a } ] } }',
      'c: {}',
    );
    await expect(planText(db, text)).rejects.toMatchObject({ exitCode: 65, code: 'SCH2123' });
  });
});
