import { describe, expect, test } from 'vitest';
import { sameSignature } from '../../src/planner/families/indexes/canonical.ts';
import { swapName } from '../../src/planner/families/indexes/names.ts';
import { chooseWay } from '../../src/planner/routes.ts';
import { since } from '../../src/planner/versions.ts';
import { idx, named } from './support.ts';

interface Row {
  readonly what: string;
  readonly before: readonly [name: string, text: string];
  readonly wanted: string;
  readonly explicit?: string;
  /** The route, and the name that the index then has, on each version. */
  readonly on: Readonly<Record<string, readonly [route: string, name: string]>>;
}

const every = (route: string, name: string) =>
  ({ '4.4.2': [route, name], '5.0.4': [route, name], '6.0.5': [route, name] }) as const;
const bridged = (name: string) => ({ ...every('bridge', name), '4.4.2': ['gap', name] }) as const;
const hashed = (wanted: string): string => swapName('a_1', idx(wanted));

const rows: readonly Row[] = [
  { what: 'hidden on', before: ['a_1', 'a:1'], wanted: 'a:1 hidden', on: every('in-place', 'a_1') },
  { what: 'hidden off', before: ['a_1', 'a:1 hidden'], wanted: 'a:1', on: every('in-place', 'a_1') },
  { what: 'a TTL value', before: ['a_1', 'a:1 ttl=5'], wanted: 'a:1 ttl=60', on: every('in-place', 'a_1') },
  { what: 'both at once', before: ['y', 'a:1 ttl=5'], wanted: 'a:1 hidden ttl=60', on: every('in-place', 'y') },
  {
    what: 'a TTL added',
    before: ['a_1', 'a:1'],
    wanted: 'a:1 ttl=60',
    on: { '4.4.2': ['gap', 'a_1'], '5.0.4': ['bridge', 'a_1'], '6.0.5': ['in-place', 'a_1'] },
  },
  { what: 'a TTL removed', before: ['a_1', 'a:1 ttl=60'], wanted: 'a:1', on: bridged('a_1') },
  {
    what: 'in place under the name that is asked for',
    before: ['x', 'a:1'],
    wanted: 'a:1 hidden',
    explicit: 'x',
    on: every('in-place', 'x'),
  },
  { what: 'another name alone', before: ['a_1', 'a:1'], wanted: 'a:1', explicit: 'x', on: bridged('x') },
  {
    what: 'unique added',
    before: ['a_1', 'a:1'],
    wanted: 'a:1 unique',
    on: { '4.4.2': ['gap', 'a_1'], '5.0.4': ['swap', hashed('a:1 unique')], '6.0.5': ['in-place', 'a_1'] },
  },
  {
    what: 'unique removed from an index of another name',
    before: ['y', 'a:1 unique'],
    wanted: 'a:1',
    on: { '4.4.2': ['gap', 'a_1'], '5.0.4': ['swap', 'a_1'], '6.0.5': ['swap', 'a_1'] },
  },
  {
    what: 'sparse added under another explicit name',
    before: ['a_1', 'a:1'],
    wanted: 'a:1 sparse',
    explicit: 'x',
    on: { '4.4.2': ['gap', 'x'], '5.0.4': ['swap', 'x'], '6.0.5': ['swap', 'x'] },
  },
  {
    what: 'unique added, name kept',
    before: ['x', 'a:1'],
    wanted: 'a:1 unique',
    explicit: 'x',
    on: { '4.4.2': ['gap', 'x'], '5.0.4': ['bridge', 'x'], '6.0.5': ['in-place', 'x'] },
  },
  { what: 'another key, name kept', before: ['x', 'b:1'], wanted: 'a:1', explicit: 'x', on: bridged('x') },
  { what: 'another key', before: ['y', 'b:1'], wanted: 'a:1', on: every('swap', 'a_1') },
  {
    what: 'another key under the generated name',
    before: ['a_1', 'b:1'],
    wanted: 'a:1',
    on: every('swap', hashed('a:1')),
  },
  {
    what: 'hidden and unique together',
    before: ['a_1', 'a:1'],
    wanted: 'a:1 unique hidden',
    on: { '4.4.2': ['gap', 'a_1'], '5.0.4': ['swap', hashed('a:1 unique hidden')], '6.0.5': ['in-place', 'a_1'] },
  },
];

describe('the way from a live index to a wanted one', () => {
  const table = rows.flatMap(({ on, ...row }) =>
    Object.entries(on).map(([version, [route, name]]) => ({ ...row, version, route, name })),
  );
  test.each(table)('$what on $version: $route to $name', ({ before, wanted, explicit, version, route, name }) => {
    const live = named(...before);
    const surroundings = {
      explicit: explicit ?? null,
      generated: 'a_1',
      live: [live],
      hasRoom: true,
      mayBridge: true,
      version,
    };
    expect(chooseWay(live, idx(wanted), surroundings)).toMatchObject({ route, name });
    const full = chooseWay(live, idx(wanted), { ...surroundings, hasRoom: false });
    expect(full.route).toBe(route === 'in-place' ? 'in-place' : 'gap');
  });
});

test.each([
  ['4.4.2', true, true, true],
  ['5.0.4', false, false, true],
  ['6.0.27', false, false, true],
])('the signature on %s: unique equal %s, sparse equal %s, TTL equal %s', (version, unique, sparse, ttl) => {
  const plain = idx('a:1');
  expect(['a:1 unique', 'a:1 sparse', 'a:1 ttl=5'].map((text) => sameSignature(plain, idx(text), version))).toEqual([
    unique,
    sparse,
    ttl,
  ]);
});

test.each([
  ['6.0.5', '5.0.0', true],
  ['5.0.0-rc1', '5.0.0', true],
  ['4.4.29', '5.0.0', false],
  ['6.0.5', null, false],
  ['nonsense', '5.0.0', false],
])('%s is since %s: %s', (version, gate, expected) => {
  expect(since(version, gate)).toBe(expected);
});

test('a swapped-in index has one name everywhere: the name and six hex digits', () => {
  expect(swapName('a_1', idx('a:1 unique'))).toMatch(/^a_1_[0-9a-f]{6}$/);
  expect(swapName('a_1', idx('a:1 unique sparse'))).toBe(swapName('a_1', idx('a:1 sparse unique')));
  expect(swapName('a_1', idx('a:1 unique'))).not.toBe(swapName('a_1', idx('a:1')));
});
