import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Change } from '../../src/planner/change.ts';
import type { Plan, Step } from '../../src/planner/contract.ts';
import { trashName } from '../../src/planner/families/collections/commands.ts';
import { invertSteps, type RecordedEdit, type RecordedStep } from '../../src/planner/invert.ts';
import type { Edit, NamedIndex, StructureState } from '../../src/planner/operation.ts';
import { constantOf, moveOf } from '../../src/planner/rewrite/edits.ts';
import { inverseOf } from '../../src/planner/rewrite/inverse.ts';
import { replay, targetState } from '../../src/planner/simulate.ts';
import { canonical, canonicalText } from '../../src/state/encode.ts';
import type { CollectionState, DatabaseState } from '../../src/state/types.ts';
import { diffOf, planFrom, planOf, uuidOf } from '../planner/support.ts';
import { runs, seed, tally } from '../support/generators.ts';
import { execute, type Held, held, stateIn, uuidsIn, withoutTrash } from './model-server.ts';
import { schemaFrom, unlessRefused, type World, worlds } from './worlds.ts';

console.log(`test/property/invert: FC_SEED=${seed}`);

function structureOf(step: Step, side: unknown): StructureState | null {
  if (side === null || (step.change !== 'collection' && step.change !== 'index')) return null;
  if (step.change === 'index') return { kind: 'index', state: side as NamedIndex };
  return { kind: 'collection', state: side as CollectionState, uuid: uuidOf(step.collection) };
}

/** What the journal would hold of a run that was finished, newest first; every pass changed three documents. */
function recordOf(plan: Plan, run: number): readonly RecordedStep[] {
  return plan.steps
    .map((step): RecordedStep => {
      const unit = plan.units.find(({ steps }) => steps.includes(step.id));
      const passes =
        unit?.operations.flatMap((operation) => (operation.kind === 'rewrite' ? operation.edits : [])) ?? [];
      return {
        ref: { run, unit: unit?.id ?? '', step: step.id },
        step,
        done: true,
        found: structureOf(step, step.before),
        made: structureOf(step, step.after),
        edits: passes.flatMap((edit, at): readonly RecordedEdit[] =>
          edit.step === step.id ? [{ ...edit, at, documents: 3, pass: passes }] : [],
        ),
      };
    })
    .reverse();
}

/** The server after the run of a plan. */
function after(server: Held, plan: Plan): Held {
  execute(server, plan.units);
  return server;
}

function inverse(plan: Plan, run: number, server: Held): { readonly changes: readonly Change[]; readonly plan: Plan } {
  const observed = stateIn(server);
  const uuids = uuidsIn(server);
  const changes = invertSteps({
    steps: recordOf(plan, run),
    later: [],
    past: [],
    observed,
    uuids,
    ledger: new Map(),
    version: '6.0.5',
  });
  const facts = { documents: new Map(), answers: new Map() };
  const context = { database: 'shop', version: '6.0.5', mode: 'transaction', undo: true, facts, changes } as const;
  return { changes, plan: planFrom(context, observed, { kind: 'rollback', uuids }) };
}

/** Two runs taken back at once, as `rollback --all` does. */
test('several runs are taken back as one', () => {
  const { count, share } = tally();
  const check = ({ live, past, schema }: World): void => {
    const firstScene = { live, schema: schemaFrom(past) };
    const first = unlessRefused(() => planOf(firstScene));
    if (first === null) return;
    const server = after(held(live), first);
    const ledger = new Map(diffOf(firstScene).declared.map((entry) => [entry.address, entry]));
    const observed = stateIn(server);
    const second = unlessRefused(() => planOf({ live: observed, schema, ledger }));
    if (second === null) return;
    after(server, second);
    count(...(first.noop || second.noop ? [] : ['both']));
    const now = stateIn(server);
    const uuids = uuidsIn(server);
    const steps = [...recordOf(second, 2), ...recordOf(first, 1)];
    const changes = invertSteps({
      steps,
      later: [],
      past: [],
      observed: now,
      uuids,
      ledger: new Map(),
      version: '6.0.5',
    });
    const context = {
      database: 'shop',
      version: '6.0.5',
      mode: 'transaction',
      undo: true,
      facts: null,
      changes,
    } as const;
    const back = planFrom(context, now, { kind: 'rollback', uuids });
    sameAs(withoutTrash(stateIn(after(server, back))), live);
    for (const { address, collection, change, after: meant } of back.steps) {
      const isGone = change === 'index' && meant !== null && !server.collections.has(collection);
      expect([address, isGone]).toEqual([address, false]);
    }
  };
  fc.assert(fc.property(worlds, check), runs);
  expect(share('both')).toBeGreaterThan(0.3);
});

