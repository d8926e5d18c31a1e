import { describe, expect, test } from 'vitest';
import type { ChangeOf } from '../../src/planner/change.ts';
import type { Plan } from '../../src/planner/contract.ts';
import type { Operation } from '../../src/planner/operation.ts';
import { int, isDoc, type Value } from '../../src/state/value.ts';
import { databaseOf, ledgerOf, named, planFrom, planOf, schemaOf } from './support.ts';

function words(operation: Operation): string {
  if (operation.kind === 'assert') return `assert ${operation.code} ${operation.address}`;
  if (operation.kind === 'rewrite') return `rewrite ${operation.edits.map(({ path }) => path.join('.')).join(' ')}`;
  if (operation.kind === 'copy') return `copy ${operation.from}`;
  const [[command = ''] = []] = operation.body;
  const specs = operation.body.get('indexes') ?? operation.body.get('index');
  const name = (spec: Value): string => String(isDoc(spec) ? spec.get('name') : spec);
  return [
    command,
    ...(Array.isArray(specs) ? (specs as Value[]).map(name) : specs === undefined ? [] : [name(specs)]),
  ].join(' ');
}

/** Each unit in one line: the addresses it serves, and what it does. */
const linesOf = ({ units, steps }: Plan): readonly string[] =>
  units.map((unit) => {
    const addresses = unit.steps.map((id) => steps.find((step) => step.id === id)?.address);
    return `${addresses.join(' ')}: ${unit.operations.map(words).join('; ')}`;
  });

const milestones = '{ m: M }';

