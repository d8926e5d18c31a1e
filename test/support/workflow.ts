import pRetry from 'p-retry';
import type { CreateCollectionOptions, Db, Document } from 'mongodb';
import { afterAll, beforeAll, inject } from 'vitest';
import { toBson } from '../../src/database/bson.ts';
import { connect } from '../../src/database/mongo.ts';
import type { Database } from '../../src/database/port.ts';
import type { Plan } from '../../src/planner/contract.ts';
import { parseSchema } from '../../src/state/parse.ts';
import { type Doc, doc, type Value } from '../../src/state/value.ts';
import { planRollback } from '../../src/workflow/plan-rollback.ts';
import { planSchema } from '../../src/workflow/plan-schema.ts';
import type { RunResult } from '../../src/workflow/run-result.ts';
import { runPlan } from '../../src/workflow/run.ts';
import { runOptions } from './run-options.ts';

/** Plans and runs, without a command line around them. */
export interface Workflow {
  /** The plan for a schema text; null where the text is invalid. */
  readonly plan: (text: string, checkData: 'fast' | 'full', undo?: boolean) => Promise<Plan | null>;
  /** The plan to take a run back, null: the newest one, or only some addresses of it. */
  readonly rollback: (run: number | null, only?: readonly string[]) => Promise<Plan>;
  readonly run: (plan: Plan) => Promise<RunResult>;
}

const now = new Date('2026-01-31T12:00:00Z');
const allow = ['drop-field', 'convert-type', 'no-undo'];

/** A workflow on a database of the test run's server. */
export function useWorkflow(db: () => Db): Workflow {
  let door: Database;
  beforeAll(async () => {
    door = await connect({ url: inject('uri'), database: db().databaseName, connectTimeoutMs: 5000 });
  });
  afterAll(() => door.close());
  return {
    async plan(text, checkData, undo = true) {
      const { schema, sources } = parseSchema([{ path: 'schema.yaml', text }]);
      if (schema === null) return null;
      const selection = { only: [], exclude: [], milestone: null, through: null };
      return planSchema(door, { schema, sources, selection, checkData, allow, undo, now });
    },
    rollback: (run, only = []) =>
      planRollback(door, {
        which: run === null ? { kind: 'last' } : { kind: 'run', run },
        ...{ only, exclude: [], allow, now },
      }),
    run: (plan) => runPlan(door, plan, null, runOptions(door)),
  };
}

/** Every document of a collection by `_id`, as the hexadecimal text of its bytes. */
export async function bytesOf(db: Db, collection: string): Promise<readonly string[]> {
  const found = await db.collection<Uint8Array>(collection).find({}, { raw: true }).sort({ _id: 1 }).toArray();
  return found.map((each) => Buffer.from(each as Uint8Array).toString('hex'));
}

export type Documents = readonly (readonly [Value, Doc])[];

/** Makes a collection of these documents. Those that the server does not take, equal ids under a collation, are left out. */
export async function fillCollection(
  db: Db,
  name: string,
  documents: Documents,
  options: CreateCollectionOptions,
): Promise<void> {
  // The server may still be taking the dropped one away (215).
  const created = (): Promise<unknown> => db.createCollection(name, options);
  await pRetry(created, { retries: 20, minTimeout: 50, maxTimeout: 500 });
  const sent = documents.map(([id, fields]) => toBson(doc(['_id', id], ...fields)) as Document);
  for (const one of sent)
    await db
      .collection(name)
      .insertOne(one)
      .catch(() => undefined);
}
