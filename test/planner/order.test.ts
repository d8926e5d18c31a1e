import { describe, expect, test } from 'vitest';
import { inDependencyOrder } from '../../src/planner/order.ts';

const order = (items: string, needs: Readonly<Record<string, string>>): string =>
  inDependencyOrder(
    [...items],
    (item) => [...(needs[item] ?? '')],
    (item) => item,
  ).join('');

describe('a stable order by dependency', () => {
  test.each([
    ['nothing', '', {}, ''],
    ['without needs as given', 'cab', {}, 'cab'],
    ['a need comes first', 'ab', { a: 'b' }, 'ba'],
    ['others keep their places', 'abcd', { b: 'd' }, 'acdb'],
    ['of what is ready the first as given', 'abcde', { a: 'e', b: 'e' }, 'cdeab'],
    ['chains', 'abc', { a: 'b', b: 'c' }, 'cba'],
    ['diamonds', 'abcd', { a: 'bc', b: 'd', c: 'd' }, 'dbca'],
    ['needs outside are no needs', 'ab', { a: 'z' }, 'ab'],
    ['nothing needs itself', 'ab', { a: 'a' }, 'ab'],
    ['a need named twice counts once', 'ab', { a: 'bb' }, 'ba'],
  ] as const)('%s', (_, items, needs, expected) => {
    expect(order(items, needs)).toBe(expected);
  });

  test('a circle is our own bug, and names its members', () => {
    expect(() => order('abcd', { a: 'b', b: 'c', c: 'a' })).toThrow('these steps need each other: a, b, c');
  });
});