describe('steps are grouped into units', () => {
  test.each([
    [
      'the indexes of a collection are one build, after it',
      {
        schema: schemaOf(
          '{ c: { indexes: [{ key: { a: 1 } }, { key: { b: 1 } }] }, d: { indexes: [{ key: { a: 1 } }] } }',
        ),
      },
      [
        'c: create',
        'c.indexes.a_1 c.indexes.b_1: createIndexes a_1 b_1',
        'd: create',
        'd.indexes.a_1: createIndexes a_1',
      ],
    ],
    [
      'what an instant takes comes before a build',
      {
        schema: schemaOf('{ c: { indexes: [{ key: { a: 1 } }, { key: { b: 1 }, hidden: true }] } }'),
        live: databaseOf({ c: { b_1: 'b:1' } }),
      },
      ['c.indexes.b_1: collMod b_1', 'c.indexes.a_1: createIndexes a_1'],
    ],
    [
      'a build for each milestone',
      {
        schema: schemaOf(
          '{ c: { indexes: [{ key: { a: 1 } }, { key: { b: 1 }, milestone: m }, { key: { z: 1 } }] } }',
          milestones,
        ),
        live: databaseOf({ c: {} }),
      },
      ['c.indexes.a_1 c.indexes.z_1: createIndexes a_1 z_1', 'c.indexes.b_1: createIndexes b_1'],
    ],
    [
      'a pass for each collection and milestone',
      {
        schema: schemaOf(
          '{ c: { fields: { f: { type: int, default: 1 }, g: { type: int, default: 1, milestone: m }, h: { type: int, default: 1 } } }, d: { fields: { f: { type: int, default: 1 } } } }',
          milestones,
        ),
        live: databaseOf({ c: {}, d: {} }),
      },
      ['c.fields.f c.fields.h: rewrite f h', 'd.fields.f: rewrite f', 'c.fields.g: rewrite g'],
    ],
    [
      'a unique index waits for the pass that fills its key, and asks again just before',
      {
        schema: schemaOf(
          '{ c: { fields: { a: { type: int, default: 1 } }, indexes: [{ key: { a: 1, b: 1 }, unique: true }, { key: { z: 1 } }] } }',
        ),
        live: databaseOf({ c: {} }),
      },
      [
        'c.fields.a: rewrite a',
        'c.indexes.a_1_b_1 c.indexes.z_1: assert duplicate c.indexes.a_1_b_1; createIndexes a_1_b_1 z_1',
      ],
    ],
    [
      'a pass that an index waits for stays before it, although the milestone fills more',
      {
        schema: schemaOf(
          '{ c: { fields: { b: { type: int, default: 1, milestone: m }, a: { type: int, default: 1, milestone: m } }, indexes: [{ key: { b: 1, z: 1 }, unique: true }] } }',
          milestones,
        ),
        live: databaseOf({ c: {} }),
      },
      [
        'c.fields.b: rewrite b',
        'c.indexes.b_1_z_1: assert duplicate c.indexes.b_1_z_1; createIndexes b_1_z_1',
        'c.fields.a: rewrite a',
      ],
    ],
    [
      'a replacement is a unit of its own: a swap builds first',
      {
        schema: schemaOf('{ c: { indexes: [{ key: { a: 1 } }] } }'),
        live: databaseOf({ c: { y: 'a:1 unique' } }),
        ledger: ledgerOf(schemaOf('{ c: { indexes: [{ key: { a: 1 } }] } }'), { 'c.indexes.a_1': 'y' }),
      },
      ['c.indexes.a_1: createIndexes a_1; dropIndexes y'],
    ],
    [
      'a gap drops first',
      {
        schema: schemaOf('{ c: { indexes: [{ key: { a: 1 }, name: k, unique: true }] } }'),
        live: databaseOf({ c: { k: 'a:1' } }),
        version: '4.4.2',
      },
      ['c.indexes.k: assert duplicate c.indexes.k; dropIndexes k; createIndexes k'],
    ],
    [
      'a conversion to unique looks again once no duplicate can enter',
      {
        schema: schemaOf('{ c: { indexes: [{ key: { a: 1 }, name: k, unique: true, hidden: true }] } }'),
        live: databaseOf({ c: { k: 'a:1' } }),
      },
      ['c.indexes.k: assert duplicate c.indexes.k; collMod k; collMod k; assert duplicate c.indexes.k; collMod k'],
    ],
    [
      'a bridge stands while neither index does',
      {
        schema: schemaOf('{ c: { indexes: [{ key: { a: 1 }, name: k }] } }'),
        live: databaseOf({ c: { k: 'a:1 sparse' } }),
      },
      ['c.indexes.k: createIndexes BRIDGE; dropIndexes k; createIndexes k; dropIndexes BRIDGE'],
    ],
    [
      'a bridge that was left standing goes last',
      {
        schema: schemaOf('{ c: { indexes: [{ key: { a: 1 } }] } }'),
        live: databaseOf({ c: { schemactl_bridge_123456: 'a:1 sparse' } }),
      },
      ['c.indexes.a_1: createIndexes a_1', 'c.indexes.BRIDGE: dropIndexes BRIDGE'],
    ],
    [
      'in place is one collMod',
      { schema: schemaOf('{ c: { indexes: [{ key: { a: 1 } }] } }'), live: databaseOf({ c: { a_1: 'a:1 hidden' } }) },
      ['c.indexes.a_1: collMod a_1'],
    ],
    [
      'dropped indexes go together',
      {
        schema: schemaOf('{ c: {} }'),
        live: databaseOf({ c: { a_1: 'a:1', b_1: 'b:1' } }),
        ledger: ledgerOf(schemaOf('{ c: { indexes: [{ key: { a: 1 } }, { key: { b: 1 } }] } }')),
      },
      ['c.indexes.a_1 c.indexes.b_1: dropIndexes a_1 b_1'],
    ],
    [
      'a dropped collection is one rename',
      { schema: schemaOf('{}'), live: databaseOf({ c: { a_1: 'a:1' } }), ledger: ledgerOf(schemaOf('{ c: {} }')) },
      ['c: assert drop-collection c; renameCollection'],
    ],
  ] as const)('%s', (_, scene, expected) => {
    const lines = linesOf(planOf(scene)).map((line) => line.replaceAll(/schemactl_bridge_[0-9a-f]{6}/g, 'BRIDGE'));
    expect(lines).toEqual(expected);
  });
});

const back = {
  milestone: null,
  reason: 'rolled-back',
  reverts: [{ run: 1, unit: 'u1', step: 's1' }],
  collection: 'c',
} as const;

