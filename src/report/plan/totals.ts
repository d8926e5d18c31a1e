import type { Plan } from '../../planner/contract.ts';

/** What a plan takes as a whole. */
interface Totals {
  readonly undoBytes: number;
  /** How long it is expected to take; null where nothing was measured. */
  readonly seconds: number | null;
}

/** Steps of one unit share the time of its pass. */
export function totalsOf({ steps, units }: Plan): Totals {
  const byId = new Map(steps.map((step) => [step.id, step]));
  let [undoBytes, seconds, measured] = [0, 0, false];
  for (const unit of units) {
    const own = unit.steps.flatMap((id) => byId.get(id) ?? []);
    undoBytes += own.reduce((sum, { reversal }) => sum + (reversal.kind === 'impossible' ? 0 : reversal.undoBytes), 0);
    const times = own.flatMap(({ estimate }) => estimate?.seconds ?? []);
    seconds += Math.max(0, ...times);
    measured ||= times.length > 0;
  }
  return { undoBytes, seconds: measured ? seconds : null };
}