/** What an edit leaves in documents, whatever kind it is of. */
const leftBy = (edit: Edit) => ({ constant: constantOf(edit), move: moveOf(edit) });

const editsOf = ({ units }: Plan): readonly string[] =>
  units
    .flatMap(({ operations }) => operations)
    .flatMap((operation) =>
      operation.kind === 'rewrite'
        ? operation.edits.map((edit) => canonical({ of: operation.collection, path: edit.path, ...leftBy(edit) }))
        : [],
    );

const sameAs = (a: DatabaseState, b: DatabaseState): void => expect(canonical(a)).toBe(canonical(b));

test('the target of a plan, and the inverse of its recorded steps, lead back to the observed structure', () => {
  const { count, share } = tally();
  const check = (world: World): void => {
    const plan = unlessRefused(() => planOf(world));
    if (plan === null) return;
    const server = after(held(world.live), plan);
    const back = inverse(plan, 1, server);
    count(...back.changes.map(({ kind }) => kind), ...back.plan.steps.map(({ kind }) => kind));
    const target = withoutTrash(targetState(stateIn(server), back.changes));
    sameAs(target, world.live);
    expect(canonicalText(replay(stateIn(server), back.plan.steps))).toBe(
      canonical(targetState(stateIn(server), back.changes)),
    );
    sameAs(withoutTrash(stateIn(after(server, back.plan))), world.live);
  };
  fc.assert(fc.property(worlds, check), { ...runs, numRuns: 300 });
  for (const kind of ['index', 'collection', 'restore', 'replaceIndex', 'dropIndex', 'createIndex', 'collMod']) {
    expect([kind, share(kind) > 0.03]).toEqual([kind, true]);
  }
});

test('every edit of a pass is taken back with its sides exchanged', () => {
  const check = (world: World): void => {
    const plan = unlessRefused(() => planOf(world));
    if (plan === null) return;
    const back = inverse(plan, 1, after(held(world.live), plan));
    const exchanged = plan.units
      .flatMap(({ operations }) => operations)
      .flatMap((operation) =>
        operation.kind === 'rewrite'
          ? operation.edits.map((edit, at) => {
              const back = { path: edit.path, action: inverseOf(edit, at, operation.edits) };
              return canonical({ of: operation.collection, path: edit.path, ...leftBy({ step: '', ...back }) });
            })
          : [],
      );
    expect([...editsOf(back.plan)].sort()).toEqual([...exchanged].sort());
  };
  fc.assert(fc.property(worlds, check), runs);
});

test('the inverse of the inverse leads to the target again, and edits what the plan edited', () => {
  const { count, share } = tally();
  const check = (world: World): void => {
    const plan = unlessRefused(() => planOf(world));
    if (plan === null) return;
    const server = after(held(world.live), plan);
    const made = stateIn(server);
    const back = inverse(plan, 1, server);
    after(server, back.plan);
    const again = inverse(back.plan, 2, server);
    count(...again.changes.map(({ kind }) => kind));
    sameAs(withoutTrash(stateIn(after(server, again.plan))), withoutTrash(made));
    const created = new Set(
      plan.steps.filter(({ kind }) => kind === 'createCollection').map((step) => step.collection),
    );
    const own = plan.steps.filter((step) => step.change === 'edit' && !created.has(step.collection));
    expect(editsOf(again.plan)).toHaveLength(own.length);
    expect([...editsOf(again.plan)].sort()).toEqual([...editsOf(plan)].sort());
  };
  fc.assert(fc.property(worlds, check), runs);
  expect(share('index')).toBeGreaterThan(0.3);
  expect(share('collection')).toBeGreaterThan(0.1);
});

test('a dropped collection lies in the trash under its UUID until it comes back', () => {
  const { count, share } = tally();
  const check = (world: World): void => {
    const plan = unlessRefused(() => planOf(world));
    if (plan === null) return;
    const server = after(held(world.live), plan);
    const dropped = plan.steps.filter(({ kind }) => kind === 'dropCollection').map((step) => step.collection);
    count(...(dropped.length > 0 ? ['dropped'] : []));
    for (const name of dropped) {
      expect(server.collections.get(trashName(uuidOf(name)))?.uuid).toBe(uuidOf(name));
      expect(server.collections.has(name)).toBe(false);
    }
    after(server, inverse(plan, 1, server).plan);
    for (const name of dropped) expect(server.collections.get(name)?.uuid).toBe(uuidOf(name));
  };
  fc.assert(fc.property(worlds, check), runs);
  expect(share('dropped')).toBeGreaterThan(0.05);
});
