import { everyRule, runChecks, rulesOf } from '../checks/run.ts';
import type { Database } from '../database/port.ts';
import type { Selection } from '../planner/contract.ts';
import { declaredObjects } from '../planner/declared.ts';
import { assertSelectsSomething, selector } from '../planner/select.ts';
import type { CheckResult } from '../state/finding.ts';
import type { Schema } from '../state/types.ts';
import { readLive } from './live.ts';

export interface CheckSchemaOptions {
  readonly schema: Schema;
  readonly selection: Selection;
  /** The most documents of a collection to look at; null: all. */
  readonly sample: number | null;
}

/** What a schema's rules find in this database. Reads only; throws SchemactlError 64 for a selection of nothing. */
export async function checkSchema(
  db: Database,
  { schema, selection, sample }: CheckSchemaOptions,
): Promise<CheckResult> {
  const selects = selector(selection, schema.milestones);
  const everything = everyRule(rulesOf({ schema, selects: () => true, isSettled: () => true }));
  assertSelectsSomething(
    selection,
    everything.map(({ address }) => address),
  );
  const { observed, ledger } = await readLive(db);
  const definitions = new Map(declaredObjects(schema).map(({ address, definition }) => [address, definition]));
  const isSettled = (address: string): boolean => {
    const applied = ledger.get(address);
    return applied !== undefined && applied.definition === definitions.get(address);
  };
  return runChecks(db, { schema, observed: observed.state, selects, isSettled, sample });
}
