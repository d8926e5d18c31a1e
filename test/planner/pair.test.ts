import { describe, expect, test } from 'vitest';
import { pairIndexes } from '../../src/planner/families/indexes/pair.ts';
import { declaredIndex, named } from './support.ts';

const liveIndexes = (live: Readonly<Record<string, string>>) =>
  Object.entries(live).map(([name, text]) => named(name, text));

interface Row {
  readonly what: string;
  /** Each as `idx` reads it; `name = ` in front of it gives an explicit name. */
  readonly declared: readonly string[];
  readonly live: Readonly<Record<string, string>>;
  readonly remembered?: Readonly<Record<string, string>>;
  readonly version?: string;
  /** The live name by address; those that no declaration stands for under `rest`. */
  readonly pairs: Readonly<Record<string, string | null>>;
  readonly rest?: readonly string[];
}

const rows: readonly Row[] = [
  { what: 'nothing live', declared: ['a:1'], live: {}, pairs: { 'c.indexes.a_1': null } },
  { what: 'nothing declared', declared: [], live: { a_1: 'a:1' }, pairs: {}, rest: ['a_1'] },
  {
    what: 'equal under the generated name',
    declared: ['a:1'],
    live: { a_1: 'a:1' },
    pairs: { 'c.indexes.a_1': 'a_1' },
  },
  {
    what: 'an explicit name, whatever its key',
    declared: ['x = a:1'],
    live: { x: 'b:1' },
    pairs: { 'c.indexes.x': 'x' },
  },
  {
    what: 'the explicit name goes before equality',
    declared: ['x = a:1'],
    live: { x: 'b:1', a_1: 'a:1' },
    pairs: { 'c.indexes.x': 'x' },
    rest: ['a_1'],
  },
  {
    what: 'a name that moves to another key leaves its index to what takes the old key over',
    declared: ['x = b:1', 'z = a:1 unique'],
    live: { x: 'a:1' },
    remembered: { 'c.indexes.x': 'x' },
    pairs: { 'c.indexes.x': null, 'c.indexes.z': 'x' },
  },
  {
    what: 'but not where another index of the old key is there',
    declared: ['x = b:1', 'a:1'],
    live: { x: 'a:1 unique', a_1: 'a:1' },
    pairs: { 'c.indexes.x': 'x', 'c.indexes.a_1': 'a_1' },
  },
  {
    what: 'names that are exchanged stay with their names',
    declared: ['x = b:1', 'y = a:1'],
    live: { x: 'a:1', y: 'b:1' },
    pairs: { 'c.indexes.x': 'x', 'c.indexes.y': 'y' },
  },
  {
    what: 'the remembered name goes before equality',
    declared: ['a:1'],
    live: { a_1: 'a:1', mine: 'a:1 unique' },
    remembered: { 'c.indexes.a_1': 'mine' },
    pairs: { 'c.indexes.a_1': 'mine' },
    rest: ['a_1'],
  },
  {
    what: 'a remembered name that is gone is forgotten',
    declared: ['a:1'],
    live: { a_1: 'a:1' },
    remembered: { 'c.indexes.a_1': 'mine' },
    pairs: { 'c.indexes.a_1': 'a_1' },
  },
  {
    what: 'equality adopts another name',
    declared: ['a:1 unique'],
    live: { y: 'a:1 unique' },
    pairs: { 'c.indexes.a_1': 'y' },
  },
  {
    what: 'of equals the generated name goes first',
    declared: ['a:1'],
    live: { A: 'a:1', a_1: 'a:1' },
    pairs: { 'c.indexes.a_1': 'a_1' },
    rest: ['A'],
  },
  {
    what: 'equality of another goes before the generated name',
    declared: ['a:1'],
    live: { a_1: 'a:1 unique', y: 'a:1' },
    pairs: { 'c.indexes.a_1': 'y' },
    rest: ['a_1'],
  },
  {
    what: 'the generated name with its key',
    declared: ['a:1 unique'],
    live: { a_1: 'a:1' },
    pairs: { 'c.indexes.a_1': 'a_1' },
  },
  {
    what: 'a generated name taken by another key',
    declared: ['a:1'],
    live: { a_1: 'b:1' },
    pairs: { 'c.indexes.a_1': null },
    rest: ['a_1'],
  },
  {
    what: 'the order of a key is meaning',
    declared: ['a:1,b:1'],
    live: { y: 'b:1,a:1' },
    pairs: { 'c.indexes.a_1_b_1': null },
    rest: ['y'],
  },
  {
    what: 'the direction of a key is meaning',
    declared: ['a:1'],
    live: { y: 'a:-1' },
    pairs: { 'c.indexes.a_1': null },
    rest: ['y'],
  },
  {
    what: 'signature on 4.4: the key alone',
    declared: ['a:1 unique'],
    live: { y: 'a:1' },
    version: '4.4.2',
    pairs: { 'c.indexes.a_1': 'y' },
  },
  {
    what: 'signature on 5.0: unique and sparse belong to it',
    declared: ['a:1 unique'],
    live: { y: 'a:1', z: 'a:1 sparse' },
    version: '5.0.4',
    pairs: { 'c.indexes.a_1': null },
    rest: ['y', 'z'],
  },
  {
    what: 'signature on 6.0: hidden and TTL do not belong to it',
    declared: ['a:1 hidden ttl=60'],
    live: { y: 'a:1 ttl=5' },
    version: '6.0.5',
    pairs: { 'c.indexes.a_1': 'y' },
  },
  {
    what: 'a release candidate knows what its release knows',
    declared: ['a:1 unique'],
    live: { y: 'a:1' },
    version: '5.0.0-rc1',
    pairs: { 'c.indexes.a_1': null },
    rest: ['y'],
  },
  {
    what: 'no declaration is robbed by a weaker rule of an earlier one',
    declared: ['a:1 hidden', 'b = a:1 unique'],
    live: { b: 'a:1', other: 'a:1 hidden' },
    version: '6.0.5',
    pairs: { 'c.indexes.a_1': 'other', 'c.indexes.b': 'b' },
  },
];

describe('declared and live indexes are paired', () => {
  test.each(rows)('$what', ({ declared, live, remembered = {}, version = '6.0.5', pairs, rest = [] }) => {
    const declarations = declared.map((text) => {
      const [first = '', second] = text.split(' = ');
      return second === undefined ? declaredIndex(first) : declaredIndex(second, first);
    });
    const sides = { collection: 'c', indexes: declarations, live: liveIndexes(live) };
    const found = pairIndexes(sides, {
      version,
      collation: undefined,
      remembered: (address) => remembered[address] ?? null,
    });
    expect(Object.fromEntries(found.pairs.map((pair) => [pair.address, pair.live?.name ?? null]))).toEqual(pairs);
    expect(found.rest.map(({ name }) => name)).toEqual(rest);
  });
});
