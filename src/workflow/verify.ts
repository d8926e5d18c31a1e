import type { Seen, UnitEntry } from '../applier/journal.ts';
import { isAsPlanned, see } from '../applier/see.ts';
import { type Database, DatabaseError, isServerError } from '../database/port.ts';
import { aggregateCommand, readAll } from '../database/read.ts';
import type { SettledEdit, Step } from '../planner/contract.ts';
import type { Edit } from '../planner/operation.ts';
import { phaseOf } from '../planner/rewrite/actions.ts';
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

type Declared = Pick<Edit, 'path' | 'action'>;

/**
 * The edits of passes over all documents, by collection, in the order in which they ran, with those that had nothing to
 * do among them.
 */
function editsByCollection(
  entries: readonly UnitEntry[],
  settled: readonly SettledEdit[],
): ReadonlyMap<string, readonly Declared[]> {
  const passes = entries
    .flatMap(({ unit }) => unit.operations)
    .filter((operation) => operation.kind === 'rewrite')
    .filter(({ scope }) => scope.kind === 'all')
    .flatMap(({ collection, edits }) => edits.map((edit) => ({ collection, ...edit })));
  const edits = new Map<string, readonly Declared[]>();
  for (const edit of [...passes, ...settled]) edits.set(edit.collection, [...(edits.get(edit.collection) ?? []), edit]);
  const inOrder = (own: readonly Declared[]): readonly Declared[] =>
    own.toSorted((a, b) => phaseOf(a.action) - phaseOf(b.action));
  return settled.length === 0 ? edits : new Map([...edits].map(([collection, own]) => [collection, inOrder(own)]));
}

async function countLate(db: Database, collection: string, edits: readonly Declared[]): Promise<Late> {
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

/** Documents that came since passes over all documents, and what had nothing to do, were planned or ran, and in which these would change something. */
export async function lateDocuments(
  db: Database,
  entries: readonly UnitEntry[],
  settled: readonly SettledEdit[],
): Promise<readonly Late[]> {
  const late: Late[] = [];
  for (const [collection, edits] of editsByCollection(entries, settled))
    late.push(await countLate(db, collection, edits));
  return late.filter(({ count }) => count !== 0);
}
