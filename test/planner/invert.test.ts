import { describe, expect, test } from 'vitest';
import type { Step } from '../../src/planner/contract.ts';
import { type InvertInput, invertSteps, type RecordedStep } from '../../src/planner/invert.ts';
import { bridgeName } from '../../src/planner/families/indexes/bridge.ts';
import type { NamedIndex, StructureState } from '../../src/planner/operation.ts';
import type { CollectionState, DatabaseState } from '../../src/state/types.ts';
import { databaseOf, ledgerOf, lineOf, planOf, type PlanScene, schemaOf, uuidOf, uuidsOf } from './support.ts';

function stateOf(step: Step, side: unknown): StructureState | null {
  if (side === null || (step.change !== 'collection' && step.change !== 'index')) return null;
  if (step.change === 'index') return { kind: 'index', state: side as NamedIndex };
  return { kind: 'collection', state: side as CollectionState, uuid: uuidOf(step.collection) };
}

/** The steps of a run as the journal gives them back, newest first; `undone` names steps of units that were cut off. */
function record(scene: PlanScene, run = 1, undone: readonly string[] = []): readonly RecordedStep[] {
  const { steps, units } = planOf(scene);
  return steps
    .map((step): RecordedStep => {
      const unit = units.find((each) => each.steps.includes(step.id));
      const passes = (unit?.operations ?? []).flatMap((one) => (one.kind === 'rewrite' ? one.edits : []));
      return {
        ref: { run, unit: unit?.id ?? '', step: step.id },
        step,
        done: !undone.includes(step.address),
        found: stateOf(step, step.before),
        made: undone.includes(step.address) ? null : stateOf(step, step.after),
        edits: passes.flatMap((edit, at) =>
          edit.step === step.id ? [{ ...edit, at, documents: 7, pass: passes }] : [],
        ),
      };
    })
    .reverse();
}

function invert(steps: readonly RecordedStep[], observed: DatabaseState, more: Partial<InvertInput> = {}) {
  return invertSteps({
    steps,
    later: [],
    past: [],
    observed,
    uuids: uuidsOf(observed),
    ledger: new Map(),
    version: '6.0.5',
    ...more,
  });
}

const plain = schemaOf('{ c: { indexes: [{ key: { a: 1 } }] } }');
const sparse = schemaOf('{ c: { indexes: [{ key: { a: 1 }, sparse: true }] } }');
const hidden = schemaOf('{ c: { indexes: [{ key: { a: 1 }, hidden: true }] } }');
const kept = schemaOf('{ c: { indexes: [{ key: { a: 1 }, name: k, sparse: true }] } }');
const bare = schemaOf('{ c: {} }');
const defaults = schemaOf('{ c: { fields: { f: { type: int, default: 1 }, g: { type: int, default: 2 } } } }');
const withIndex: PlanScene = { live: databaseOf({ c: {} }), schema: plain };
const swap: PlanScene = {
  live: databaseOf({ c: { mine: 'a:1' } }),
  schema: sparse,
  ledger: ledgerOf(plain, { 'c.indexes.a_1': 'mine' }),
};
const bridge: PlanScene = { live: databaseOf({ c: { k: 'a:1' } }), schema: kept };
const stoodIn = bridgeName(planOf(bridge).steps[0]?.after as NamedIndex);
const inPlace: PlanScene = { live: databaseOf({ c: { a_1: 'a:1' } }), schema: hidden };
const drop: PlanScene = { live: databaseOf({ c: { a_1: 'a:1' } }), schema: bare, ledger: ledgerOf(plain) };
const dropAll: PlanScene = { live: databaseOf({ c: { a_1: 'a:1' } }), schema: schemaOf('{}'), ledger: ledgerOf(plain) };
const trash = `schemactl_trash_${uuidOf('c')}`;

interface Row {
  readonly what: string;
  readonly did: PlanScene;
  readonly now: Parameters<typeof databaseOf>[0];
  readonly undone?: readonly string[];
  readonly uuids?: Readonly<Record<string, string>>;
  readonly changes: readonly string[] | { readonly code: string; readonly exitCode: number };
}

const moved = { code: 'SCH2510', exitCode: 21 };
const index = ['c.indexes.a_1'];

