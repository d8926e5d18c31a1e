import { expect, test } from 'vitest';
import { didYouMean, distance, nearest } from '../../src/state/suggest.ts';

test.each([
  ['unqiue', 'unique', 1],
  ['abc', 'abc', 0],
  ['', 'abc', 3],
  ['abc', 'abd', 1],
  ['abc', 'ab', 1],
  ['ca', 'abc', 3],
])('%s to %s: %i edits', (a, b, edits) => {
  expect(distance(a, b)).toBe(edits);
  expect(distance(b, a)).toBe(edits);
});

test.each([
  ['objectid', ['object', 'objectId'], 'objectId'],
  ['refs', ['field', 'references'], 'references'],
  ['x', ['unique'], undefined],
  ['zebra', ['unique', 'sparse'], undefined],
  ['a'.repeat(1000), ['a'.repeat(999)], undefined],
])('%s means %j', (word, known, expected) => {
  expect(nearest(word, known)).toBe(expected);
});

test('nothing near gives no hint', () => {
  expect(didYouMean('zebra', ['unique'])).toBeUndefined();
  expect(didYouMean('uniqe', ['unique'])).toBe('did you mean "unique"?');
});
