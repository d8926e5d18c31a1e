import { describe, expect, test } from 'vitest';
import type { Plan } from '../../src/planner/contract.ts';
import { decodePlan, encodePlan } from '../../src/planner/codec.ts';
import type {
  AssertOperation,
  CommandOperation,
  Edit,
  Operation,
  RewriteOperation,
} from '../../src/planner/operation.ts';
import { checksumOf } from '../../src/planner/plan.ts';
import { docOf, int, isDoc, type Value } from '../../src/state/value.ts';
import { databaseOf, ledgerOf, planOf, schemaOf } from './support.ts';

const plan = planOf({
  live: databaseOf({ c: {} }),
  schema: schemaOf(
    '{ c: { fields: { o: { type: object, default: { z: 1, "10": 2, a: { b: 1.5, "2": null, "1": x } } }, n: { type: decimal, default: 1.10 } } }, new: { indexes: [{ key: { "2024": -1, "10": 1 }, unique: true }] } }',
  ),
});

const probe = { kind: 'collection-absent', collection: 'c' } as const;
const commandOf = (body: Record<string, Value>): CommandOperation => ({
  kind: 'command',
  on: 'database',
  body: docOf(body),
  done: probe,
});
const renamed = (from: string, to: string, more: Record<string, Value> = {}): CommandOperation => ({
  ...commandOf({ renameCollection: from, to, ...more }),
  on: 'admin',
});
const pass = plan.units
  .flatMap(({ operations }) => operations)
  .find(({ kind }) => kind === 'rewrite') as RewriteOperation;
const computed = (expression: Record<string, Value>): Edit => ({
  step: 's1',
  path: ['n'],
  action: { kind: 'compute', expression: docOf(expression) },
});
const assertion = (stage: Record<string, Value>): AssertOperation => ({
  kind: 'assert',
  collection: 'c',
  address: 'c',
  code: 'nulls',
  approved: null,
  pipeline: [docOf(stage)],
  collation: null,
  otherwise: null,
});

const refusal = (text: string, key: string | null = null): unknown => {
  try {
    decodePlan(text, key);
  } catch (error) {
    return error;
  }
  return undefined;
};

