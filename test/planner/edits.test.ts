import { describe, expect, test } from 'vitest';
import type { Edit } from '../../src/planner/operation.ts';
import {
  allApply,
  anyApplies,
  appliesExpression,
  asTheyWillBe,
  updateOf,
  whichApply,
} from '../../src/planner/rewrite/edits.ts';
import { isSame } from '../../src/planner/rewrite/expressions.ts';
import { doc, int, isDoc, isList, isScalar, scalar, type Value } from '../../src/state/value.ts';

/** A value as short JavaScript: scalars as their text. */
function plain(value: Value): unknown {
  if (isDoc(value)) return Object.fromEntries([...value].map(([name, item]) => [name, plain(item)]));
  if (isList(value)) return value.map(plain);
  return isScalar(value) ? `${value.type} ${value.text}` : value;
}

const is = (expression: string, type: string) => ({ $eq: [{ $type: expression }, type] });
const when = (type: string, then: unknown) => ({ $cond: [is('$f', type), then, false] });

describe('whether a value is this very value', () => {
  const list: readonly Value[] = [int(1)];
  test.each([
    ['null', null, is('$f', 'null')],
    ['a bool', true, when('bool', { $eq: ['$f', { $literal: true }] })],
    ['an int', int(5), when('int', { $eq: ['$f', { $literal: 'int 5' }] })],
    ['a long', scalar('long', '5'), when('long', { $eq: ['$f', { $literal: 'long 5' }] })],
    [
      'a decimal, by its text',
      scalar('decimal', '1.10'),
      when('decimal', { $eq: [{ $toString: '$f' }, { $literal: '1.10' }] }),
    ],
    ['a binary', scalar('binary', '00:aGk='), when('binData', { $eq: ['$f', { $literal: 'binary 00:aGk=' }] })],
    ['a list', list, when('array', { $eq: ['$f', { $literal: ['int 1'] }] })],
    ['a document', doc(['$gt', int(1)]), when('object', { $eq: ['$f', { $literal: { $gt: 'int 1' } }] })],
    [
      'a text, byte by byte',
      '$x',
      when('string', {
        $and: [
          { $eq: [{ $strLenBytes: '$f' }, { $strLenBytes: { $literal: '$x' } }] },
          { $eq: [{ $indexOfBytes: ['$f', { $literal: '$x' }] }, { $literal: 'int 0' }] },
        ],
      }),
    ],
  ] as const)('%s', (_, value, expected) => {
    expect(plain(isSame('$f', value))).toEqual(expected);
  });
});

const edit = (path: string, from: Edit['from'], to: Edit['to']): Edit => ({
  step: 's1',
  path: path.split('.'),
  from,
  to,
  undoes: null,
});

describe('whether an edit applies', () => {
  test('at the top: the field is missing', () => {
    expect(plain(appliesExpression(edit('f', null, [null])))).toEqual(is('$f', 'missing'));
    expect(plain(anyApplies([edit('f', null, [null])]))).toEqual({ f: { $exists: false } });
  });

  test('nested: every parent is an object', () => {
    expect(plain(appliesExpression(edit('a.b.f', null, [null])))).toEqual({
      $and: [is('$a', 'object'), is('$a.b', 'object'), is('$a.b.f', 'missing')],
    });
    expect(plain(anyApplies([edit('a.f', null, [null])]))).toHaveProperty('$expr');
  });

  test('one of several, each of several, and which', () => {
    const edits = [edit('f', null, [int(1)]), edit('g', [null], null)];
    const missing = { f: { $exists: false } };
    const isNull = { $expr: is('$g', 'null') };
    expect(plain(anyApplies(edits))).toEqual({ $or: [missing, isNull] });
    expect(plain(allApply(edits))).toEqual({ $and: [missing, isNull] });
    expect(plain(whichApply(edits))).toEqual({ _id: 'int 1', e0: is('$f', 'missing'), e1: is('$g', 'null') });
  });
});

describe('the update of a pass', () => {
  const set = (...paths: readonly string[]): readonly Edit[] => paths.map((path) => edit(path, null, [int(1)]));
  test.each([
    ['one field', set('z'), { $set: { z: 'int 1' } }],
    ['one field with a number for a name', set('9'), { $set: { '9': 'int 1' } }],
    ['sorted names', set('a', 'b'), { $set: { a: 'int 1', b: 'int 1' } }],
    ['unsorted names', set('b', 'a'), [{ $set: { b: { $literal: 'int 1' }, a: { $literal: 'int 1' } } }]],
    ['a number among the names', set('1', 'a'), [{ $set: { '1': { $literal: 'int 1' }, a: { $literal: 'int 1' } } }]],
    ['taking out', [edit('a', [int(1)], null)], { $unset: { a: '' } }],
    [
      'taking out and putting in',
      [edit('a', [int(1)], null), ...set('b')],
      { $unset: { a: '' }, $set: { b: 'int 1' } },
    ],
    [
      'taking out and putting in unsorted',
      [edit('x', [int(1)], null), ...set('b', 'a')],
      [{ $set: { b: { $literal: 'int 1' }, a: { $literal: 'int 1' } } }, { $unset: ['x'] }],
    ],
    [
      'an operator as a value stays a value',
      [edit('f', null, [doc(['$inc', int(1)])])],
      { $set: { f: { $inc: 'int 1' } } },
    ],
  ] as const)('%s', (_, edits, expected) => {
    const update = updateOf(edits);
    expect(plain(update)).toEqual(expected);
    const names = (value: Value): readonly string[] => (isDoc(value) ? [...value.keys()] : []);
    const first = isList(update) ? (update[0] ?? null) : update;
    const written = isDoc(first) ? names(first.get('$set') ?? null) : [];
    expect(written).toEqual(edits.filter(({ to }) => to !== null).map(({ path }) => path.join('.')));
  });
});

test('documents as they will be: filled where the edit applies, nested ones within their parents', () => {
  const stages = asTheyWillBe([edit('f', null, [int(1)]), edit('a.b', null, ['x']), edit('g', [null], null)]);
  expect(stages.map(plain)).toEqual([
    { $set: { f: { $cond: [is('$f', 'missing'), { $literal: 'int 1' }, '$f'] } } },
    {
      $set: {
        a: {
          $cond: [
            { $and: [is('$a', 'object'), is('$a.b', 'missing')] },
            { $mergeObjects: ['$a', { b: { $literal: 'x' } }] },
            '$a',
          ],
        },
      },
    },
  ]);
});
