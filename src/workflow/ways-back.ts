import { readRecorded, type RecordedRun, standing } from '../applier/recorded.ts';
import type { Database } from '../database/port.ts';
import { trashName } from '../planner/families/collections/commands.ts';
import { overtaken, type RecordedStep } from '../planner/invert.ts';
import type { Run, WayBack } from '../state/runs.ts';
import { selectRuns } from './select-runs.ts';

/** What all runs recorded, newest first. Reads only. */
export async function readAllRecorded(db: Database, runs: readonly Run[]): Promise<readonly RecordedRun[]> {
  const recorded: RecordedRun[] = [];
  for (const run of runs.toReversed()) recorded.push(await readRecorded(db, run));
  return recorded;
}

/** A collection that a step took away, by where it would lie. */
export function trashOf({ step, found }: RecordedStep): string | null {
  const takesAway = step.change === 'recreate' || (step.change === 'collection' && step.before !== null);
  return takesAway && found?.kind === 'collection' && found.uuid !== null ? trashName(found.uuid) : null;
}

/** Whether a step cannot be taken back: what was kept for it is gone, or nothing ever was. */
function isBlocked(recorded: RecordedStep, there: ReadonlySet<string>): boolean {
  const { step, edits, purged, missing } = recorded;
  const isWritten = edits.some(({ documents }) => documents > 0);
  if (isWritten) return purged !== undefined || missing !== undefined || step.reversal.kind === 'impossible';
  if (step.change !== 'collection' || step.after !== null) return false;
  const trash = trashOf(recorded);
  return step.reversal.kind === 'impossible' || (trash !== null && !there.has(trash));
}

/** Rollbacks that stand, by the run that they took something of back. */
function takenBackBy(left: readonly RecordedRun[]): ReadonlyMap<number, number> {
  const by = new Map<number, number>();
  for (const { run, steps, settled } of left.toReversed()) {
    for (const ref of [...steps.flatMap(({ step }) => step.reverts), ...settled]) by.set(ref.run, run.run);
  }
  return by;
}

const addressesOf = (steps: readonly RecordedStep[]): readonly string[] =>
  [...new Set(steps.map(({ step }) => step.address))].sort();

/** What of a run later ones changed: alone it is refused, together with them it is not. */
function laterOf(run: number, left: readonly RecordedRun[]) {
  const selected = selectRuns({ kind: 'run', run }, left, () => true);
  const passed = overtaken(selected.steps, selected.later);
  return {
    addresses: addressesOf(passed.map(({ own }) => own)),
    runs: [...new Set(passed.map(({ by }) => by.ref.run))].sort((a, b) => a - b),
  };
}

/** What can still be taken back of each run; `there` are the collections of the database. Pure. */
export function waysBack(recorded: readonly RecordedRun[], there: Iterable<string>): ReadonlyMap<number, WayBack> {
  const left = standing(recorded);
  const by = takenBackBy(left);
  const names = new Set(there);
  const goneOf = (own: readonly RecordedStep[]): readonly string[] =>
    addressesOf(own.filter((step) => isBlocked(step, names)));
  return new Map(
    recorded.map(({ run, steps }, at): [number, WayBack] => {
      const own = left[at]?.steps ?? [];
      const base = { by: by.get(run.run) ?? null, blocked: [], later: [], lost: [] };
      if (steps.length === 0 || run.state === 'failed') return [run.run, { ...base, state: 'nothing' }];
      if (own.length === 0) return [run.run, { ...base, state: 'taken-back' }];
      const [gone, passed] = [goneOf(own), laterOf(run.run, left)];
      const blocked = [...new Set([...gone, ...passed.addresses])].sort();
      if (blocked.length === 0) return [run.run, { ...base, state: 'possible' }];
      const isAll = (addresses: readonly string[]): boolean =>
        own.every(({ step }) => addresses.includes(step.address));
      const lost = goneOf(left.slice(0, at + 1).flatMap((each) => each.steps));
      const found = { ...base, blocked, later: passed.runs, lost };
      if (isAll(gone))
        return [run.run, { ...found, later: [], state: run.purgedAt === null ? 'impossible' : 'purged' }];
      return [run.run, { ...found, state: isAll(blocked) ? 'with-later' : 'partly' }];
    }),
  );
}