const rows: readonly Row[] = [
  {
    what: 'a created collection goes with its indexes',
    did: { schema: plain },
    now: { c: { a_1: 'a:1' } },
    changes: ['- c.indexes.a_1 a_1', '- c'],
  },
  { what: 'a created index', did: withIndex, now: { c: { a_1: 'a:1' } }, changes: ['- c.indexes.a_1 a_1'] },
  { what: 'a created index that was changed since', did: withIndex, now: { c: { a_1: 'a:1 hidden' } }, changes: moved },
  { what: 'a created index that was dropped since', did: withIndex, now: { c: {} }, changes: moved },
  { what: 'a created index whose collection is gone', did: withIndex, now: {}, changes: moved },
  { what: 'a created collection that is gone', did: { schema: bare }, now: {}, changes: moved },
  {
    what: 'a created collection that was created anew',
    did: { schema: bare },
    now: { c: {} },
    uuids: { c: 'another' },
    changes: moved,
  },
  { what: 'a dropped index', did: drop, now: { c: {} }, changes: ['+ c.indexes.a_1 a_1'] },
  { what: 'a dropped index that is back', did: drop, now: { c: { a_1: 'a:1' } }, changes: [] },
  {
    what: 'a dropped index in whose place another stands',
    did: drop,
    now: { c: { a_1: 'a:1 unique' } },
    changes: moved,
  },
  {
    what: 'a change in place',
    did: inPlace,
    now: { c: { a_1: 'a:1 hidden' } },
    changes: ['~ c.indexes.a_1 a_1 > a_1 in-place'],
  },
  { what: 'a swap', did: swap, now: { c: { a_1: 'a:1 sparse' } }, changes: ['~ c.indexes.a_1 a_1 > mine swap'] },
  { what: 'a bridge', did: bridge, now: { c: { k: 'a:1 sparse' } }, changes: ['~ c.indexes.k k > k bridge'] },
  { what: 'a dropped collection', did: dropAll, now: { [trash]: { a_1: 'a:1' } }, changes: ['+ c'] },
  {
    what: 'a dropped collection whose trash was emptied',
    did: dropAll,
    now: {},
    changes: { code: 'SCH2005', exitCode: 20 },
  },
  {
    what: 'a dropped collection in whose place another stands',
    did: dropAll,
    now: { c: {}, [trash]: {} },
    uuids: { c: 'another', [trash]: uuidOf('c') },
    changes: moved,
  },
  {
    what: 'a pass, its last edit first',
    did: { live: databaseOf({ c: {} }), schema: defaults },
    now: { c: {} },
    changes: ['< c.fields.g', '< c.fields.f'],
  },
  { what: 'cut off: an index that was not built', did: withIndex, undone: index, now: { c: {} }, changes: [] },
  {
    what: 'cut off: an index that was built',
    did: withIndex,
    undone: index,
    now: { c: { a_1: 'a:1' } },
    changes: ['- c.indexes.a_1 a_1'],
  },
  { what: 'cut off: a drop not done', did: drop, undone: index, now: { c: { a_1: 'a:1' } }, changes: [] },
  { what: 'cut off: a drop that was done', did: drop, undone: index, now: { c: {} }, changes: ['+ c.indexes.a_1 a_1'] },
  { what: 'cut off: a swap not begun', did: swap, undone: index, now: { c: { mine: 'a:1' } }, changes: [] },
  {
    what: 'cut off: a swap with both in place',
    did: swap,
    undone: index,
    now: { c: { mine: 'a:1', a_1: 'a:1 sparse' } },
    changes: ['- c.indexes.a_1 a_1'],
  },
  {
    what: 'cut off: a swap that was done',
    did: swap,
    undone: index,
    now: { c: { a_1: 'a:1 sparse' } },
    changes: ['~ c.indexes.a_1 a_1 > mine swap'],
  },
  { what: 'cut off: a bridge not begun', did: bridge, undone: ['c.indexes.k'], now: { c: { k: 'a:1' } }, changes: [] },
  {
    what: 'cut off: the bridge beside the old index',
    did: bridge,
    undone: ['c.indexes.k'],
    now: { c: { k: 'a:1', [stoodIn]: 'a:1 sparse' } },
    changes: [`- c.indexes.${stoodIn} ${stoodIn}`],
  },
  {
    what: 'an index of somebody with a name like a bridge stays',
    did: bridge,
    undone: ['c.indexes.k'],
    now: { c: { k: 'a:1', schemactl_bridge_123456: 'b:1' } },
    changes: [],
  },
  {
    what: 'cut off: on the bridge',
    did: bridge,
    undone: ['c.indexes.k'],
    now: { c: { [stoodIn]: 'a:1 sparse' } },
    changes: ['+ c.indexes.k k', `- c.indexes.${stoodIn} ${stoodIn}`],
  },
  { what: 'cut off: a collection not created', did: { schema: bare }, undone: ['c'], now: {}, changes: [] },
  {
    what: 'cut off: a collection that was created',
    did: { schema: bare },
    undone: ['c'],
    now: { c: {} },
    changes: ['- c'],
  },
  { what: 'cut off: a collection not dropped', did: dropAll, undone: ['c'], now: { c: { a_1: 'a:1' } }, changes: [] },
];

