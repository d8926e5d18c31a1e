import { runOptions } from '../support/run-options.ts';
import fc from 'fast-check';
import type { Db, Document } from 'mongodb';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { toBson } from '../../src/database/bson.ts';
import { introspect } from '../../src/database/introspect.ts';
import { connect } from '../../src/database/mongo.ts';
import type { Database } from '../../src/database/port.ts';
import type { Plan } from '../../src/planner/contract.ts';
import { isOwn } from '../../src/planner/diff.ts';
import { canonical } from '../../src/state/encode.ts';
import type { DatabaseState, Schema } from '../../src/state/types.ts';
import type { Doc } from '../../src/state/value.ts';
import { planRollback } from '../../src/workflow/plan-rollback.ts';
import { planSchema } from '../../src/workflow/plan-schema.ts';
import { runPlan } from '../../src/workflow/run.ts';
import { everything } from '../planner/support.ts';
import { useDatabase } from '../support/database.ts';
import { documents, labelOf, type SchemaModel, schemas, seed, tally } from '../support/generators.ts';
import { schemaFrom, stateOf, worlds } from './worlds.ts';

console.log(`test/property/server: FC_SEED=${seed}`);

const { db } = useDatabase('property');
let door: Database;

beforeAll(async () => {
  door = await connect({ url: inject('uri'), database: db().databaseName, connectTimeoutMs: 5000 });
});
afterAll(() => door.close());

const now = new Date('2026-01-31T12:00:00Z');

/** What an application sees: neither our own collections nor the trash. */
async function structure(): Promise<DatabaseState> {
  const { state } = await introspect(door);
  return { collections: Object.fromEntries(Object.entries(state.collections).filter(([name]) => !isOwn(name))) };
}

/** The bytes of every document, as hex, by collection. */
async function bytes(of: Db): Promise<Readonly<Record<string, readonly string[]>>> {
  const names = (await of.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name);
  const own = names.filter((name) => !isOwn(name)).sort();
  const read = async (name: string) => {
    const found = of.collection<Uint8Array>(name).find({}, { raw: true }).sort({ _id: 1 });
    return [name, (await found.toArray()).map((each) => Buffer.from(each as Uint8Array).toString('hex'))] as const;
  };
  return Object.fromEntries(await Promise.all(own.map(read)));
}

/** The structure and its documents by plain driver commands; what a unique index refuses is left out. */
async function create(of: Db, model: SchemaModel, filled: readonly Doc[]): Promise<void> {
  for (const { name, indexes } of model) {
    await of.createCollection(name);
    for (const index of indexes) {
      const options = Object.fromEntries(index.on.map((option) => [option, true]));
      const spec = { ...options, ...(index.ttl === null ? {} : { expireAfterSeconds: index.ttl }) };
      await of.command({ createIndexes: name, indexes: [{ key: new Map(index.key), name: labelOf(index), ...spec }] });
    }
    if (filled.length === 0) continue;
    const sent = filled.map((each) => toBson(each) as Document);
    await of.command({ insert: name, documents: sent, ordered: false });
  }
}

const plan = (schema: Schema): Promise<Plan> =>
  planSchema(door, { schema, sources: new Map(), selection: everything, checkData: 'fast', allow: [], now });
const planBack = (): Promise<Plan> =>
  planRollback(door, { which: { kind: 'after', run: 0 }, only: [], exclude: [], allow: [], now });

async function run(make: () => Promise<Plan>): Promise<void> {
  const result = await runPlan(door, await make(), make, runOptions(door));
  expect([result.error?.message, result.error?.details, result.exitCode]).toEqual([undefined, undefined, 0]);
}

/** Applies a schema unless the planner refuses it (20) or the data does; answers the kinds of its steps. */
async function apply(schema: Schema): Promise<readonly string[] | null> {
  const planned = await plan(schema).catch((error: unknown) => {
    if ((error as { exitCode?: number }).exitCode === 20) return null;
    throw error;
  });
  if (planned === null || planned.violations.length > 0) return null;
  await run(() => plan(schema));
  const again = await plan(schema);
  expect(again.steps.map(({ action, address }) => `${action} ${address}`)).toEqual([]);
  expect([again.noop, again.ownership]).toEqual([true, { adopt: [], release: [] }]);
  return planned.steps.flatMap(({ kind, estimate }) => [
    kind,
    ...(kind === 'backfill' && (estimate?.documents ?? 0) > 0 ? ['filled'] : []),
  ]);
}

test('on the server: what is created is introspected equal, a plan leaves nothing to do, a rollback leaves no trace', async () => {
  const { count, share } = tally();
  const cases = fc.record({ made: schemas, filled: documents, world: worlds });
  const check = async ({
    made,
    filled,
    world,
  }: {
    made: SchemaModel;
    filled: readonly Doc[];
    world: { past: SchemaModel; model: SchemaModel };
  }) => {
    await db().dropDatabase();
    const found = made.length > 0 && world.past.length > 0 && filled.length % 2 === 0 ? world.past : made;
    await create(db(), found, filled);
    const before = await structure();
    expect(canonical(before)).toBe(canonical(stateOf(found)));
    const written = await bytes(db());
    const first = await apply(schemaFrom(world.past));
    const second = await apply(schemaFrom(world.model));
    count(
      ...(first ?? ['refused']),
      ...(second ?? ['refused']),
      ...((first ?? []).length + (second ?? []).length > 0 ? ['steps'] : []),
    );
    await run(planBack);
    expect(canonical(await structure())).toBe(canonical(before));
    expect(await bytes(db())).toEqual(written);
  };
  await fc.assert(fc.asyncProperty(cases, check), { seed, numRuns: 30, endOnFailure: true });
  expect(share('steps')).toBeGreaterThan(0.6);
  for (const kind of ['filled', 'replaceIndex', 'dropIndex', 'dropCollection'])
    expect([kind, share(kind) > 0]).toEqual([kind, true]);
});
