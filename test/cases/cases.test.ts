import { MongoClient } from 'mongodb';
import semver from 'semver';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { databaseHash } from '../../demo/hash.ts';
import { introspect } from '../../src/database/introspect.ts';
import type { Database } from '../../src/database/port.ts';
import { assertApplicable, blockingHazards } from '../../src/planner/hazards.ts';
import { hazardCodes, type Plan, type Step } from '../../src/planner/contract.ts';
import { parseSchema } from '../../src/state/parse.ts';
import { checkSchema } from '../../src/workflow/check.ts';
import { encode } from '../../src/state/encode.ts';
import { toNumber } from '../../src/state/value.ts';
import { cli } from '../support/cli.ts';
import { schemaFile } from '../support/schema.ts';
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

/** The plan says what the data has against it; apply, every hazard allowed, ends with 22 and has changed nothing. */
async function expectViolation(
  db: Database,
  plan: Plan,
  text: string,
  { count, address, ids }: NonNullable<Case['expect']['violates']>,
): Promise<void> {
  expect(plan.violations).toEqual([expect.objectContaining({ address, count })]);
  expect(plan.violations[0]?.sample.map((id) => toNumber(id))).toEqual(ids);
  await expectStopped(db, text, ['--allow', hazardCodes.join(',')], { code: 22, says: address });
}

/** Apply, as it is run from the command line, refuses and has changed nothing. */
async function expectStopped(
  db: Database,
  text: string,
  flags: readonly string[],
  { code, says }: { readonly code: number; readonly says: string },
): Promise<void> {
  const before = await everything(db);
  const file = await schemaFile(text);
  const ran = await cli(db.name, ['apply', '--auto-approve', ...flags, '--schema', file]);
  expect(ran, ran.err).toMatchObject({ code });
  expect(ran.err).toContain(says);
  expect(await everything(db)).toEqual(before);
}

/** Structure and documents, our own collections among them: none before the first run. */
async function everything(db: Database): Promise<unknown> {
  const mongo = client.db(db.name);
  const { state } = await introspect(db);
  return { structure: encode(state), hash: await databaseHash(mongo) };
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
  await expectFindings(db, text, wanted.check ?? []);
  if (plan.steps.length === 0) return;
  const undone = await rollbackPlan(db);
  expect(await run(db, undone)).toMatchObject({ exitCode: 0 });
  expect({ structure: await structure(db), hash: await databaseHash(mongo) }).toEqual(before);
  if (wanted.refuses === undefined && wanted.accepts === undefined) return;
  expect(await run(db, await planText(db, text, allowed(wanted)))).toMatchObject({ exitCode: 0 });
  await expectAccepted(mongo, wanted.refuses ?? {}, 121);
  await expectAccepted(mongo, wanted.accepts ?? {}, null);
}

async function expectFindings(db: Database, text: string, wanted: NonNullable<Case['expect']['check']>): Promise<void> {
  const { schema } = parseSchema([{ path: 'schema.yaml', text }]);
  if (schema === null) throw new Error('the schema is not valid');
  const selection = { only: [], exclude: [], milestone: null, through: null };
  const { findings } = await checkSchema(db, { schema, selection, sample: null });
  const addresses = new Set(wanted.map(({ address }) => address));
  const found = findings.filter(({ address }) => addresses.has(address));
  expect(found).toHaveLength(wanted.length);
  for (const { sample = [], ...like } of wanted) {
    const one = found.find(({ rule, address }) => rule === like.rule && address === like.address);
    expect(one).toMatchObject(like);
    expect(one?.sample.map((id) => toNumber(id))).toEqual(expect.arrayContaining([...sample]));
  }
}

/** Refused whatever is allowed, naming each of the words; nothing is changed. */
async function expectRefused(db: Database, text: string, words: readonly string[]): Promise<void> {
  for (const says of words) {
    await expectStopped(db, text, ['--allow', hazardCodes.join(',')], { code: 20, says });
  }
}

const allowed = ({ blocked }: Case['expect']): readonly string[] => (blocked === undefined ? [] : blocked.split(', '));

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
  if (wanted.refused !== undefined) {
    await expectRefused(db, text, wanted.refused);
    return;
  }
  const plan = await planText(db, text, allowed(wanted));
  const blocking = blockingHazards({ ...plan, allow: [] }, []).map(({ code }) => code);
  expect([...new Set(blocking)]).toEqual(allowed(wanted));
  if (wanted.unmanaged !== undefined) expect(plan.unmanaged).toEqual(wanted.unmanaged);
  if (wanted.blocked !== undefined && wanted.violates === undefined) {
    await expectStopped(db, text, [], { code: 20, says: wanted.blocked });
  }
  if (wanted.violates === undefined) await expectBothWays(db, plan, text, found);
  else await expectViolation(db, plan, text, wanted.violates);
}

describe('cases, each checked on real servers', () => {
  test.each(readCases().filter(({ servers }) => semver.satisfies(inject('server'), servers)))('$name: $what', (found) =>
    hold(found),
  );
});
