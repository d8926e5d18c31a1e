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
import { runOptions } from '../support/run-options.ts';
import { everything } from '../planner/support.ts';
import { useDatabase } from '../support/database.ts';
import { seed, tally } from '../support/generators.ts';
import { makeByHand } from '../support/raw-structure.ts';
import { pairs, schemaOf, type Structure } from '../support/structures.ts';

const numRuns = Number(process.env['STRUCTURES'] ?? 20);
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
  const result = await runPlan(door, plan, null, runOptions(door));
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

/** How the first structure comes to be: applied; made by hand and adopted; made by hand, and nobody's. */
const origins = ['applied', 'adopted', 'unmanaged'] as const;

async function begin(before: Structure, origin: (typeof origins)[number], otherwise: boolean): Promise<boolean> {
  if (origin === 'unmanaged') {
    await makeByHand(db(), before, otherwise);
    return true;
  }
  if (origin === 'adopted') await makeByHand(db(), before, otherwise);
  const first = await planFor(before).catch(refused);
  if (first === null) return false;
  if (origin === 'adopted') expect(first.steps).toEqual([]);
  await apply(first);
  expect(await planFor(before)).toMatchObject({ noop: true, steps: [] });
  return true;
}

test('any structure is made, becomes any other, and is given back as it was', { timeout: 3_600_000 }, async () => {
  const { count, share } = tally();
  const world = fc.tuple(pairs(inject('server')), fc.constantFrom(...origins), fc.boolean());
  await fc.assert(
    fc.asyncProperty(world, async ([[before, after], origin, otherwise]) => {
      await db().dropDatabase();
      if (!(await begin(before, origin, otherwise))) {
        count('refused');
        return;
      }
      await fill(db(), before);
      const start = await databaseHash(db());
      const plan = await planFor(after).catch(refused);
      if (plan === null) {
        count('refused');
        return;
      }
      expect(plan.violations).toEqual([]);
      const inexact = plan.steps.filter(({ reversal }) => reversal.kind !== 'exact');
      count(
        origin,
        ...new Set(plan.steps.flatMap(({ kind, route }) => [kind, route ?? 'none'])),
        ...(inexact.length > 0 ? ['inexact'] : []),
        ...(plan.noop ? ['empty'] : []),
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
  console.log(
    `completed ${Math.round(numRuns * (1 - share('refused')))} pairs, ${Math.round(numRuns * share('inexact'))} inexact`,
  );
  expect(share('refused')).toBeLessThan(0.4);
  expect(share('inexact')).toBeLessThan(0.4);
});
