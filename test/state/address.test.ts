import { describe, expect, test } from 'vitest';
import { addressOf, indexName, matchesGlob, parseAddress } from '../../src/state/address.ts';
import { int } from '../../src/state/value.ts';

describe('addresses', () => {
  test.each([
    [addressOf.collection('orders'), 'orders', ['orders']],
    [addressOf.field('orders', ['a', 'b']), 'orders.fields.a.b', ['orders', 'fields', 'a', 'b']],
    [addressOf.index('orders', 'a.b_1'), 'orders.indexes.a.b_1', ['orders', 'indexes', 'a.b_1']],
    [addressOf.link('orders', 'l'), 'orders.links.l', ['orders', 'links', 'l']],
    [addressOf.check('orders', 'k'), 'orders.checks.k', ['orders', 'checks', 'k']],
    [addressOf.validator('orders'), 'orders.validator', ['orders', 'validator']],
    [addressOf.collection('a.b'), '["a.b"]', ['a.b']],
    [addressOf.index('a.b', 'x'), '["a.b"].indexes.x', ['a.b', 'indexes', 'x']],
    [addressOf.validator('a"]b'), '["a\\"]b"].validator', ['a"]b', 'validator']],
    [addressOf.collection('indexes'), 'indexes', ['indexes']],
  ])('%s', (made, address, parts) => {
    expect(made).toBe(address);
    expect(parseAddress(address)).toEqual(parts);
  });

  test.each(['', '[', '["', '["a"', '["a"]x', '..', 'a.'])('%j is split somehow, never refused', (text) => {
    expect(parseAddress(text).length).toBeGreaterThan(0);
  });
});

test.each([
  [[['a', int(1)]], 'a_1'],
  [
    [
      ['a', int(1)],
      ['b.c', int(-1)],
    ],
    'a_1_b.c_-1',
  ],
  [[['a', 'hashed']], 'a_hashed'],
  [[['$**', int(1)]], '$**_1'],
] as const)('index name %j', (key, name) => {
  expect(indexName(key)).toBe(name);
});

test.each([
  ['orders', 'orders', true],
  ['orders', 'orders.validator', false],
  ['orders.*', 'orders.validator', true],
  ['orders.*', 'orders', false],
  ['orders.*', 'orders.indexes.a_1', false],
  ['orders.**', 'orders.indexes.a_1', true],
  ['orders.**', 'orders', true],
  ['orders.**', 'orders2.indexes.a_1', false],
  ['**', 'orders.fields.a.b', true],
  ['*', 'orders', true],
  ['*', 'a.b', false],
  ['*', '["a.b"]', true],
  ['*.indexes.*', 'orders.indexes.a_1', true],
  ['*.indexes.*', '["a.b"].indexes.a.b_1', true],
  ['**.indexes.**', 'orders.indexes.a_1', true],
  ['orders.indexes.a.b_1', 'orders.indexes.a.b_1', true],
  ['orders.indexes.a.b_2', 'orders.indexes.a.b_1', false],
  ['orders.indexes.*.*', 'orders.indexes.a.b_1', false],
  ['orders.fields.*', 'orders.fields.a.b', false],
  ['orders.fields.**', 'orders.fields.a.b', true],
  ['orders.fields.a.*', 'orders.fields.a.b', true],
  ['orders.indexes.user_*', 'orders.indexes.user_id_1', true],
  ['orders.indexes.user_*', 'orders.indexes.id_user_1', false],
  ['["a.b"].**', '["a.b"].indexes.x', true],
  ['["a.b"].**', 'a.b', false],
  ['a.b.indexes.x', '["a.b"].indexes.x', true],
  ['orders.(x)', 'orders.x', false],
])('glob %s on %s: %s', (glob, address, expected) => {
  expect(matchesGlob(glob, address)).toBe(expected);
});
