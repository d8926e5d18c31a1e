import type { Seen, UnitEntry } from '../applier/journal.ts';
import { isAsPlanned, see } from '../applier/see.ts';
import { type Database, isServerError } from '../database/port.ts';
import { aggregateCommand, readAll } from '../database/read.ts';
import type { Step } from '../planner/contract.ts';
import { anyMayApply } from '../planner/rewrite/edits.ts';
import { docOf, toNumber } from '../state/value.ts';

const nameOf = (side: unknown): string | undefined => (side as { readonly name?: string } | null)?.name;

/** Whether an index went, and another one of these steps has its name now. */
function isNameTaken({ change, collection, before, after }: Step, steps: readonly Step[]): boolean {
  if (change !== 'index' || after !== null) return false;
  return steps.some(
    (other) => other.change === 'index' && other.collection === collection && nameOf(other.after) === nameOf(before),
  );
}

/** Addresses that are not as the steps meant to leave them. */
export async function unverified(db: Database, steps: readonly Step[]): Promise<readonly string[]> {
  const dropped = new Set(
    steps.filter(({ change, after }) => change === 'collection' && after === null).map((step) => step.collection),
  );
  const names = new Map(
    steps
      .filter(({ change }) => change === 'rename')
      .map(({ before, collection }) => [(before as { readonly name: string }).name, collection]),
  );
  const standing = steps
    .filter(({ change, collection }) => change === 'collection' || !dropped.has(collection))
    .filter((step) => !isNameTaken(step, steps))
    .map((step) => ({ ...step, collection: names.get(step.collection) ?? step.collection }));
  const seen = await see(db, standing, 'after');
  const isLast = (step: Step, at: number): boolean =>
    !standing.slice(at + 1).some(({ address, change }) => address === step.address && change === step.change);
  const wrong = standing.filter((step, at) => isLast(step, at) && !isAsPlanned(step, seen[at] as Seen));
  return [...new Set(wrong.map(({ address }) => address))];
}

export interface Late {
  readonly collection: string;
  readonly count: number;
}

const lateLimitMs = 10_000;

/** Documents that came without a field while a pass over all documents was running; not looked for beyond the limit. */
export async function lateDocuments(db: Database, entries: readonly UnitEntry[]): Promise<readonly Late[]> {
  const late: Late[] = [];
  for (const { unit } of entries) {
    for (const operation of unit.operations) {
      if (operation.kind !== 'rewrite' || operation.scope.kind !== 'all') continue;
      const told = operation.edits.filter(({ action }) => action.kind !== 'compute' && action.kind !== 'populate');
      if (told.length === 0) continue;
      const pipeline = [docOf({ $match: anyMayApply(told) }), docOf({ $count: 'n' })];
      const [found] = await readAll(db, aggregateCommand(operation.collection, pipeline), {
        timeoutMs: lateLimitMs,
      }).catch((error: unknown) => {
        if (isServerError(error, 'MaxTimeMSExpired')) return [];
        throw error;
      });
      const count = toNumber(found?.get('n')) ?? 0;
      if (count > 0) late.push({ collection: operation.collection, count });
    }
  }
  return late;
}
