import { describe, expect, test } from 'vitest';
import { canonical } from '../../src/state/encode.ts';
import type { IndexState } from '../../src/state/types.ts';
import { databaseOf, diffOf, ledgerOf, planOf, type Scene, schemaOf } from './support.ts';

/** What a server refuses when an index is built beside others: its name (86), or its signature under another name (85). */
function collisions(scene: Scene): readonly string[] {
  const plan = planOf(scene);
  const held = new Map(Object.entries(scene.live?.collections['c']?.indexes ?? {}));
  const signature = ({ key, options }: IndexState): string =>
    JSON.stringify([
      key,
      options['unique'] ?? false,
      options['sparse'] ?? false,
      canonical(options['partialFilterExpression'] ?? null),
    ]);
  return plan.units
    .flatMap((unit) => unit.operations)
    .flatMap((operation) => {
      if (operation.kind !== 'command') return [];
      if (operation.done.kind === 'indexes-absent') for (const name of operation.done.names) held.delete(name);
      if (operation.done.kind !== 'indexes-present' || operation.body.has('collMod')) return [];
      return operation.done.indexes.flatMap(({ name, ...index }) => {
        const twin = [...held].find(([, other]) => signature(other) === signature(index));
        const found = held.has(name) ? [`86 ${name}`] : twin === undefined ? [] : [`85 ${name} beside ${twin[0]}`];
        held.set(name, index);
        return found;
      });
    });
}

describe('what a plan builds, the server can hold beside what is there, or the plan is refused before it drops anything', () => {
  const c = (indexes: string) => schemaOf(`{ c: { indexes: [${indexes}] } }`);
  const rows: readonly (readonly [what: string, scene: Scene])[] = [
    [
      'a generated name that an unmanaged index of another key has',
      { live: databaseOf({ c: { a_1: 'b:1' } }), schema: c('{ key: { a: 1 } }') },
    ],
    [
      'a swap to a generated name that an unmanaged index has',
      {
        live: databaseOf({ c: { mine: 'a:1', a_1: 'b:1' } }),
        schema: c('{ key: { a: 1 }, unique: true }'),
        ledger: ledgerOf(c('{ key: { a: 1 } }'), { 'c.indexes.a_1': 'mine' }),
      },
    ],
    [
      'an explicit name for a key that an unmanaged index already has',
      { live: databaseOf({ c: { x: 'b:1', y: 'a:1' } }), schema: c('{ key: { a: 1 }, name: x }') },
    ],
    [
      'a key that moves from an explicit to a generated name',
      {
        live: databaseOf({ c: { foo: 'a:1' } }),
        schema: c('{ key: { b: 1 }, name: foo }, { key: { a: 1 } }'),
        ledger: ledgerOf(c('{ key: { a: 1 }, name: foo }')),
      },
    ],
    [
      'two explicit names that change places',
      {
        live: databaseOf({ c: { x: 'a:1', y: 'b:1' } }),
        schema: c('{ key: { b: 1 }, name: x }, { key: { a: 1 }, name: y }'),
      },
    ],
  ];
  test.each(rows)('%s', (_, scene) => {
    let found: readonly string[] = [];
    try {
      found = collisions(scene);
    } catch (error) {
      expect(error).toMatchObject({ exitCode: 20 });
    }
    expect(found).toEqual([]);
  });
});

test('the order of collections and of indexes in the file changes nothing in the plan', () => {
  const one = schemaOf('{ b: {}, a: { indexes: [{ key: { y: 1 } }, { key: { x: 1 } }] } }');
  const two = schemaOf('{ a: { indexes: [{ key: { x: 1 } }, { key: { y: 1 } }] }, b: {} }');
  expect(planOf({ schema: two })).toEqual(planOf({ schema: one }));
  expect(diffOf({ schema: two })).toEqual(diffOf({ schema: one }));
});
