import { readUnits, type UnitEntry } from '../applier/journal.ts';
import type { Database } from '../database/port.ts';
import { isOpen, type Run, type Unsettled } from '../state/runs.ts';

/** Steps that are done, and documents written, as the journal of a run says. */
export function progressOf(entries: readonly UnitEntry[]): { readonly done: number; readonly documents: number } {
  return {
    done: entries.filter(({ state }) => state === 'done').reduce((sum, { steps }) => sum + steps.length, 0),
    documents: entries.reduce((sum, { counts }) => sum + Math.max(0, ...counts), 0),
  };
}

/** A run says what it did when it ends; of one that has not, its journal says how far it is. Reads only. */
export async function withProgress(db: Database, run: Run): Promise<Run> {
  if (!isOpen(run)) return run;
  const { done, documents } = progressOf(await readUnits(db, run.run));
  return { ...run, steps: { ...run.steps, done }, documents };
}

const addressesIn = (entries: readonly UnitEntry[], ...states: readonly UnitEntry['state'][]): readonly string[] => [
  ...new Set(
    entries.filter(({ state }) => states.includes(state)).flatMap(({ steps }) => steps.map(({ address }) => address)),
  ),
];

/** What a run that stopped did, what of it nobody knows before somebody goes on, and what is left. Reads only. */
export async function unsettledOf(db: Database, { run }: Run): Promise<Unsettled> {
  const entries = await readUnits(db, run);
  return {
    done: addressesIn(entries, 'done'),
    unknown: addressesIn(entries, 'started'),
    left: addressesIn(entries, 'pending'),
  };
}
