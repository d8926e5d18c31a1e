import { describe, expect, test } from 'vitest';
import type { EditAction } from '../../src/planner/operation.ts';
import { appliesExpression, mayApply } from '../../src/planner/rewrite/actions.ts';
import { anyMayApply, constantOf, type Fill, fillUpdate, moveOf, stagesOf } from '../../src/planner/rewrite/edits.ts';
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

const edit = (path: string, action: EditAction) => ({
  path: path.split('.').map((step) => (step === '[]' ? null : step)),
  action,
});
const fill = (path: string, value: Value = int(1)): Fill => edit(path, { kind: 'fill', value }) as Fill;

describe('whether an edit applies', () => {
  test.each([
    ['a missing field', fill('f'), { f: { $exists: false } }],
    [
      'a computed field, whatever it yields',
      edit('f', { kind: 'compute', expression: '$a' }),
      { f: { $exists: false } },
    ],
    ['a field to be removed', edit('f', { kind: 'remove' }), { f: { $exists: true } }],
    [
      'a field to be renamed',
      edit('f', { kind: 'rename', from: 'g' }),
      { $and: [{ g: { $exists: true } }, { f: { $exists: false } }] },
    ],
  ] as const)('at the top: %s', (_, found, expected) => {
    expect(plain(mayApply(found))).toEqual(expected);
  });

  test('nested: every parent is an object', () => {
    expect(plain(appliesExpression(fill('a.b.f')))).toEqual({
      $cond: [is('$a', 'object'), { $cond: [is('$a.b', 'object'), is('$a.b.f', 'missing'), false] }, false],
    });
  });

  test('in arrays: in any item that is an object', () => {
    const inItem = { $cond: [is('$$e0', 'object'), is('$$e0.f', 'missing'), false] };
    expect(plain(appliesExpression(fill('a.[].f')))).toEqual({
      $cond: [is('$a', 'array'), { $anyElementTrue: [{ $map: { input: '$a', as: 'e0', in: inItem } }] }, false],
    });
  });

  test('one of several', () => {
    const missing = (name: string) => ({ [name]: { $exists: false } });
    expect(plain(anyMayApply([fill('f'), fill('g')]))).toEqual({ $or: [missing('f'), missing('g')] });
  });
});

describe('the update of a pass of literals', () => {
  const filled = (name: string) => ({
    $set: { [name]: { $cond: [is(`$${name}`, 'missing'), { $literal: 'int 1' }, `$${name}`] } },
  });
  test.each([
    ['one field', [fill('z')], { $set: { z: 'int 1' } }],
    ['one field with a number for a name', [fill('9')], { $set: { '9': 'int 1' } }],
    ['sorted names', [fill('a'), fill('b')], { $set: { a: 'int 1', b: 'int 1' } }],
    ['unsorted names', [fill('b'), fill('a')], [filled('b'), filled('a')]],
    ['a number among the names', [fill('1'), fill('a')], [filled('1'), filled('a')]],
    ['an operator as a value stays a value', [fill('f', doc(['$inc', int(1)]))], { $set: { f: { $inc: 'int 1' } } }],
  ] as const)('%s', (_, edits, expected) => {
    expect(plain(fillUpdate(edits))).toEqual(expected);
  });
});

test('a rename moves a value only where the new name is free', () => {
  const moves = { $and: [{ $ne: [{ $type: '$g' }, 'missing'] }, is('$f', 'missing')] };
  expect(stagesOf([edit('f', { kind: 'rename', from: 'g' })]).map(plain)).toEqual([
    { $set: { f: { $cond: [moves, '$g', '$f'] }, g: { $cond: [moves, '$$REMOVE', '$g'] } } },
  ]);
});

describe('what an edit leaves that need not be kept of each document', () => {
  const restore = {
    kind: 'restore',
    edit: 0,
    constant: { before: null, after: [int(1)] },
    move: null,
    inArray: null,
  } as const;
  test.each([
    ['a literal', fill('f'), { before: null, after: [int(1)] }],
    ['a literal within arrays', fill('a.[].f'), null],
    ['a literal that is taken out again', edit('f', restore), { before: [int(1)], after: null }],
    ['what is computed', edit('f', { kind: 'compute', expression: '$a' }), null],
    ['what is removed', edit('f', { kind: 'remove' }), null],
  ])('%s', (_, found, expected) => {
    expect(constantOf(found)).toEqual(expected);
  });

  test('the names of a rename, exchanged when it is taken back', () => {
    const move = { from: 'g', to: 'f' };
    expect(moveOf(edit('o.f', { kind: 'rename', from: 'g' }))).toEqual(move);
    expect(moveOf(edit('o.f', { ...restore, constant: null, move }))).toEqual({ from: 'f', to: 'g' });
    expect(moveOf(edit('a.[].f', { kind: 'rename', from: 'g' }))).toBeNull();
  });
});
