import { describe, expect, test } from 'vitest';
import type { DatabaseState } from '../../src/state/types.ts';
import { collectionOf, databaseOf, diffOf, ledgerOf, lineOf, type Scene, schemaOf } from './support.ts';

const view = (name: string): DatabaseState => ({ collections: { [name]: { ...collectionOf(), type: 'view' } } });
const empty = schemaOf('{}');
const oneDefault = schemaOf('{ c: { fields: { f: { type: int, default: 1 } } } }');
const other = schemaOf('{ c: { fields: { f: { type: int, default: 2 } } } }');
const oneIndex = schemaOf('{ c: { indexes: [{ key: { a: 1 } }] } }');

interface Row extends Scene {
  readonly what: string;
  readonly changes: readonly string[];
  readonly unmanaged?: readonly string[];
  readonly released?: readonly string[];
}

const rows: readonly Row[] = [
  { what: 'nothing of nothing', schema: empty, changes: [] },
  {
    what: 'a collection and its indexes are created, its defaults not',
    schema: schemaOf(
      '{ c: { fields: { f: { type: int, default: 1 } }, indexes: [{ key: { b: 1 } }, { key: { a: 1 } }] } }',
    ),
    changes: ['+ c', '+ c.indexes.a_1 a_1', '+ c.indexes.b_1 b_1'],
  },
  {
    what: 'what is neither declared nor applied is unmanaged',
    live: databaseOf({ c: { y: 'b:1' }, d: {}, schemactl_runs: {} }),
    schema: schemaOf('{ c: {} }'),
    changes: [],
    unmanaged: ['c.indexes.y', 'd'],
  },
  {
    what: 'unmanaged: ignore is silent',
    live: databaseOf({ c: { y: 'b:1' } }),
    schema: schemaOf('{ c: { unmanaged: ignore } }'),
    changes: [],
  },
  {
    what: 'an index that was applied and is no longer declared is dropped',
    live: databaseOf({ c: { a_1: 'a:1' } }),
    schema: schemaOf('{ c: {} }'),
    ledger: ledgerOf(oneIndex),
    changes: ['- c.indexes.a_1 a_1'],
  },
  {
    what: 'it is dropped under the name that it got',
    live: databaseOf({ c: { a_1_abc: 'a:1', a_1: 'a:1 unique' } }),
    schema: schemaOf('{ c: {} }'),
    ledger: ledgerOf(oneIndex, { 'c.indexes.a_1': 'a_1_abc' }),
    changes: ['- c.indexes.a_1 a_1_abc'],
    unmanaged: ['c.indexes.a_1'],
  },
  {
    what: 'an index that is gone already is released',
    live: databaseOf({ c: {} }),
    schema: schemaOf('{ c: {} }'),
    ledger: ledgerOf(oneIndex),
    changes: [],
    released: ['c.indexes.a_1'],
  },
  {
    what: 'a collection that was applied and is no longer declared is dropped with all that it holds',
    live: databaseOf({ c: { a_1: 'a:1' } }),
    schema: empty,
    ledger: ledgerOf(oneIndex),
    changes: ['- c'],
  },
  {
    what: 'one that was never applied is left alone',
    live: databaseOf({ c: { a_1: 'a:1' } }),
    schema: empty,
    changes: [],
    unmanaged: ['c'],
  },
  {
    what: 'a collection that is gone already is released',
    schema: empty,
    ledger: ledgerOf(schemaOf('{ c: {} }')),
    changes: [],
    released: ['c'],
  },
  {
    what: 'a default that is no longer declared is released, the documents stay as they are',
    live: databaseOf({ c: {} }),
    schema: schemaOf('{ c: {} }'),
    ledger: ledgerOf(oneDefault),
    changes: [],
    released: ['c.fields.f'],
  },
  { what: 'a new default asks the data', live: databaseOf({ c: {} }), schema: oneDefault, changes: ['= c.fields.f'] },
  {
    what: 'an applied default is settled',
    live: databaseOf({ c: {} }),
    schema: oneDefault,
    ledger: ledgerOf(oneDefault),
    changes: [],
  },
  {
    what: 'check-data full asks again',
    live: databaseOf({ c: {} }),
    schema: oneDefault,
    ledger: ledgerOf(oneDefault),
    checkData: 'full',
    changes: ['= c.fields.f'],
  },
  {
    what: 'another value asks again',
    live: databaseOf({ c: {} }),
    schema: other,
    ledger: ledgerOf(oneDefault),
    changes: ['= c.fields.f'],
  },
  {
    what: 'nested defaults come after their parents, in the order declared',
    live: databaseOf({ c: {} }),
    schema: schemaOf(
      '{ c: { fields: { z: { type: object, default: {}, fields: { b: { type: int, default: 1 }, a: { type: int, default: 2 } } }, y: { type: int, default: 3 } } } }',
    ),
    changes: ['= c.fields.z', '= c.fields.z.b', '= c.fields.z.a', '= c.fields.y'],
  },
  {
    what: 'milestones come in their order, what carries none first, drops last',
    live: databaseOf({ c: { old_1: 'old:1' } }),
    schema: schemaOf(
      '{ c: { fields: { f: { type: int, default: 1, milestone: two } }, indexes: [{ key: { a: 1 }, milestone: one }, { key: { b: 1 }, milestone: two }, { key: { z: 1 } }] }, d: { milestone: one } }',
      '{ two: Two, one: One }',
    ),
    ledger: ledgerOf(schemaOf('{ c: { indexes: [{ key: { old: 1 } }] } }')),
    changes: [
      '+ c.indexes.z_1 z_1',
      '= c.fields.f',
      '+ c.indexes.b_1 b_1',
      '+ c.indexes.a_1 a_1',
      '+ d',
      '- c.indexes.old_1 old_1',
    ],
  },
  {
    what: 'a name with a dot is bracketed in addresses',
    live: databaseOf({ 'a.b': {} }),
    schema: schemaOf('{ a.b: { indexes: [{ key: { x: 1 } }] } }'),
    changes: ['+ ["a.b"].indexes.x_1 x_1'],
  },
];

