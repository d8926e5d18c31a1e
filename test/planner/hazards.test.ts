import { describe, expect, test } from 'vitest';
import type { Plan } from '../../src/planner/contract.ts';
import { assertApplicable, blockingHazards, parseAllow } from '../../src/planner/hazards.ts';
import { databaseOf, ledgerOf, planOf, schemaOf } from './support.ts';

describe('approvals are read', () => {
  test.each([
    [[], []],
    [['drop-index'], ['drop-index']],
    [['drop-index,index-gap'], ['drop-index', 'index-gap']],
    [
      [' drop-index , ', 'index-gap'],
      ['drop-index', 'index-gap'],
    ],
    [['drop-index@orders.**'], ['drop-index@orders.**']],
    [[''], []],
  ])('%j', (values, expected) => {
    expect(parseAllow(values)).toEqual(expected);
  });

  test.each([['all'], ['drop-index,dorp-index'], ['@c'], ['drop-index-now'], ['DROP-INDEX']])('%s is 64', (value) => {
    expect(() => parseAllow([value])).toThrow(expect.objectContaining({ code: 'SCH6404', exitCode: 64 }) as Error);
  });
});

const two = schemaOf('{ c: { indexes: [{ key: { a: 1 } }] }, "d@e": { indexes: [{ key: { a: 1 } }] } }');
const dropping = (allow: readonly string[] = []): Plan =>
  planOf({
    live: databaseOf({ c: { a_1: 'a:1' }, 'd@e': { a_1: 'a:1' } }),
    schema: schemaOf('{ c: {}, "d@e": {} }'),
    ledger: ledgerOf(two),
    allow,
  });

describe('hazards block until they are allowed', () => {
  const both = ['c.indexes.a_1', 'd@e.indexes.a_1'];
  test.each([
    ['nothing', [], both],
    ['by name', ['drop-index'], []],
    ['another name', ['index-gap'], both],
    ['by name and address', ['drop-index@c.indexes.a_1'], ['d@e.indexes.a_1']],
    ['by name and glob', ['drop-index@c.**'], ['d@e.indexes.a_1']],
    ['a glob beside a name', ['index-gap', 'drop-index@*.indexes.*'], []],
    ['a glob for an address that holds @', ['drop-index@d@e.**'], ['c.indexes.a_1']],
  ])('%s', (_, allow, left) => {
    expect(blockingHazards(dropping(), allow).map(({ address }) => address)).toEqual(left);
    expect(blockingHazards(dropping(allow), []).map(({ address }) => address)).toEqual(left);
  });

  test('what blocks is said with the flag that allows it', () => {
    expect(() => assertApplicable(dropping(), [])).toThrow(
      expect.objectContaining({
        code: 'SCH2004',
        exitCode: 20,
        next: ['If that is what you want: --allow drop-index'],
      }) as Error,
    );
    expect(() => assertApplicable(dropping(), ['drop-index'])).not.toThrow();
  });

  test('a violation is 22, whatever is allowed', () => {
    const plan = planOf({
      live: databaseOf({ c: {} }),
      schema: schemaOf('{ c: { indexes: [{ key: { a: 1 }, unique: true }] } }'),
      answers: { 'c.indexes.a_1': { count: 2, exact: true, sample: ['x', 'y'] } },
    });
    expect(() => assertApplicable(plan, ['drop-index', 'index-gap'])).toThrow(
      expect.objectContaining({ code: 'SCH2201', exitCode: 22 }) as Error,
    );
  });
});
