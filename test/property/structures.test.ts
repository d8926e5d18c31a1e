import fc from 'fast-check';
import type { Db } from 'mongodb';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { databaseHash } from '../../demo/hash.ts';
import { connect } from '../../src/database/mongo.ts';
import type { Database } from '../../src/database/port.ts';
import { SchemactlError } from '../../src/errors.ts';
import { hazardCodes, type Plan } from '../../src/planner/contract.ts';
import { planRollback } from '../../src/workflow/plan-rollback.ts';
import { planSchema } from '../../src/workflow/plan-schema.ts';
import { runPlan } from '../../src/workflow/run.ts';
import { options } from '../cases/run.ts';
import { everything } from '../planner/support.ts';
import { useDatabase } from '../support/database.ts';
import { seed, tally } from '../support/generators.ts';
import { pairs, schemaOf, type Structure } from '../support/structures.ts';

const numRuns = Number(process.env['STRUCTURES'] ?? 30);
console.log(`test/property/structures: FC_SEED=${seed} STRUCTURES=${numRuns}`);

const { db } = useDatabase('structures');
let door: Database;
beforeAll(async () => {
  door = await connect({ url: inject('uri'), database: db().databaseName, connectTimeoutMs: 5000 });
});
afterAll(() => door.close());

const now = new Date('2026-01-31T12:00:00Z');

async function planFor(structure: Structure): Promise<Plan> {
  const shared = { sources: new Map(), selection: everything, allow: [...hazardCodes], now } as const;
  return planSchema(door, { schema: schemaOf(structure), checkData: 'fast', ...shared });
}

async function apply(plan: Plan): Promise<void> {
  const result = await runPlan(door, plan, null, options(door));
  if (result.error !== null) throw new Error(`${result.error.message}\n${result.error.details.join('\n')}`);
}

/** Documents that every generated validator and index can hold. */
async function fill(of: Db, structure: Structure): Promise<void> {
  const at = new Date('2099-01-01T00:00:00Z');
  const things = [1, 2, 3].map((n) => ({
    _id: n,
    a: n,
    b: `s${n}`,
    u: n,
    at,
    loc: [n, n],
    txt: `word ${n}`,
    o: { p: n },
  }));
  for (const name of Object.keys(structure)) {
    if (name === 's') await of.collection(name).insertOne({ at, m: { x: 1 }, value: 5 });
    else if (name !== 'v') await of.collection<{ _id: number }>(name).insertMany(things);
  }
}

/** What planned nothing because the server could not do it: refused before anything was written. */
function refused(error: unknown): null {
  if (error instanceof SchemactlError && error.exitCode === 20) return null;
  throw error;
}

test('any structure is made, becomes any other, and is given back as it was', { timeout: 3_600_000 }, async () => {
  const { count, share } = tally();
  await fc.assert(
    fc.asyncProperty(pairs(inject('server')), async ([before, after]) => {
      await db().dropDatabase();
      const first = await planFor(before).catch(refused);
      if (first === null) {
        count('refused');
        return;
      }
      await apply(first);
      expect(await planFor(before)).toMatchObject({ noop: true, steps: [] });
      await fill(db(), before);
      const start = await databaseHash(db());
      const plan = await planFor(after).catch(refused);
      if (plan === null || plan.violations.length > 0) {
        count('refused');
        return;
      }
      const inexact = plan.steps.filter(({ reversal }) => reversal.kind !== 'exact');
      count(
        ...new Set(plan.steps.flatMap(({ kind, route }) => [kind, route ?? 'none'])),
        ...(inexact.length > 0 ? ['inexact'] : []),
      );
      await apply(plan);
      expect(await planFor(after)).toMatchObject({ noop: true, steps: [] });
      if (plan.noop || inexact.length > 0) return;
      const rollback = { which: { kind: 'last' }, only: [], exclude: [], allow: [...hazardCodes], now } as const;
      await apply(await planRollback(door, rollback));
      expect(await databaseHash(db())).toBe(start);
    }),
    { seed, numRuns, endOnFailure: true },
  );
  expect(share('refused')).toBeLessThan(0.3);
  expect(share('inexact')).toBeLessThan(0.4);
});
