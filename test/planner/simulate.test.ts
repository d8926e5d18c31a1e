import { describe, expect, test } from 'vitest';
import type { Change } from '../../src/planner/change.ts';
import type { Step } from '../../src/planner/contract.ts';
import { assertSimulation } from '../../src/planner/simulate.ts';
import type { CollectionState, DatabaseState } from '../../src/state/types.ts';

const empty: CollectionState = { type: 'collection', options: {}, validator: null, indexes: {} };
const observed: DatabaseState = { collections: { a: empty, b: empty, $c: empty, 'd/~': empty } };

const creation: Change = { kind: 'collection', collection: 'e', after: empty } as unknown as Change;
const creates = { op: 'add', path: '/collections/e', value: empty } as const;
const drops = (name: string) => ({ op: 'remove', path: `/collections/${name}` }) as const;
const stepOf = (...patch: Step['patch']): Step => ({ patch }) as unknown as Step;

describe('what the steps do is what the changes mean', () => {
  test.each<readonly [what: string, changes: readonly Change[], steps: readonly Step[]]>([
    ['nothing', [], []],
    ['a creation', [creation], [stepOf(creates)]],
    ['there and back', [], [stepOf(drops('a'), { op: 'add', path: '/collections/a', value: empty })]],
  ])('%s', (_what, changes, steps) => {
    expect(() => assertSimulation(observed, changes, steps)).not.toThrow();
  });

  test.each<readonly [what: string, changes: readonly Change[], steps: readonly Step[]]>([
    ['a change without a step', [creation], []],
    ['a step without a change', [], [stepOf(creates)]],
    ['a step that reaches a collection of no change', [creation], [stepOf(creates, drops('b'))]],
    ['one with an escaped name', [], [stepOf(drops('$$c'))]],
    ['one whose name is escaped in the pointer', [], [stepOf(drops('d~1~0'))]],
    [
      'a move out of another collection',
      [creation],
      [stepOf({ op: 'move', from: '/collections/b', path: '/collections/e' })],
    ],
    [
      'a step at all collections',
      [creation],
      [stepOf(creates, { op: 'replace', path: '/collections', value: { e: empty } })],
    ],
  ])('is refused: %s', (_what, changes, steps) => {
    expect(() => assertSimulation(observed, changes, steps)).toThrow(/do not lead/);
  });
});