describe('a recorded run is taken back', () => {
  test.each(rows)('$what', ({ did, now, undone = [], uuids, changes }) => {
    const observed = databaseOf(now);
    const act = () => invert(record(did, 1, undone), observed, uuids === undefined ? {} : { uuids }).map(lineOf);
    if ('code' in changes) expect(act).toThrow(expect.objectContaining(changes) as Error);
    else expect(act()).toEqual(changes);
  });

  test('a restore takes back exactly what its edit left, in the documents that it changed', () => {
    const [g, f] = invert(record({ live: databaseOf({ c: {} }), schema: defaults }, 3), databaseOf({ c: {} }));
    expect(g).toMatchObject({
      path: ['g'],
      action: { kind: 'restore', edit: 1, constant: { before: null, after: [{ text: '2' }] }, move: null },
      pass: { run: 3, unit: 'u1' },
      documents: 7,
    });
    expect(f).toMatchObject({ path: ['f'], action: { edit: 0, constant: { before: null, after: [{ text: '1' }] } } });
  });

  test('an edit that changed no document needs nothing', () => {
    const steps = record({ live: databaseOf({ c: {} }), schema: defaults });
    const none = steps.map((step) => ({ ...step, edits: step.edits.map((edit) => ({ ...edit, documents: 0 })) }));
    expect(invert(none, databaseOf({ c: {} }))).toEqual([]);
  });

  test('several runs at one address are one change, from now to as the earliest found it', () => {
    const first = record(withIndex, 1);
    const second = record({ live: databaseOf({ c: { a_1: 'a:1' } }), schema: hidden, ledger: ledgerOf(plain) }, 2);
    const changes = invert([...second, ...first], databaseOf({ c: { a_1: 'a:1 hidden' } }));
    expect(changes.map(lineOf)).toEqual(['- c.indexes.a_1 a_1']);
    expect(changes[0]?.reverts.map(({ run }) => run)).toEqual([2, 1]);
  });

  test.each([
    ['at the same address', withIndex, 'c.indexes.a_1', ['schemactl rollback --to 0', 'c.indexes.a_1']],
    ['in a collection that the run created', { schema: bare }, 'c', ['schemactl rollback --to 0', '--exclude c']],
  ] as const)('what a later run changed %s is refused with 20', (_, did, address, words) => {
    const later = record({ live: databaseOf({ c: { a_1: 'a:1' } }), schema: hidden, ledger: ledgerOf(plain) }, 2);
    const error = catchFrom(() => invert(record(did, 1), databaseOf({ c: { a_1: 'a:1 hidden' } }), { later }));
    expect(error).toMatchObject({ code: 'SCH2006', exitCode: 20 });
    expect((error as Error).message).toContain(`"${address}" cannot be taken back alone: run 2`);
    for (const word of words) expect((error as { next: string[] }).next.join(' ')).toContain(word);
  });

  test('what has moved within a collection that goes as a whole is no matter', () => {
    expect(invert(record({ schema: plain }), databaseOf({ c: { other: 'b:1' } })).map(lineOf)).toEqual(['- c']);
  });
});

function catchFrom(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}
