import { type RecordedRun, refKey } from '../applier/recorded.ts';
import { exitCodes, SchemactlError } from '../errors.ts';
import { isOpen, type Run } from '../state/runs.ts';
import type { RecordedLedgerChange, RecordedStep } from '../planner/invert.ts';

/** Which runs to take back. */
export type Which =
  | { readonly kind: 'last' }
  | { readonly kind: 'run'; readonly run: number }
  | { readonly kind: 'after'; readonly run: number }
  | { readonly kind: 'milestone'; readonly milestone: string };

export interface SelectedRuns {
  /** The runs concerned, newest first; empty: nothing to take back. */
  readonly runs: readonly number[];
  /** Newest first. */
  readonly steps: readonly RecordedStep[];
  readonly ledger: readonly RecordedLedgerChange[];
  readonly later: readonly RecordedStep[];
}

/** A run that never was, where `newest` is the newest there is. */
export function unknownRun(run: number, newest: number | undefined): SchemactlError {
  return new SchemactlError(`There is no run ${run}.`, {
    code: 'SCH6405',
    exitCode: exitCodes.usage,
    details: [newest === undefined ? 'Nothing was ever applied here.' : `Runs are numbered 1 to ${newest}.`],
    next: ['List them: schemactl history'],
  });
}

/**
 * A run with what it continued: a run that was cut off and the one that went on from there are one piece of work,
 * unless one is a rollback and the other is not: then they undo each other.
 */
function chain(run: number, all: readonly RecordedRun[]): readonly number[] {
  const found = all.find((recorded) => recorded.run.run === run);
  const earlier = all.find((recorded) => recorded.run.run === found?.run.continues)?.run;
  return earlier === undefined || earlier.kind !== found?.run.kind ? [run] : [run, ...chain(earlier.run, all)];
}

const stands = ({ steps, ledger }: RecordedRun): boolean => steps.length + ledger.length > 0;

/**
 * The newest run that is not itself a rollback and not yet rolled back; one that failed before it wrote anything is none. One
 * that was cut off is it even if it did nothing yet: whoever takes it back does not mean the run before.
 */
function lastApplied(runs: readonly RecordedRun[]): Run | undefined {
  const newest = runs[0]?.run;
  if (isOpen(newest) && newest.kind === 'apply') return newest;
  return runs.find((recorded) => recorded.run.kind === 'apply' && recorded.run.state !== 'failed' && stands(recorded))
    ?.run;
}

function numbers(which: Which, runs: readonly RecordedRun[]): readonly number[] {
  const all = runs.map(({ run }) => run.run);
  switch (which.kind) {
    case 'last': {
      const last = lastApplied(runs);
      return last === undefined ? [] : chain(last.run, runs);
    }
    case 'run':
      if (!all.includes(which.run)) throw unknownRun(which.run, all[0]);
      return chain(which.run, runs);
    case 'after':
      if (which.run !== 0 && !all.includes(which.run)) throw unknownRun(which.run, all[0]);
      return all.filter((run) => run > which.run);
    case 'milestone':
      return all;
    default:
      return which satisfies never;
  }
}

/** Over several runs, a rollback and what it took back cancel out: only what it took back of earlier runs is undone. */
function isCancelled(step: RecordedStep, selected: ReadonlySet<number>, several: boolean): boolean {
  const { reverts } = step.step;
  return several && reverts.length > 0 && reverts.every(({ run }) => selected.has(run));
}

/** A step of a rollback that was cut off, whose work is now done again: taking the same edits back twice changes nothing. */
const isHalfway = ({ reverts }: RecordedStep['step'], selected: ReadonlySet<string>): boolean =>
  reverts.length > 0 && reverts.every((ref) => selected.has(refKey(ref)));

/**
 * What a rollback that was cut off has begun to take back is no longer as its run left it, nor as it was found: it is then
 * read from the server, as what a run that was cut off did.
 */
function asBegun(steps: readonly RecordedStep[], runs: readonly RecordedRun[], keys: ReadonlySet<string>) {
  const begun = new Set(
    runs
      .flatMap((recorded) => recorded.steps)
      .filter(({ done, step }) => !done && isHalfway(step, keys))
      .flatMap(({ step }) => step.reverts.map(refKey)),
  );
  return steps.map((step) => (begun.has(refKey(step.ref)) ? { ...step, done: false } : step));
}

/** What is to be taken back of what still stands. Throws 64 for a run that never was. */
export function selectRuns(
  which: Which,
  runs: readonly RecordedRun[],
  selects: (address: string, milestone: string | null) => boolean,
): SelectedRuns {
  const chosen = new Set(numbers(which, runs));
  const several = which.kind === 'after' || which.kind === 'milestone';
  const ofMilestone = (milestone: string | null): boolean =>
    which.kind !== 'milestone' || milestone === which.milestone;
  const isSelected = (address: string, milestone: string | null): boolean =>
    ofMilestone(milestone) && selects(address, milestone);
  const inRuns = runs.filter(({ run }) => chosen.has(run.run));
  const steps = inRuns
    .flatMap((recorded) => recorded.steps)
    .filter((step) => !isCancelled(step, chosen, several) && isSelected(step.step.address, step.step.milestone));
  const keys = new Set(steps.map(({ ref }) => refKey(ref)));
  const ledger = inRuns
    .filter(({ run }) => run.kind === 'apply' || !several)
    .flatMap((recorded) => recorded.ledger)
    .filter(({ address, milestone, step }) =>
      step === null ? isSelected(address, milestone) : keys.has(refKey(step)),
    );
  const later = runs
    .flatMap((recorded) => recorded.steps)
    .filter(({ ref, step }) => !keys.has(refKey(ref)) && !chosen.has(ref.run) && !isHalfway(step, keys));
  const concerned = steps.length + ledger.length > 0 ? [...chosen].sort((a, b) => b - a) : [];
  const others = runs.filter(({ run }) => !chosen.has(run.run));
  return { runs: concerned, steps: asBegun(steps, others, keys), ledger, later };
}
