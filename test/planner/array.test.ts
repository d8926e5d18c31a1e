import { describe, expect, test } from 'vitest';
import type { FieldPath } from '../../src/planner/operation.ts';
import { differsAt, restoredArray } from '../../src/planner/rewrite/array.ts';
import { doc, int, isDoc, isList, isScalar, type Value } from '../../src/state/value.ts';

/** JavaScript in short as a value: numbers are ints, objects keep the order of their names. */
function value(from: unknown): Value {
  if (typeof from === 'number') return int(from);
  if (Array.isArray(from)) return from.map(value);
  if (typeof from !== 'object' || from === null) return from as Value;
  return doc(...Object.entries(from).map(([name, item]) => [name, value(item)] as const));
}

const text = (from: Value | null): string => {
  if (isDoc(from)) return `{${[...from].map(([name, item]) => `${name}:${text(item)}`).join(' ')}}`;
  if (isList(from)) return `[${from.map(text).join(' ')}]`;
  return isScalar(from) ? from.text : String(from);
};

const path = (dotted: string): FieldPath => dotted.split('.').map((step) => (step === '[]' ? null : step));

interface Row {
  readonly what: string;
  readonly before: unknown;
  readonly after: unknown;
  /** As it is now; left out: as it was made. */
  readonly live?: unknown;
  readonly own: readonly string[];
  /** All that the pass changed in the array; left out: what is taken back. */
  readonly all?: readonly string[];
  readonly expected: unknown;
}

const rows: readonly Row[] = [
  {
    what: 'a filled field is taken out of the items that got it',
    before: [{ a: 1 }, { a: 2, f: 7 }, 5, { f: null }],
    after: [{ a: 1, f: 0 }, { a: 2, f: 7 }, 5, { f: null }],
    own: ['[].f'],
    expected: [{ a: 1 }, { a: 2, f: 7 }, 5, { f: null }],
  },
  {
    what: 'a removed field comes back at its place',
    before: [{ a: 1, f: 2, b: 3 }, { b: 1 }],
    after: [{ a: 1, b: 3 }, { b: 1 }],
    own: ['[].f'],
    expected: [{ a: 1, f: 2, b: 3 }, { b: 1 }],
  },
  {
    what: 'a renamed field gets its name and its place back',
    before: [{ g: 1, a: 2 }],
    after: [{ a: 2, f: 1 }],
    own: ['[].f', '[].g'],
    expected: [{ g: 1, a: 2 }],
  },
  {
    what: 'converted items are as they were',
    before: ['1', 2],
    after: [1, 2],
    own: ['[]'],
    expected: ['1', 2],
  },
  {
    what: 'arrays within arrays',
    before: [{ l: [{ a: 1 }] }, { l: 3 }, {}],
    after: [{ l: [{ a: 1, f: 0 }] }, { l: 3 }, {}],
    own: ['[].l.[].f'],
    expected: [{ l: [{ a: 1 }] }, { l: 3 }, {}],
  },
  {
    what: 'one of two fields of a pass, the other stays',
    before: [{ a: 1 }],
    after: [{ a: 1, f: 0, g: 0 }],
    own: ['[].f'],
    all: ['[].f', '[].g'],
    expected: [{ a: 1, g: 0 }],
  },
  {
    what: 'the second of two fields, the first taken back before',
    before: [{ a: 1 }],
    after: [{ a: 1, f: 0, g: 0 }],
    live: [{ a: 1, g: 0 }],
    own: ['[].g'],
    all: ['[].f', '[].g'],
    expected: [{ a: 1 }],
  },
  {
    what: 'an array that has an item more since is left',
    before: [{ a: 1 }],
    after: [{ a: 1, f: 0 }],
    live: [
      { a: 1, f: 0 },
      { a: 2, f: 0 },
    ],
    own: ['[].f'],
    expected: null,
  },
  {
    what: 'a field that the application wrote since is left',
    before: [{ a: 1 }, { a: 2 }],
    after: [
      { a: 1, f: 0 },
      { a: 2, f: 0 },
    ],
    live: [
      { a: 1, f: 9 },
      { a: 2, f: 0 },
    ],
    own: ['[].f'],
    expected: null,
  },
  {
    what: 'an item that was changed elsewhere is left',
    before: [{ a: 1 }],
    after: [{ a: 1, f: 0 }],
    live: [{ a: 5, f: 0 }],
    own: ['[].f'],
    expected: null,
  },
  {
    what: 'converted items of which one changed are left',
    before: ['1', '2'],
    after: [1, 2],
    live: [1, 3],
    own: ['[]'],
    expected: null,
  },
];

describe('an array as it was before an edit', () => {
  test.each(rows)('$what', ({ before, after, live = after, own, all = own, expected }) => {
    const sides = { before: value(before), after: value(after), live: value(live) };
    const found = restoredArray(sides, own.map(path), all.map(path));
    expect(text(found)).toBe(text(value(expected)));
  });
});

describe('whether an edit changed an array', () => {
  test.each([
    ['a field of an item', [{ a: 1 }], [{ a: 1, f: 0 }], '[].f', true],
    ['another field of an item', [{ a: 1 }], [{ a: 1, g: 0 }], '[].f', false],
    ['an item', ['1'], [1], '[]', true],
    ['no item', [1], [1], '[]', false],
  ] as const)('%s', (_, before, after, at, expected) => {
    expect(differsAt(value(before), value(after), path(at))).toBe(expected);
  });
});
