import { readUnits, type UnitEntry } from '../applier/journal.ts';
import { type PlanHeader, readHeader, recordedPlan } from '../applier/runs.ts';
import type { Database } from '../database/port.ts';
import { exitCodes, SchemactlError } from '../errors.ts';
import { isIntact } from '../planner/plan.ts';

/** Whether the journal of a run still holds the plan that the run began with. */
export const isAsRecorded = (header: PlanHeader | null, entries: readonly UnitEntry[]): header is PlanHeader =>
  header !== null && isIntact(recordedPlan(header, entries));

export const isRecorded = async (db: Database, run: number): Promise<boolean> =>
  isAsRecorded(await readHeader(db, run), await readUnits(db, run));

/** The plan's header. Throws SchemactlError 65 where somebody changed what the journal holds of this run. Reads only. */
export async function assertAsRecorded(db: Database, run: number, next: string): Promise<PlanHeader> {
  const header = await readHeader(db, run);
  if (isAsRecorded(header, await readUnits(db, run))) return header;
  throw new SchemactlError(`The journal of run ${run} was changed since the run began: its checksum does not match.`, {
    code: 'SCH2506',
    exitCode: exitCodes.invalid,
    details: [
      'Neither what is left of the run nor the way back is what was planned and agreed to. Nothing was written.',
    ],
    next: [next],
  });
}
