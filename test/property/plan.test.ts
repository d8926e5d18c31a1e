import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Plan } from '../../src/planner/contract.ts';
import { decodePlan, encodePlan } from '../../src/planner/codec.ts';
import { declaredObjects } from '../../src/planner/declared.ts';
import { replay } from '../../src/planner/simulate.ts';
import { addressOf } from '../../src/state/address.ts';
import { canonical, canonicalText } from '../../src/state/encode.ts';
import type { DatabaseState } from '../../src/state/types.ts';
import { diffOf, ledgerOf, planOf } from '../planner/support.ts';
import { labelOf, runs, type SchemaModel, schemas, schemaText, seed, tally } from '../support/generators.ts';
import { execute, held, stateIn, withoutTrash } from './model-server.ts';
import { referenceDiff } from './reference-differ.ts';
import { parsed, schemaFrom, stateOf, stateOfIndex, unlessRefused, type World, worlds } from './worlds.ts';

console.log(`test/property/plan: FC_SEED=${seed}`);

const workOf = ({ steps }: Plan): readonly string[] => [
  ...(steps.length > 0 ? ['steps'] : []),
  ...steps.map(({ kind }) => kind),
  ...steps.map(({ route }) => route ?? ''),
];

test('the generated worlds hold work of every kind', () => {
  const { count, share } = tally();
  const check = (world: World): void => {
    const plan = unlessRefused(() => planOf(world));
    count(...(plan === null ? ['refused'] : workOf(plan)), ...(world.ledger.size > 0 ? ['managed'] : []));
  };
  fc.assert(fc.property(worlds, check), { ...runs, numRuns: 300 });
  expect(share('steps')).toBeGreaterThan(0.7);
  expect(share('refused')).toBeLessThan(0.2);
  expect(share('managed')).toBeGreaterThan(0.3);
  expect(share('backfill')).toBeGreaterThan(0.15);
  expect(share('replaceIndex')).toBeGreaterThan(0.15);
  for (const kind of ['createCollection', 'dropCollection', 'createIndex', 'dropIndex', 'collMod', 'swap', 'bridge']) {
    expect([kind, share(kind) > 0.03]).toEqual([kind, true]);
  }
});

test('diff(a, a) is empty', () => {
  const check = (model: SchemaModel): void => {
    const schema = schemaFrom(model);
    const diff = diffOf({ live: stateOf(model), schema, ledger: ledgerOf(schema) });
    expect(diff.changes).toEqual([]);
    expect(diff.unmanaged).toEqual([]);
    expect(diff.released).toEqual([]);
  };
  fc.assert(fc.property(schemas, check), runs);
});

test('what is there and was never applied is adopted without a step, but for defaults', () => {
  const check = (model: SchemaModel): void => {
    const { changes, declared } = diffOf({ live: stateOf(model), schema: schemaFrom(model) });
    expect(changes.filter(({ kind }) => kind !== 'edit')).toEqual([]);
    expect(declared).toEqual([...ledgerOf(schemaFrom(model)).values()]);
  };
  fc.assert(fc.property(schemas, check), runs);
});

/** What a world must be once its plan ran: all that is declared, nothing that was applied and is not, the rest as it was. */
function expectManaged({ model, live, ledger }: World, plan: Plan, after: DatabaseState): void {
  const names = new Map(plan.ledger.map((entry) => [entry.address, entry.live]));
  for (const { name, indexes } of model) {
    const held = { ...after.collections[name]?.indexes };
    const was = { ...live.collections[name]?.indexes };
    for (const index of indexes) {
      const address = addressOf.index(name, labelOf(index));
      const own = names.get(address) ?? '';
      if (index.name !== null) expect(own).toBe(index.name);
      expect(canonical(held[own])).toBe(canonical(stateOfIndex(index)));
      const step = plan.steps.find((one) => one.address === address);
      Reflect.deleteProperty(was, (step?.before as { name: string } | null | undefined)?.name ?? own);
      Reflect.deleteProperty(held, own);
    }
    const declared = new Set(indexes.map((index) => addressOf.index(name, labelOf(index))));
    for (const entry of ledger.values()) {
      const isGone = entry.kind === 'index' && entry.collection === name && !declared.has(entry.address);
      if (isGone) Reflect.deleteProperty(was, entry.live ?? '');
    }
    expect(held).toEqual(was);
  }
  const declared = new Set(model.map(({ name }) => name));
  for (const [name, state] of Object.entries(live.collections)) {
    if (!declared.has(name))
      expect(after.collections[name]).toEqual(ledger.has(addressOf.collection(name)) ? undefined : state);
  }
}

