import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import type { Change } from '../../src/planner/change.ts';
import type { Plan } from '../../src/planner/contract.ts';
import { planText } from '../../src/report/plan/text.ts';
import { plainTheme } from '../../src/report/theme.ts';
import { addressOf } from '../../src/state/address.ts';
import { parseSchema } from '../../src/state/parse.ts';
import { int } from '../../src/state/value.ts';
import { unlessRefused, worlds } from '../property/worlds.ts';
import { databaseOf, diffOf, ledgerOf, named, planFrom, planOf, schemaOf } from '../planner/support.ts';
import { runs } from '../support/generators.ts';

const from = 'schema/ (1 file, 6 collections)';
const page = (plan: Plan, holds = '6 collections'): string => planText(plan, { from, holds }, plainTheme);
const tooWide = (text: string): readonly string[] => text.split('\n').filter((line) => stringWidth(line) > 80);
const facts = (documents: Readonly<Record<string, number>>) => ({
  documents: new Map(Object.entries(documents)),
  answers: new Map(),
});

test('data with hazards and violations, word for word', () => {
  const schema = schemaOf(
    '{ c: { fields: { f: { type: int, default: 1 } }, indexes: [{ key: { a: 1 }, name: k, unique: true }] } }',
  );
  const plan = planOf({
    version: '4.4.2',
    live: databaseOf({ c: { k: 'a:1', old: 'z:1' } }),
    schema,
    ledger: ledgerOf(schemaOf('{ c: { indexes: [{ key: { z: 1 }, name: old }] } }')),
    documents: { c: 2_400_000 },
    answers: {
      'c.fields.f fill f': { count: 2_000_000, exact: false, sample: [] },
      'c.indexes.k': {
        count: 4,
        exact: true,
        sample: [int(1), { type: 'objectId', text: '0123456789abcdef01234567' }],
      },
    },
  });
  expect(page(plan)).toBe(
    [
      'schemactl plan   shop on rs0 (MongoDB 6.0.5)   schema/ (1 file, 6 collections)',
      '',
      'c                                                            2,400,000 documents',
      '  + field      f = 1',
      '               writes about 2,000,000 documents, undo 36.0 MB',
      '               ! rewrite-large: one pass writes 2,000,000 documents; the oplog',
      '                 and replicas must keep up',
      '  ~ index      k',
      '               plain → unique, gap',
      '               ✘ duplicate: 4 documents share a key that must be unique (ids 1,',
      '                 …234567)',
      '               ! index-gap: index "k" is dropped before its successor is built,',
      '                 so queries scan the collection meanwhile',
      '  - index      old',
      '               no longer declared',
      '               ! drop-index: index "old" is dropped; a rollback builds it again',
      '',
      'Plan: 1 to change, 1 to drop, 1 field to fill (2,000,000 values).',
      'Undo: exact for all steps, 36.0 MB kept for it; 2 indexes would be built again.',
      'Blocked: c.indexes.k: 4 documents share a key that must be unique (exit 22 on',
      '  apply).',
      '',
    ].join('\n'),
  );
});

test('hazards alone block until they are allowed', () => {
  const scene = { live: databaseOf({ c: {} }), schema: schemaOf('{}'), ledger: ledgerOf(schemaOf('{ c: {} }')) };
  expect(page(planOf(scene))).toContain('Blocked: 1 hazard until allowed: --allow drop-collection (exit 20 on apply).');
  expect(page(planOf({ ...scene, allow: ['drop-collection'] }))).not.toContain('Blocked');
});

test('nothing to do, word for word', () => {
  const noop = planOf({ schema: schemaOf('{}') });
  expect(page(noop, '0 collections')).toBe('schemactl plan: shop matches schema/ (0 collections). Nothing to do.\n');
  const adopts = { ...noop, ownership: { adopt: ['a', 'b'], release: ['c'] } };
  expect(page(adopts, '0 collections')).toContain('Nothing to change; 3 objects to record.');
  expect(page({ ...noop, kind: 'rollback' })).toBe('schemactl rollback: nothing to change.\n');
  expect(page({ ...adopts, kind: 'rollback' })).toBe('schemactl rollback: nothing to change; 3 objects to record.\n');
});

const back = {
  collection: 'c',
  milestone: '003',
  reason: 'rolled-back',
  reverts: [{ run: 1, unit: 'u1', step: 's1' }],
};
const drop = (name: string): Change => ({
  ...back,
  bridge: null,
  version: '6.0.5',
  series: null,
  dropsFirst: false,
  kind: 'index',
  address: `c.indexes.${name}`,
  before: named(name, `${name}:1`),
  after: null,
  route: 'in-place',
  ownWork: true,
});
const rollback = (changes: readonly Change[], live: Parameters<typeof databaseOf>[0]): Plan =>
  planFrom(
    { database: 'shop', version: '6.0.5', mode: 'transaction', undo: true, facts: facts({ c: 12 }), changes },
    databaseOf(live),
    { kind: 'rollback' },
  );

