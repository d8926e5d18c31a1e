import { printable } from '../state/frame.ts';
import { describeHolder, type Run } from '../state/runs.ts';
import type { Status } from '../state/status.ts';
import { duration, instant, paragraph, table } from './format.ts';
import { grouped, plural } from '../state/words.ts';
import type { Theme } from './theme.ts';

const outcomes: Readonly<Record<Run['state'], string>> = {
  running: 'running, or cut off',
  interrupted: 'interrupted',
  partial: 'stopped part-way',
  applied: 'done',
  failed: 'failed before it wrote anything',
  closed: 'partial, continued by a later run',
};

export function secondsOf({ startedAt, endedAt }: Run): number | null {
  return endedAt === null ? null : (endedAt - startedAt) / 1000;
}

function lastRunLine(run: Run | null): string {
  if (run === null) return 'No run yet.';
  const seconds = secondsOf(run);
  const commit = run.commit === null ? '' : ` (commit ${printable(run.commit.slice(0, 7))})`;
  const took = seconds === null ? '' : `, ${duration(seconds)}`;
  return `Last run ${run.run} (${run.kind}), ${instant(run.startedAt)}, by ${printable(run.by)}@${printable(run.host)}${commit}${took}, ${run.steps.done} of ${plural(run.steps.total, 'step')}: ${outcomes[run.state]}.`;
}

function lockLine({ lock }: Status): string {
  if (lock === null) return 'Lock free.';
  const holder = printable(describeHolder(lock));
  if (lock.expired) return `Lock free (the lease of ${holder} ran out).`;
  if (lock.unlockId === null) return 'Lock free.';
  return `Lock held by ${holder}; if it is dead: schemactl unlock ${printable(lock.unlockId)}`;
}

function driftCell(drift: readonly string[]): string {
  const [first] = drift;
  if (first === undefined) return '';
  return printable(drift.length === 1 ? first : `${first}, and ${drift.length - 1} more`);
}

/** Where every milestone stands, the last run and the lock. */
export function statusText(status: Status, theme: Theme): string {
  const marks = { completed: theme.good, drifted: theme.bad, partial: theme.warn, pending: theme.dim };
  const row = (id: string, title: string, part: Status['others']): readonly string[] => [
    printable(id),
    printable(title),
    marks[part.state](part.state),
    `${part.done}/${part.total}`,
    driftCell(part.drift),
  ];
  const { milestones, others, lastRun } = status;
  const lines = table([
    ['milestone', 'title', 'state', 'done', ''],
    ...milestones.map((milestone) => row(milestone.id, milestone.title, milestone)),
    ...(others.total === 0 ? [] : [row('–', 'without a milestone', others)]),
  ]);
  const remarks = [lastRunLine(lastRun), lockLine(status)].flatMap((line) => paragraph(line, 80, '  '));
  return `${[...lines, ...remarks].join('\n')}\n`;
}

const runJson = (run: Run) => ({
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
});

export function statusJson({ database, milestones, others, lastRun, lock }: Status): string {
  const held = lock !== null && lock.unlockId !== null && !lock.expired;
  return `${JSON.stringify({
    formatVersion: 1,
    database,
    milestones,
    others,
    lastRun: lastRun === null ? null : runJson(lastRun),
    lock: { held, owner: lock?.owner ?? null, expired: lock?.expired ?? false, unlockId: lock?.unlockId ?? null },
  })}\n`;
}

/** All runs, newest first. */
export function historyText(runs: readonly Run[]): string {
  if (runs.length === 0) return 'No run yet.\n';
  const rows = runs.toReversed().map((run) => {
    const seconds = secondsOf(run);
    return [
      String(run.run),
      run.kind,
      instant(run.startedAt),
      seconds === null ? '' : duration(seconds),
      `${run.steps.done}/${run.steps.total}`,
      grouped(run.documents),
      `${printable(run.by)}@${printable(run.host)}`,
      printable(run.commit?.slice(0, 7) ?? ''),
      outcomes[run.state],
    ];
  });
  return `${table([['run', 'kind', 'started', 'took', 'steps', 'documents', 'by', 'commit', 'outcome'], ...rows]).join('\n')}\n`;
}

export function historyJson(runs: readonly Run[]): string {
  return `${JSON.stringify({ formatVersion: 1, runs: runs.map(runJson) })}\n`;
}

/** One run with its steps. */
export function runText(
  run: Run,
  steps: readonly {
    readonly address: string;
    readonly action: string;
    readonly state: string;
    readonly documents: number;
  }[],
): string {
  const rows = steps.map(({ address, action, state, documents }) => [
    state,
    action,
    printable(address),
    documents === 0 ? '' : plural(documents, 'document'),
  ]);
  const message = run.message === null ? [] : [printable(run.message)];
  return `${[lastRunLine(run).replace(/^Last run/, 'Run'), ...message, ...table([['state', 'action', 'address', ''], ...rows])].join('\n')}\n`;
}

export function runJsonText(run: Run, steps: readonly object[]): string {
  return `${JSON.stringify({ formatVersion: 1, ...runJson(run), objects: steps })}\n`;
}