test('simulate(diff(a, b), a) equals b for what is managed, and is nothing more to do', () => {
  const check = (world: World): void => {
    const plan = unlessRefused(() => planOf(world));
    if (plan === null) return;
    const server = held(world.live);
    execute(server, plan.units);
    const after = withoutTrash(stateIn(server));
    expect(canonicalText(replay(world.live, plan.steps))).toBe(canonical(after));
    expectManaged(world, plan, after);
    const applied = new Map(diffOf(world).declared.map((entry) => [entry.address, entry]));
    const again = diffOf({ ...world, live: after, ledger: applied });
    expect(again.changes).toEqual([]);
    expect([...again.declared]).toEqual([...applied.values()]);
  };
  fc.assert(fc.property(worlds, check), runs);
});

test('a reference differ agrees on addresses and actions', () => {
  const check = (world: World): void => {
    const plan = unlessRefused(() => planOf(world));
    if (plan === null) return;
    const definitions = new Map(declaredObjects(world.schema).map(({ address, definition }) => [address, definition]));
    const wanted = referenceDiff(world.model, world.live, world.ledger, (address) => definitions.get(address));
    expect(plan.steps.map(({ action, address }) => `${action} ${address}`).sort()).toEqual([...wanted].sort());
  };
  fc.assert(fc.property(worlds, check), runs);
});

const shuffled = <T>(items: readonly T[]) => fc.shuffledSubarray([...items], { minLength: items.length });

const reordered = worlds.chain((world) =>
  fc.record({
    world: fc.constant(world),
    model: fc
      .tuple(...world.model.map((one) => shuffled(one.indexes).map((indexes) => ({ ...one, indexes }))))
      .chain(shuffled),
    files: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 4, maxLength: 4 }),
    names: shuffled(['1.yaml', '2.yaml', '3.yaml']),
    milestonesIn: fc.integer({ min: 0, max: 2 }),
  }),
);

test('the order of files, collections and indexes never changes the plan', () => {
  const { count, share } = tally();
  const check = ({
    world,
    model,
    files,
    names,
    milestonesIn,
  }: typeof reordered extends fc.Arbitrary<infer T> ? T : never) => {
    const parts = [0, 1, 2].map((part) => model.filter((_, at) => files[at] === part));
    const schema = parsed(
      ...parts.map((part, at) => ({ path: names[at] as string, text: schemaText(part, at === milestonesIn) })),
    );
    const plan = unlessRefused(() => planOf(world));
    count(...(plan === null ? [] : workOf(plan)));
    const again = unlessRefused(() => planOf({ ...world, schema }));
    expect(again === null ? null : encodePlan(again)).toBe(plan === null ? null : encodePlan(plan));
  };
  fc.assert(fc.property(reordered, check), runs);
  expect(share('steps')).toBeGreaterThan(0.6);
});

test('fields are filled in the order of their declaration, milestone by milestone', () => {
  const check = ({ model, schema }: World): void => {
    const plan = planOf({ live: stateOf(model.map((one) => ({ ...one, indexes: [] }))), schema });
    for (const { name, fields } of model) {
      const tops = [...new Set(fields.map(({ path }) => path[0]))];
      const inOrder = [...fields].sort((a, b) => tops.indexOf(a.path[0]) - tops.indexOf(b.path[0]));
      for (const id of [null, 'm1', 'm2']) {
        const wanted = inOrder.filter(({ milestone }) => milestone === id).map(({ path }) => path.join('.'));
        const written = plan.units
          .flatMap(({ operations }) => operations)
          .flatMap((operation) =>
            operation.kind === 'rewrite' && operation.collection === name ? operation.edits : [],
          )
          .map(({ path }) => path.join('.'));
        expect(written.filter((path) => wanted.includes(path))).toEqual(wanted);
      }
    }
  };
  fc.assert(fc.property(worlds, check), runs);
});

test('every step comes after what it needs, and every unit after those that it depends on', () => {
  const { count, share } = tally();
  const check = (world: World): void => {
    const plan = unlessRefused(() => planOf(world));
    if (plan === null) return;
    const { steps, units } = plan;
    count(...(steps.some(({ dependsOn }) => dependsOn.length > 0) ? ['needs'] : []));
    expect(units.flatMap((unit) => unit.steps).sort()).toEqual(steps.map(({ id }) => id).sort());
    const unitOf = (id: string): number => units.findIndex((unit) => unit.steps.includes(id));
    for (const [at, step] of steps.entries()) {
      for (const need of step.dependsOn) {
        expect(steps.findIndex(({ id }) => id === need)).toBeLessThan(at);
        expect(steps.findIndex(({ id }) => id === need)).toBeGreaterThanOrEqual(0);
        expect(unitOf(need)).toBeLessThanOrEqual(unitOf(step.id));
      }
    }
  };
  fc.assert(fc.property(worlds, check), runs);
  expect(share('needs')).toBeGreaterThan(0.3);
});

test('a plan comes back from its file as it was written', () => {
  const check = (world: World): void => {
    const plan = unlessRefused(() => planOf(world));
    if (plan === null) return;
    const again = decodePlan(encodePlan(plan));
    expect(again).toEqual(plan);
    expect(encodePlan(again)).toBe(encodePlan(plan));
  };
  fc.assert(fc.property(worlds, check), runs);
});
