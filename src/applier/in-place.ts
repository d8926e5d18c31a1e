import { introspectCollection } from '../database/introspect.ts';
import type { Database } from '../database/port.ts';
import { exitCodes, SchemactlError } from '../errors.ts';
import type { Step } from '../planner/contract.ts';
import type { UnitEntry } from './journal.ts';
import type { PlanHeader } from './runs.ts';
import { excluding } from '../state/words.ts';

const movesCollection = (collection: string, entries: readonly UnitEntry[]): boolean =>
  entries.some(({ steps }) => steps.some((step) => makesCollection(step) && step.collection === collection));

const makesCollection = ({ change }: Step): boolean =>
  change === 'collection' || change === 'recreate' || change === 'rename';

/** Whether a unit would run on the very collection that was planned; one that the run itself makes may not be there yet. */
function isPlanned(
  { unit: { collection }, steps }: UnitEntry,
  entries: readonly UnitEntry[],
  header: PlanHeader,
  found: { readonly uuid: string | null } | null,
): boolean {
  if (steps.length === 0 || movesCollection(collection, entries)) return true;
  const planned = header.preconditions.find((known) => known.collection === collection);
  return found !== null && found.uuid === planned?.uuid;
}

/** Whether a unit can still run: its collection is the one that was planned for. */
export async function isInPlace(
  db: Database,
  entry: UnitEntry,
  entries: readonly UnitEntry[],
  header: PlanHeader,
): Promise<boolean> {
  return isPlanned(entry, entries, header, await introspectCollection(db, entry.unit.collection));
}

/** Somebody dropped the collection, or put another in its place. */
export const notInPlace = (collection: string): SchemactlError =>
  new SchemactlError(`"${collection}" is not the collection any more that was planned for.`, {
    code: 'SCH2513',
    exitCode: exitCodes.stale,
    details: ['It was dropped, or another collection has its name now.'],
    next: [
      'Plan afresh, closing this run: schemactl apply',
      `Take back what was done elsewhere: schemactl rollback ${excluding([`${collection}.**`])}`,
    ],
  });
/**
 * The UUID of the collection that a unit begins on, by which its commands are guarded; null where it has none yet.
 * Throws SchemactlError 21 where it is not the one that was planned for.
 */
export async function assertInPlace(
  db: Database,
  entry: UnitEntry,
  entries: readonly UnitEntry[],
  header: PlanHeader,
): Promise<string | null> {
  const { collection } = entry.unit;
  const found = entry.steps.length === 0 ? null : await introspectCollection(db, collection);
  const isMade = movesCollection(collection, entries) && !entry.steps.some(makesCollection);
  if ((isMade && found === null) || !isPlanned(entry, entries, header, found)) throw notInPlace(collection);
  return found?.uuid ?? null;
}
