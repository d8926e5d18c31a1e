import { printable } from '../state/frame.ts';
import { describeHolder, type Run, wayToFree, type WayBack } from '../state/runs.ts';
import type { Status, UndoStatus } from '../state/status.ts';
import { plural } from '../state/words.ts';
import { duration, instant, paragraph, size, table } from './format.ts';
import { outcomes, runJson, runLine } from './run-words.ts';
import type { Theme } from './theme.ts';

function lockLine({ lock }: Status): string {
  if (lock === null) return 'Lock free.';
  if (lock.newer)
    return `A newer schemactl keeps its records here (format ${lock.format}): use that one; this one only reads.`;
  const holder = printable(describeHolder(lock));
  if (lock.expired) return `Lock free (the lease of ${holder} ran out).`;
  if (lock.unlockId === null) return 'Lock free.';
  return `Lock held by ${holder}${lock.owner === null ? ', which no lease frees' : ''}; ${printable(wayToFree(lock))}`;
}

const daysOf = (milliseconds: number): string =>
  milliseconds < 86_400_000 ? duration(milliseconds / 1000) : plural(Math.round(milliseconds / 86_400_000), 'day');

/** What can be taken back, how much is kept for it, and for how long. */
function undoLine({ bytes, collections, runs }: UndoStatus, retentionMs: number | null): string {
  if (runs.length === 0) return 'Nothing can be rolled back.';
  const how: Readonly<Partial<Record<WayBack['state'], string>>> = {
    partly: ' (in part)',
    'with-later': ' (with those after it)',
  };
  const shown = runs.slice(-8).map(({ run, state }) => `${run}${how[state] ?? ''}`);
  const names = `${runs.length > shown.length ? '…, ' : ''}${shown.join(', ')}`;
  const oldest = runs.find(({ endedAt }) => endedAt !== null)?.endedAt ?? null;
  const kept = [
    ...(bytes === 0 ? [] : [bytes === null ? 'undo data (its size may not be asked)' : `${size(bytes)} of undo data`]),
    ...(collections === 0 ? [] : [plural(collections, 'dropped collection')]),
    ...(oldest === null ? [] : [`the oldest of ${instant(oldest).slice(0, 10)}`]),
    retentionMs === null ? 'kept until it is purged' : `kept for ${daysOf(retentionMs)}`,
  ];
  return `Can be rolled back: ${runs.length === 1 ? 'run' : 'runs'} ${names}; ${kept.join(', ')}.`;
}

function leftoverLine({ leftovers }: UndoStatus): readonly string[] {
  if (leftovers.length === 0) return [];
  return [
    `An overtaken process left ${plural(leftovers.length, 'copy', 'copies')} of a whole collection: ${leftovers.map(printable).join(', ')}; remove with: schemactl purge`,
  ];
}

function driftCell(drift: readonly string[]): string {
  const [first] = drift;
  if (first === undefined) return '';
  return printable(drift.length === 1 ? first : `${first}, and ${drift.length - 1} more`);
}

const shownAddresses = 6;

function namesOf(addresses: readonly string[]): string {
  const shown = addresses.slice(0, shownAddresses).map(printable);
  return addresses.length > shown.length
    ? `${shown.join(', ')} and ${addresses.length - shown.length} more`
    : shown.join(', ');
}

/** Where the last run stopped: what is done, what nobody knows yet, what is left, and the ways on. */
function unsettledLines({ lastRun, unsettled, lock }: Status): readonly string[] {
  if (lastRun === null || unsettled === null) return [];
  const { done, unknown, left } = unsettled;
  const back = lastRun.kind === 'apply' ? `; take it back: schemactl rollback --run ${lastRun.run}` : '';
  return [
    ...(done.length === 0 ? [] : [`Done: ${namesOf(done)}.`]),
    ...(unknown.length === 0 ? [] : [`Begun, to be read from the server by whoever goes on: ${namesOf(unknown)}.`]),
    ...(left.length === 0 ? [] : [`Left: ${namesOf(left)}.`]),
    ...(lock?.newer === true ? [] : [`Go on with run ${lastRun.run}: schemactl resume${back}`]),
  ];
}

const lastRunLine = ({ unsettled }: Status, run: Run): string => {
  const isDead = unsettled !== null && (run.state === 'running' || run.state === 'opening');
  return runLine(run, 'Last run', isDead ? 'cut off' : outcomes[run.state]);
};

/** Where every milestone stands, the last run, what can be taken back, and the lock. */
export function statusText(status: Status, retentionMs: number | null, theme: Theme): string {
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
  const ran =
    lastRun === null
      ? ['No run yet.']
      : [lastRunLine(status, lastRun), ...unsettledLines(status), undoLine(status.undo, retentionMs)];
  const remarks = [...ran, ...leftoverLine(status.undo), lockLine(status)].flatMap((line) => paragraph(line, 80, '  '));
  return `${[...lines, ...remarks].join('\n')}\n`;
}

export function statusJson(
  { database, milestones, others, lastRun, unsettled, inProgress, undo, lock }: Status,
  retentionMs: number | null,
): string {
  const held = lock !== null && lock.unlockId !== null && !lock.expired;
  return `${JSON.stringify({
    formatVersion: 1,
    database,
    milestones,
    others,
    lastRun: lastRun === null ? null : runJson(lastRun),
    unsettled,
    inProgress: inProgress === null ? null : { run: inProgress.run, owner: inProgress.owner },
    undo: {
      bytes: undo.bytes,
      collections: undo.collections,
      leftovers: undo.leftovers,
      retentionSeconds: retentionMs === null ? null : retentionMs / 1000,
      runs: undo.runs.map(({ run, state }) => ({ run, wayBack: state })),
    },
    lock: {
      held,
      owner: lock?.owner ?? null,
      expired: lock?.expired ?? false,
      unlockId: lock?.unlockId ?? null,
      newer: lock?.newer ?? false,
    },
  })}\n`;
}
