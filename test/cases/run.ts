import { connect } from '../../src/database/mongo.ts';
import type { Database } from '../../src/database/port.ts';
import type { Plan } from '../../src/planner/contract.ts';
import { parseSchema } from '../../src/state/parse.ts';
import { planRollback } from '../../src/workflow/plan-rollback.ts';
import { planSchema } from '../../src/workflow/plan-schema.ts';
import { runPlan } from '../../src/workflow/run.ts';
import type { RunResult } from '../../src/workflow/run-result.ts';
import { runOptions } from '../support/run-options.ts';

export async function open(uri: string, database: string): Promise<Database> {
  return connect({ url: uri, database, connectTimeoutMs: 10_000 });
}

/** The plan for a schema text. Throws what the planner throws, or the findings of an invalid text. */
export async function planText(db: Database, text: string, allow: readonly string[] = []): Promise<Plan> {
  const { schema, sources, diagnostics } = parseSchema([{ path: 'schema.yaml', text }]);
  if (schema === null) throw new Error(diagnostics.map(({ message, hint }) => `${message} ${hint ?? ''}`).join('\n'));
  const selection = { only: [], exclude: [], milestone: null, through: null };
  return planSchema(db, { schema, sources, selection, checkData: 'fast', allow, now: new Date() });
}

export async function rollbackPlan(db: Database): Promise<Plan> {
  return planRollback(db, { which: { kind: 'last' }, only: [], exclude: [], allow: [], now: new Date() });
}

export async function run(db: Database, plan: Plan): Promise<RunResult> {
  return runPlan(db, plan, null, runOptions(db));
}