describe('what differs between a database and a schema', () => {
  test.each(rows)('$what', ({ changes, unmanaged = [], released = [], ...scene }) => {
    const diff = diffOf(scene);
    expect(diff.changes.map(lineOf)).toEqual(changes);
    expect(diff.unmanaged).toEqual(unmanaged);
    expect(diff.released.map(({ address }) => address)).toEqual(released);
  });

  test.each([
    ['not there before', new Map(), 'not-in-database'],
    ['applied, and gone', ledgerOf(oneIndex), 'dropped-by-hand'],
  ] as const)('an index that is %s says why', (_, ledger, reason) => {
    const [change] = diffOf({ live: databaseOf({ c: {} }), schema: oneIndex, ledger }).changes;
    expect(change).toMatchObject({ address: 'c.indexes.a_1', reason });
  });

  test.each([
    ['newly-declared', oneDefault, new Map(), 'fast'],
    ['declared-otherwise', other, ledgerOf(oneDefault), 'fast'],
    ['checked-again', oneDefault, ledgerOf(oneDefault), 'full'],
  ] as const)('a default is %s', (reason, schema, ledger, checkData) => {
    expect(diffOf({ live: databaseOf({ c: {} }), schema, ledger, checkData }).changes).toMatchObject([{ reason }]);
  });

  test('what is declared has its live name: that of an adopted index, or the one it will get', () => {
    const schema = schemaOf('{ c: { indexes: [{ key: { a: 1 } }, { key: { b: 1 } }] } }');
    const { declared } = diffOf({ live: databaseOf({ c: { mine: 'a:1' } }), schema });
    const names = declared.filter(({ kind }) => kind === 'index').map(({ address, live }) => [address, live]);
    expect(names).toEqual([
      ['c.indexes.a_1', 'mine'],
      ['c.indexes.b_1', 'b_1'],
    ]);
  });
});

describe('what may not be planned at all', () => {
  test.each([
    [
      'mustExist',
      { schema: schemaOf('{ orders: { mustExist: true } }'), live: databaseOf({ order: {}, schemactl_lock: {} }) },
      'SCH2001',
      'orders',
    ],
    ['a view in the way', { schema: schemaOf('{ v: {} }'), live: view('v') }, 'SCH2002', 'view'],
    [
      'a protected collection that is no longer declared',
      { schema: empty, live: databaseOf({ c: {} }), ledger: ledgerOf(schemaOf('{ c: { protect: true } }')) },
      'SCH2003',
      '"c"',
    ],
  ] as const)('%s is refused with 20', (_, scene, code, words) => {
    expect(() => diffOf(scene)).toThrow(
      expect.objectContaining({ code, exitCode: 20, message: expect.stringContaining(words) as string }) as Error,
    );
  });

  test('what must exist names those that do, our own aside', () => {
    const scene = {
      schema: schemaOf('{ orders: { mustExist: true } }'),
      live: databaseOf({ order: {}, schemactl_lock: {} }),
    };
    expect(() => diffOf(scene)).toThrow(expect.objectContaining({ details: ['The database holds: order.'] }) as Error);
  });

  test('an undeclared view in the place of an applied collection is not dropped: it cannot be renamed away', () => {
    const scene = { schema: empty, live: view('v'), ledger: ledgerOf(schemaOf('{ v: {} }')) };
    expect(diffOf(scene).changes.map(lineOf)).toEqual([]);
  });
});