describe('a plan file', () => {
  test('comes back as it was written', () => {
    expect(decodePlan(encodePlan(plan))).toEqual(plan);
    expect(encodePlan(decodePlan(encodePlan(plan)))).toBe(encodePlan(plan));
  });

  test('keeps the order of names, integer-like ones too', () => {
    const again = decodePlan(encodePlan(plan));
    const pass = again.units[0]?.operations[0] as RewriteOperation;
    const action = pass.edits[0]?.action;
    const value = action?.kind === 'fill' ? action.value : undefined;
    expect(isDoc(value) && [...value.keys()]).toEqual(['z', '10', 'a']);
    const inner = isDoc(value) ? value.get('a') : undefined;
    expect(isDoc(inner) && [...inner.keys()]).toEqual(['b', '2', '1']);
  });

  test('has the same checksum whenever it was made', () => {
    const later = { ...plan, createdAt: '2027-01-01T00:00:00.000Z' };
    expect(decodePlan(encodePlan(later)).checksum).toBe(plan.checksum);
  });

  test('of a dropped collection keeps indexes whose names look like Extended JSON', () => {
    const dropped = planOf({
      live: databaseOf({ c: { $oid: 'a:1' }, d: { $doc: 'a:1' } }),
      schema: schemaOf('{}'),
      ledger: ledgerOf(schemaOf('{ c: {}, d: {} }')),
    });
    expect(decodePlan(encodePlan(dropped))).toEqual(dropped);
  });

  const edits: readonly [string, (found: Record<string, unknown>) => unknown][] = [
    [
      'another address',
      ({ steps, ...rest }) => ({ ...rest, steps: (steps as object[]).map((step) => ({ ...step, address: 'x' })) }),
    ],
    ['a hazard taken out', (found) => ({ ...found, units: [] })],
    ['an approval put in', (found) => ({ ...found, allow: ['drop-index'] })],
    ['a member put in', (found) => ({ ...found, extra: 1 })],
    ['another database', ({ target, ...rest }) => ({ ...rest, target: { ...(target as object), database: 'other' } })],
    ['another checksum', (found) => ({ ...found, checksum: 'sha256:0' })],
  ];
  test.each(edits)('with %s is refused as edited', (_, edit) => {
    const text = JSON.stringify(edit(JSON.parse(encodePlan(plan)) as Record<string, unknown>));
    expect(refusal(text)).toMatchObject({ code: 'SCH2501', exitCode: 65 });
    expect(refusal(text)).toHaveProperty('message', expect.stringContaining('checksum'));
  });

  /** Whoever edits a plan can make its checksum again. */
  const forgeries: readonly (readonly [string, Operation, string])[] = [
    ['drops the database', commandOf({ dropDatabase: int(1) }), 'the command "dropDatabase"'],
    ['deletes', commandOf({ delete: 'c', deletes: [] }), 'the command "delete"'],
    ['drops what it does not show', commandOf({ drop: 'other' }), '"other", of which the plan says nothing'],
    ['drops elsewhere', { ...commandOf({ drop: 'c' }), on: 'admin' }, 'another database'],
    ['renames from elsewhere', renamed('elsewhere.c', 'shop.c'), 'another database'],
    ['renames over something', renamed('shop.c', 'shop.new', { dropTarget: true }), 'another database'],
    ['rewrites what it does not show', { ...pass, collection: 'other' }, 'a change of "other"'],
    ['runs a script in a pass', { ...pass, edits: [computed({ $function: docOf({}) })] }, '$function'],
    ['writes in an assertion', assertion({ $out: 'c' }), '$out'],
    ['takes back something else', { ...assertion({}), otherwise: commandOf({ drop: 'other' }) }, '"other"'],
  ];
  test.each(forgeries)(
    'with its checksum made again that %s is refused: no plan is made of that',
    (_, operation, words) => {
      const units = plan.units.map((unit) => ({ ...unit, operations: [operation] }));
      const { checksum: __, ...forged } = { ...plan, units };
      const text = encodePlan({ ...forged, checksum: checksumOf(forged) });
      expect(refusal(text)).toMatchObject({ code: 'SCH2501', exitCode: 65 });
      expect(refusal(text)).toHaveProperty('message', expect.stringContaining(words));
    },
  );

  test('is signed with a key, and read with the same key only', () => {
    const [key, text] = ['0123456789abcdef', encodePlan(plan, '0123456789abcdef')];
    expect(decodePlan(text, key)).toEqual(plan);
    const later = JSON.stringify({ ...(JSON.parse(text) as object), createdAt: '2027-01-01T00:00:00.000Z' });
    for (const [found, of] of [
      [text, 'another-key-of-16'],
      [text, null],
      [encodePlan(plan), key],
      [later, key],
      [text.replace('hmac-sha256:', 'hmac-sha256:0'), key],
    ] as const)
      expect(refusal(found, of)).toMatchObject({ code: 'SCH2507', exitCode: 65 });
  });

  test('may be laid out otherwise', () => {
    expect(decodePlan(JSON.stringify(JSON.parse(encodePlan(plan)), null, 2))).toEqual(plan);
  });

  test.each([
    ['no text', '', 'not JSON'],
    ['no JSON', 'version: 1', 'not JSON'],
    ['cut off', encodePlan(plan).slice(0, 200), 'not JSON'],
    ['null', 'null', 'no formatVersion'],
    ['a list', '[1]', 'no formatVersion'],
    ['a number', '1', 'no formatVersion'],
    ['another object', '{}', 'no formatVersion'],
    ['a later format', '{"formatVersion":2}', 'format 2'],
    ['a format as text', '{"formatVersion":"1"}', 'format 1'],
    ['nothing but a format', '{"formatVersion":1}', 'checksum'],
  ])('%s is refused with 65', (_, text, words) => {
    expect(refusal(text)).toMatchObject({ code: 'SCH2501', exitCode: 65 } satisfies Partial<Record<string, unknown>>);
    expect(refusal(text)).toHaveProperty('message', expect.stringContaining(words));
  });

  test('of nothing is a plan too', () => {
    const none: Plan = planOf({ schema: schemaOf('{}') });
    expect(none.noop).toBe(true);
    expect(decodePlan(encodePlan(none))).toEqual(none);
  });
});
