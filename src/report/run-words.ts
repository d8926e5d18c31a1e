import { printable } from '../state/frame.ts';
import type { Run, WayBack } from '../state/runs.ts';
import { plural } from '../state/words.ts';
import { duration, instant } from './format.ts';

export const outcomes: Readonly<Record<Run['state'], string>> = {
  opening: 'beginning, or cut off before it began',
  running: 'running, or cut off',
  interrupted: 'interrupted',
  partial: 'stopped part-way',
  applied: 'done',
  failed: 'failed before it wrote anything',
  closed: 'given up part-way',
};

export function secondsOf({ startedAt, endedAt }: Run): number | null {
  return endedAt === null ? null : (endedAt - startedAt) / 1000;
}

/** Who, when, from which commit, for how long, how much; `Last run` or `Run`. */
export function runLine(run: Run, title: string, outcome = outcomes[run.state]): string {
  const seconds = secondsOf(run);
  const commit = run.commit === null ? '' : ` (commit ${printable(run.commit.slice(0, 7))})`;
  const written = run.documents === 0 ? '' : `, ${plural(run.documents, 'document')} written`;
  const took = seconds === null ? '' : `, ${duration(seconds)}`;
  return `${title} ${run.run} (${run.kind}), ${instant(run.startedAt)}, by ${printable(run.by)}@${printable(run.host)}${commit}${took}, ${run.steps.done} of ${plural(run.steps.total, 'step')}${written}: ${outcome}.`;
}

/** What can still be taken back of a run, in a word or two. */
export const wayBackWords: Readonly<Record<WayBack['state'], string>> = {
  possible: 'possible',
  partly: 'in part',
  'with-later': 'with later runs',
  'taken-back': 'taken back',
  purged: 'purged',
  impossible: 'impossible',
  nothing: 'nothing to take back',
};

/** A run as JSON. */
export const runJson = (run: Run) => ({
  run: run.run,
  kind: run.kind,
  state: run.state,
  by: run.by,
  host: run.host,
  commit: run.commit,
  tool: run.tool,
  startedAt: new Date(run.startedAt).toISOString(),
  endedAt: run.endedAt === null ? null : new Date(run.endedAt).toISOString(),
  steps: run.steps,
  documents: run.documents,
  late: run.late,
  continues: run.continues,
  message: run.message,
  purgedAt: run.purgedAt === null ? null : new Date(run.purgedAt).toISOString(),
  purgedBy: run.purgedBy,
});