const restoreOf = (field: string): ChangeOf<'restore'> => ({
  ...back,
  kind: 'restore',
  address: `c.fields.${field}`,
  path: [field],
  action: { kind: 'restore', edit: 0, constant: { before: null, after: [int(1)] }, move: null, inArray: null },
  was: 'fill',
  again: false,
  pass: { run: 1, unit: 'u1' },
  documents: 3,
  undoBytes: 54,
  mayBeDates: true,
  indexes: [],
});

const indexDrop = (address: string, collection: string, before: ChangeOf<'index'>['before']): ChangeOf<'index'> => ({
  kind: 'index',
  address,
  collection,
  milestone: null,
  reason: 'no-longer-declared',
  bridge: null,
  version: '6.0.5',
  series: null,
  dropsFirst: false,
  reverts: [],
  before,
  after: null,
  route: 'in-place',
  ownWork: false,
});

const uniqueDrop: ChangeOf<'index'> = {
  ...indexDrop('c.indexes.a_1', 'c', named('a_1', 'a:1 unique')),
  ...back,
  ownWork: true,
};
const plainDrop: ChangeOf<'index'> = {
  ...indexDrop('c.indexes.b_1', 'c', named('b_1', 'b:1')),
  ...back,
  ownWork: true,
};

function rollback(changes: Parameters<typeof planFrom>[0]['changes'], live: Parameters<typeof databaseOf>[0]): Plan {
  const facts = { documents: new Map([['c', 10]]), answers: new Map() };
  return planFrom(
    { database: 'shop', version: '6.0.5', mode: 'transaction', undo: true, facts, changes },
    databaseOf(live),
    {
      kind: 'rollback',
    },
  );
}

describe('the way back', () => {
  test('a unique index goes before the values that it holds apart, another need not', () => {
    const plan = rollback([restoreOf('a'), plainDrop, uniqueDrop], { c: { a_1: 'a:1 unique', b_1: 'b:1' } });
    expect(linesOf(plan)).toEqual(['c.indexes.b_1 c.indexes.a_1: dropIndexes b_1 a_1', 'c.fields.a: rewrite a']);
    expect(plan.steps.find(({ change }) => change === 'restore')?.dependsOn).toHaveLength(1);
  });

  test('an index that becomes unique again waits for the values', () => {
    const create: ChangeOf<'index'> = { ...uniqueDrop, before: null, after: named('a_1', 'a:1 unique') };
    const plan = rollback([create, restoreOf('a')], { c: {} });
    expect(linesOf(plan)).toEqual([
      'c.fields.a: rewrite a',
      'c.indexes.a_1: assert duplicate c.indexes.a_1; createIndexes a_1',
    ]);
  });

  test('an index that is replaced and stops being unique also goes before the values', () => {
    const change: ChangeOf<'index'> = { ...uniqueDrop, after: named('y', 'a:1'), route: 'swap' };
    const plan = rollback([restoreOf('a'), change], { c: { a_1: 'a:1 unique' } });
    expect(linesOf(plan)).toEqual(['c.indexes.a_1: createIndexes y; dropIndexes a_1', 'c.fields.a: rewrite a']);
  });

  test('a dropped collection serves everything within it', () => {
    const drop: ChangeOf<'collection'> = {
      ...back,
      kind: 'collection',
      address: 'c',
      before: databaseOf({ c: { a_1: 'a:1 unique' } }).collections['c'] ?? null,
      after: null,
      uuid: 'u',
      trash: 't',
      ownWork: true,
    };
    const plan = rollback([drop, uniqueDrop, restoreOf('a')], { c: { a_1: 'a:1 unique' } });
    expect(linesOf(plan)).toEqual(['c.indexes.a_1 c.fields.a c: assert drop-collection c; renameCollection']);
  });

  test('edits of one recorded pass are one pass again, newest first', () => {
    const plan = rollback([restoreOf('b'), restoreOf('a')], { c: {} });
    expect(linesOf(plan)).toEqual(['c.fields.b c.fields.a: rewrite b a']);
  });
});
