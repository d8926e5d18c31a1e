import type { Seen, UnitEntry } from '../applier/journal.ts';
import { isAsPlanned, see } from '../applier/see.ts';
import { type Database, DatabaseError, isServerError } from '../database/port.ts';
import { aggregateCommand, readAll } from '../database/read.ts';
import type { Step } from '../planner/contract.ts';
import type { Edit } from '../planner/operation.ts';
import { openStages } from '../planner/rewrite/open.ts';
import { docOf, toNumber } from '../state/value.ts';
import { serverWords } from './failure.ts';

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
  /** Null where it could not be counted, and why. */
  readonly count: number | null;
  readonly reason: string | null;
}

const lateLimitMs = 10_000;

/** The edits of passes over all documents, by collection, in the order in which they ran. */
function editsByCollection(entries: readonly UnitEntry[]): ReadonlyMap<string, readonly Edit[]> {
  const passes = entries
    .flatMap(({ unit }) => unit.operations)
    .filter((operation) => operation.kind === 'rewrite')
    .filter(({ scope }) => scope.kind === 'all');
  const edits = new Map<string, readonly Edit[]>();
  for (const { collection, edits: own } of passes) edits.set(collection, [...(edits.get(collection) ?? []), ...own]);
  return edits;
}

async function countLate(db: Database, collection: string, edits: readonly Edit[]): Promise<Late> {
  const pipeline = [...openStages(edits), docOf({ $count: 'n' })];
  try {
    const [found] = await readAll(db, aggregateCommand(collection, pipeline), { timeoutMs: lateLimitMs });
    return { collection, count: toNumber(found?.get('n')) ?? 0, reason: null };
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.kind !== 'server') throw error;
    const isSlow = isServerError(error, 'MaxTimeMSExpired');
    return { collection, count: null, reason: isSlow ? 'that takes longer than 10 s' : serverWords(error) };
  }
}

/** Documents that came while passes over all documents were running, and in which these would still change something. */
export async function lateDocuments(db: Database, entries: readonly UnitEntry[]): Promise<readonly Late[]> {
  const late: Late[] = [];
  for (const [collection, edits] of editsByCollection(entries)) late.push(await countLate(db, collection, edits));
  return late.filter(({ count }) => count !== 0);
}
