import { MongoClient } from 'mongodb';
import semver from 'semver';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { databaseHash } from '../../demo/hash.ts';
import { introspect } from '../../src/database/introspect.ts';
import type { Database } from '../../src/database/port.ts';
import { assertApplicable, blockingHazards } from '../../src/planner/hazards.ts';
import type { Plan, Step } from '../../src/planner/contract.ts';
import { encode } from '../../src/state/encode.ts';
import { toNumber } from '../../src/state/value.ts';
import { expectAccepted, expectAfter, expectExactly } from './after.ts';
import { type Case, type ExpectedStep, readCases } from './case.ts';
import { open, planText, rollbackPlan, run } from './run.ts';

let client: MongoClient;
beforeAll(async () => {
  client = await new MongoClient(inject('uri')).connect();
});
afterAll(() => client.close());

/** A database of its own, filled as the case says. */
async function scene({ name, live }: Case): Promise<Database> {
  const database = `test_case_${name.replaceAll(/[^a-z0-9]/g, '_')}`.slice(0, 60);
  await client.db(database).dropDatabase();
  for (const command of live) await client.db(database).command(command);
  return open(inject('uri'), database);
}

const own = (name: string): boolean => name.startsWith('schemactl_');

async function structure(db: Database): Promise<unknown> {
  const { state } = await introspect(db);
  return encode(Object.fromEntries(Object.entries(state.collections).filter(([name]) => !own(name))));
}

function expectSteps(found: readonly Step[], wanted: readonly ExpectedStep[], ordered: boolean): void {
  const shown = found.map((step, at) => {
    const like = (ordered ? wanted[at] : wanted.find(({ address }) => address === step.address)) ?? {
      address: '',
      action: '',
    };
    const all: Record<string, unknown> = {
      address: step.address,
      action: step.action,
      route: step.route,
      documents: step.estimate?.documents,
      hazards: step.hazards.map(({ code }) => code),
      count: step.hazards[0]?.count,
    };
    return Object.fromEntries(Object.keys(like).map((key) => [key, all[key]]));
  });
  const sorted = (steps: readonly object[]): readonly object[] =>
    ordered ? steps : [...steps].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  expect(sorted(shown)).toEqual(sorted(wanted.map((step) => ({ ...step }))));
}

async function expectInvalid(db: Database, text: string, words: readonly string[]): Promise<void> {
  const refused = planText(db, text);
  for (const word of words) await expect(refused).rejects.toThrow(word);
}

function expectViolation(plan: Plan, { count, address, ids }: NonNullable<Case['expect']['violates']>): void {
  expect(() => assertApplicable(plan, ['ttl-expiry'])).toThrow(expect.objectContaining({ exitCode: 22 }) as Error);
  expect(plan.violations).toEqual([expect.objectContaining({ address, count })]);
  expect(plan.violations[0]?.sample.map((id) => toNumber(id))).toEqual(ids);
}

/** Forward: verdict, apply, empty second plan. Backward: everything as it was. */
async function expectBothWays(db: Database, plan: Plan, text: string, { expect: wanted }: Case): Promise<void> {
  const mongo = client.db(db.name);
  const before = { structure: await structure(db), hash: await databaseHash(mongo) };
  assertApplicable(plan, []);
  expectSteps(plan.steps, wanted.steps ?? [], wanted.ordered ?? false);
  expect(await run(db, plan)).toMatchObject({ exitCode: 0 });
  await expectAfter(mongo, wanted.after ?? {});
  await expectExactly(mongo, wanted.exactly ?? {});
  expect(await planText(db, text)).toMatchObject({ noop: true, steps: [] });
  if (plan.steps.length === 0) return;
  const undone = await rollbackPlan(db);
  expect(await run(db, undone)).toMatchObject({ exitCode: 0 });
  expect({ structure: await structure(db), hash: await databaseHash(mongo) }).toEqual(before);
  if (wanted.refuses === undefined && wanted.accepts === undefined) return;
  expect(await run(db, await planText(db, text, allowed(wanted)))).toMatchObject({ exitCode: 0 });
  await expectAccepted(mongo, wanted.refuses ?? {}, 121);
  await expectAccepted(mongo, wanted.accepts ?? {}, null);
}

const allowed = ({ blocked }: Case['expect']): readonly string[] => (blocked === undefined ? [] : [blocked]);

async function hold(found: Case): Promise<void> {
  const { expect: wanted, schemas, between } = found;
  const text = schemas.at(-1) ?? '';
  const db = await scene(found);
  onTestFinished(() => db.close());
  if (wanted.invalid !== undefined) {
    await expectInvalid(db, text, wanted.invalid);
    return;
  }
  for (const earlier of schemas.slice(0, -1)) await run(db, await planText(db, earlier));
  for (const command of between) await client.db(db.name).command(command);
  const plan = await planText(db, text, allowed(wanted));
  const blocking = blockingHazards({ ...plan, allow: [] }, []).map(({ code }) => code);
  expect([...new Set(blocking)]).toEqual(allowed(wanted));
  if (wanted.unmanaged !== undefined) expect(plan.unmanaged).toEqual(wanted.unmanaged);
  if (wanted.violates === undefined) await expectBothWays(db, plan, text, found);
  else expectViolation(plan, wanted.violates);
}

describe('cases, each checked on real servers', () => {
  test.each(readCases().filter(({ servers }) => semver.satisfies(inject('server'), servers)))('$name: $what', (found) =>
    hold(found),
  );
});
