import type { Database } from '../database/port.ts';
import type { StepRef } from '../planner/change.ts';
import type { MissingChunks, RecordedEdit, RecordedLedgerChange, RecordedStep } from '../planner/invert.ts';
import type { Run } from '../state/runs.ts';
import { readUnits, type Seen, type UnitEntry } from './journal.ts';
import { readHeader } from './runs.ts';
import { missingChunks } from './undo.ts';

/** What a run recorded, newest step first. */
export interface RecordedRun {
  readonly run: Run;
  readonly steps: readonly RecordedStep[];
  readonly ledger: readonly RecordedLedgerChange[];
  /** What a finished rollback took back without a step for it: there was nothing left to do. */
  readonly settled: readonly StepRef[];
}

const stateOf = (seen: readonly Seen[] | null, address: string): Seen['state'] =>
  seen?.find((one) => one.address === address)?.state ?? null;

function editsOf({ unit, counts }: UnitEntry, step: string): readonly RecordedEdit[] {
  const pass = unit.operations.find((operation) => operation.kind === 'rewrite');
  const edits = pass?.edits ?? [];
  // Without transactions a crash may come between a batch and the journal, so every edit may have changed something.
  const atLeast = pass?.mode === 'plain' && pass.undo ? 1 : 0;
  return edits.flatMap((edit, at) =>
    edit.step === step ? [{ ...edit, at, documents: Math.max(atLeast, counts[at] ?? 0), pass: edits }] : [],
  );
}

/** `on 2026-11-26 02:10 UTC by ann@ci` */
function purgedWords({ purgedAt, purgedBy }: Run): Pick<RecordedStep, 'purged'> {
  if (purgedAt === null) return {};
  const at = new Date(purgedAt).toISOString().slice(0, 16).replace('T', ' ');
  return { purged: `on ${at} UTC by ${purgedBy ?? '?'}` };
}

/** What every pass that changed documents must have kept, and has not; nothing is asked where nobody would need it. */
async function missingOf(
  db: Database,
  run: Run,
  entries: readonly UnitEntry[],
): Promise<ReadonlyMap<string, MissingChunks>> {
  const recorded = entries.filter(
    ({ chunks, unit }) =>
      chunks > 0 && unit.operations.some((operation) => operation.kind === 'rewrite' && operation.undo),
  );
  if (run.purgedAt !== null || recorded.length === 0) return new Map();
  return missingChunks(db, run.run, new Map(recorded.map(({ unit, chunks }) => [unit.id, chunks])));
}

function stepsOf(run: Run, entry: UnitEntry, missing: MissingChunks | undefined): readonly RecordedStep[] {
  return entry.steps.map((step) => ({
    ref: { run: entry.run, unit: entry.unit.id, step: step.id },
    step,
    done: entry.state === 'done',
    found: stateOf(entry.found, step.address),
    made: stateOf(entry.made, step.address),
    edits: editsOf(entry, step.id),
    ...purgedWords(run),
    ...(missing === undefined ? {} : { missing }),
  }));
}

function ledgerOf(entry: UnitEntry): readonly RecordedLedgerChange[] {
  if (entry.state !== 'done') return [];
  return (entry.ledger ?? []).map(({ address, before, after }) => {
    const step = entry.steps.find((one) => one.address === address);
    return {
      run: entry.run,
      step: step === undefined ? null : { run: entry.run, unit: entry.unit.id, step: step.id },
      address,
      milestone: (after ?? before)?.milestone ?? null,
      before,
    };
  });
}

/** Reads what became of a run from the journal. */
export async function readRecorded(db: Database, run: Run): Promise<RecordedRun> {
  const entries = (await readUnits(db, run.run)).toReversed();
  const begun = entries.filter(({ state }) => state !== 'pending');
  const missing = await missingOf(db, run, begun);
  const finished = run.state === 'applied' && run.kind === 'rollback';
  const withStep = new Set(entries.flatMap(({ steps }) => steps.flatMap(({ reverts }) => reverts.map(refKey))));
  const reverts = finished ? ((await readHeader(db, run.run))?.reverts ?? []) : [];
  return {
    run,
    steps: begun.flatMap((entry) => stepsOf(run, entry, missing.get(entry.unit.id)).toReversed()),
    ledger: begun.flatMap(ledgerOf),
    settled: reverts.filter((ref) => !withStep.has(refKey(ref))),
  };
}

export const refKey = ({ run, unit, step }: StepRef): string => `${run}#${unit}#${step}`;

/**
 * What still stands of the given runs, newest first: a step that a later standing step took back does not,
 * and a rollback that was itself rolled back takes nothing back. What became managed without a step stands until a rollback
 * of all steps came to its end.
 */
export function standing(runs: readonly RecordedRun[]): readonly RecordedRun[] {
  const gone = new Set<string>();
  const begun = new Set<string>();
  return runs.map((recorded) => {
    const steps = recorded.steps.filter(({ ref }) => !gone.has(refKey(ref)));
    const revoked = recorded.steps.length > 0 && steps.length === 0;
    const isSettled = revoked && recorded.steps.every(({ ref }) => !begun.has(refKey(ref)));
    const ledger = recorded.ledger.filter(({ step }) => (step === null ? !isSettled : !gone.has(refKey(step))));
    const takenBack = steps.filter(({ done }) => done).flatMap(({ step }) => step.reverts);
    for (const ref of revoked ? [] : [...takenBack, ...recorded.settled]) {
      gone.add(refKey(ref));
      if (recorded.run.state !== 'applied') begun.add(refKey(ref));
    }
    return { ...recorded, steps, ledger };
  });
}
