import { describe, expect, test } from 'vitest';
import type { Selection } from '../../src/planner/contract.ts';
import { selectChanges, selector } from '../../src/planner/select.ts';
import { databaseOf, diffOf, everything, lineOf, schemaOf } from './support.ts';

const milestones = '{ one: One, two: Two, three: Three }';
const schema = schemaOf(
  `{ c: { fields: { f: { type: int, default: 1, milestone: two } }, indexes: [{ key: { a: 1 } }, { key: { b: 1 }, milestone: one }, { key: { f: 1, g: 1 }, unique: true, milestone: three }] },
     n: { indexes: [{ key: { x: 1 }, milestone: two }] } }`,
  milestones,
);
const { changes } = diffOf({ live: databaseOf({ c: {} }), schema });
const [a, b, f, fg, n, x] = [
  '+ c.indexes.a_1 a_1',
  '+ c.indexes.b_1 b_1',
  '= c.fields.f',
  '+ c.indexes.f_1_g_1 f_1_g_1',
  '+ n',
  '+ n.indexes.x_1 x_1',
] as const;

const select = (part: Partial<Selection>): readonly string[] => {
  const selection = { ...everything, ...part };
  return selectChanges(changes, selector(selection, schema.milestones), selection).map(lineOf);
};

describe('selection', () => {
  const rows: readonly [Partial<Selection>, readonly string[]][] = [
    [{}, [a, n, b, f, x, fg]],
    [{ milestone: 'one' }, [b]],
    [{ milestone: 'two' }, [n, f, x]],
    [{ through: 'one' }, [a, n, b]],
    [{ through: 'two' }, [a, n, b, f, x]],
    [{ through: 'three' }, [a, n, b, f, x, fg]],
    [{ only: ['c.indexes.b_1'] }, [b]],
    [{ only: ['n.**'] }, [n, x]],
    [{ only: ['n.indexes.*'] }, [n, x]],
    [{ only: ['**.fields.**'] }, [f]],
    [{ only: ['c.**'], exclude: ['c.indexes.a_1'] }, [b, f, fg]],
    [{ exclude: ['c.**'] }, [n, x]],
    [{ exclude: ['n.**'] }, [a, b, f, fg]],
    [{ only: ['nothing'] }, []],
    [{ milestone: 'two', only: ['c.**'] }, [f]],
    [{ milestone: 'two', through: 'one' }, []],
  ];
  test.each(rows)('%j', (selection, expected) => {
    expect(select(selection)).toEqual(expected);
  });

  const refused: readonly [string, Partial<Selection>, string, readonly string[]][] = [
    [
      'a need in a milestone that is not selected',
      { milestone: 'three' },
      'SCH6403',
      ['c.indexes.f_1_g_1', 'c.fields.f', 'milestone two'],
    ],
    ['a need that is excluded', { only: ['n.**'], exclude: ['n'] }, 'SCH6403', ['n.indexes.x_1', '"n"', 'is excluded']],
    [
      'a need that is excluded, in a milestone',
      { exclude: ['c.fields.f'] },
      'SCH6403',
      ['c.indexes.f_1_g_1', 'c.fields.f'],
    ],
    ['an unknown milestone', { milestone: 'four' }, 'SCH6402', ['four']],
    ['an unknown last milestone', { through: 'four' }, 'SCH6402', ['four']],
  ];
  test.each(refused)('%s is 64', (_, selection, code, words) => {
    const thrown = catchFrom(() => select(selection));
    expect(thrown).toMatchObject({ code, exitCode: 64 });
    for (const word of words) expect((thrown as Error).message).toContain(word);
  });

  test('an unknown milestone names those that are declared', () => {
    expect(catchFrom(() => select({ milestone: 'four' }))).toMatchObject({
      details: ['The schema declares: one, two, three.'],
    });
  });
});

function catchFrom(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}