test('a rollback, word for word', () => {
  const restore: Change = {
    ...back,
    kind: 'restore',
    address: 'c.fields.f',
    path: ['f'],
    action: { kind: 'restore', edit: 0, constant: { before: null, after: [int(1)] }, move: null, inArray: null },
    was: 'fill',
    again: false,
    pass: { run: 1, unit: 'u1' },
    documents: 12,
    undoBytes: 216,
    mayBeDates: true,
    indexes: [],
  };
  const plan = rollback([drop('a_1'), drop('b_1'), restore], { c: { a_1: 'a_1:1', b_1: 'b_1:1' } });
  expect(page(plan)).toBe(
    [
      'schemactl rollback',
      '  shop on rs0 (MongoDB 6.0.5)   schema/ (1 file, 6 collections)',
      '',
      `c${' '.repeat(67)}12 documents`,
      '  - index      a_1, b_1                         003  dropped together',
      '  - field      f is taken out again             003',
      '               writes 12 documents, undo 216 B',
      '',
      'Rollback: 2 to drop, 1 field to restore (12 values).',
      'Undo: exact for all steps, 216 B kept for it; 2 indexes would be built again.',
      '',
    ].join('\n'),
  );
});

test('many indexes that are dropped together stay within the page', () => {
  const names = Array.from({ length: 9 }, (_, at) => `customer_${'x'.repeat(at)}_1`);
  const plan = rollback(names.map(drop), { c: Object.fromEntries(names.map((name) => [name, `${name}:1`])) });
  expect(tooWide(page(plan))).toEqual([]);
});

const reference = parseSchema([
  {
    path: 'schema/collections.yaml',
    text: readFileSync(new URL('../../schema/collections.yaml', import.meta.url), 'utf8'),
  },
]);

test.each([
  ['an empty database', {}],
  [
    'the collections as they were',
    Object.fromEntries((reference.schema?.collections ?? []).map(({ name }) => [name, {}])),
  ],
])('the reference application on %s stays within the page', (_, live) => {
  const schema = reference.schema!;
  const observed = databaseOf(live);
  const { changes, unmanaged } = diffOf({ live: observed, schema });
  const documents = facts(Object.fromEntries(schema.collections.map(({ name }) => [name, 1_234_567])));
  const plan = planFrom(
    { database: 'milk_delivery', version: '6.0.5', mode: 'transaction', undo: true, facts: documents, changes },
    observed,
    { sources: reference.sources, unmanaged, unchanged: 11 },
  );
  expect(plan.steps.length).toBeGreaterThan(10);
  expect(tooWide(page(plan))).toEqual([]);
});

test('generated plans stay within the page, whatever stands in the way', () => {
  const check = (world: Parameters<typeof planOf>[0]): void => {
    const plan = unlessRefused(() => planOf(world));
    if (plan === null || plan.noop) return;
    const subjects = plan.steps.filter(({ change }) => change === 'edit').length;
    if (subjects === 0) expect(tooWide(page(plan))).toEqual([]);
    expect(page(plan)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2028]/);
  };
  fc.assert(fc.property(worlds, check), runs);
});

test('wide names keep the columns', () => {
  const live = databaseOf({ 牛乳: {}, c: {} });
  const schema = schemaOf('{ 牛乳: { indexes: [{ key: { 名前: 1 } }] }, c: { indexes: [{ key: { a: 1 } }] } }');
  const heads = page(planOf({ live, schema }))
    .split('\n')
    .filter((line) => line.endsWith(' documents'));
  expect(heads.map((line) => stringWidth(line))).toEqual([80, 80]);
});

test('control characters and those that turn text are escaped in every name', () => {
  const nasty = '\\u001b[2J\\u202e';
  const schema = schemaOf(
    `{ "c${nasty}": { fields: { "f${nasty}": { type: string, default: "v${nasty}", milestone: "m${nasty}" } }, indexes: [{ key: { "a${nasty}": 1 } }, { key: { b: 1 }, name: "k${nasty}", unique: true }] } }`,
    `{ "m${nasty}": "t${nasty}" }`,
  );
  const raw = '\u001b[2J\u202e';
  const live = databaseOf({ [`c${raw}`]: { [`k${raw}`]: 'b:1', [`u${raw}`]: 'z:1' }, [`d${raw}`]: {} });
  const answers = { [addressOf.index(`c${raw}`, `k${raw}`)]: { count: 2, exact: true, sample: [`id${raw}`] } };
  const plan = planOf({ live, schema, answers });
  const text = page({ ...plan, target: { ...plan.target, database: `db${raw}` } });
  for (const name of ['c', 'f', 'm', 'a', 'k', 'u', 'db']) expect(text).toContain(`${name}\\u{1b}[2J\\u{202e}`);
  for (const name of ['"v', '"id', '["d']) expect(text).toContain(`${name}\\u001b[2J\\u{202e}`);
  expect(text).not.toMatch(/[\u001b\u202e]/);
});
