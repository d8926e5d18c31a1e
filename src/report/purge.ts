import { printable } from '../state/frame.ts';
import type { PurgePlan, PurgedRun } from '../state/purge.ts';
import { grouped, plural } from '../state/words.ts';
import { instant, size, table, wrapped } from './format.ts';
import type { Theme } from './theme.ts';

const collectionsOf = ({ collections }: PurgedRun): string =>
  collections
    .map(({ collection, documents }) => `${printable(collection)} (${plural(documents, 'document')})`)
    .join(', ');

const bytesOf = ({ runs }: PurgePlan): number => runs.reduce((sum, { bytes }) => sum + bytes, 0);

/** `1.2 MB of undo data, 2 dropped collections` */
function amount(plan: PurgePlan): string {
  const trashed = plan.runs.reduce((sum, { collections }) => sum + collections.length, 0);
  return [
    `${size(bytesOf(plan))} of undo data`,
    ...(trashed === 0 ? [] : [plural(trashed, 'dropped collection')]),
  ].join(', ');
}

/** What would be forgotten, and what it costs. Ends with a line break. */
export function purgeText(plan: PurgePlan, where: string, which: string, theme: Theme): string {
  if (plan.runs.length === 0) return `schemactl purge: ${printable(where)}: nothing to forget (${which}).\n`;
  const rows = plan.runs.map((run) => [
    `  ${run.run}`,
    run.kind,
    run.endedAt === null ? '' : instant(run.endedAt),
    size(run.bytes),
    collectionsOf(run),
  ]);
  const lost = plan.runs.flatMap(({ run, lost: addresses }) =>
    addresses.map((address) => `${printable(address)} (run ${run})`),
  );
  const cost =
    lost.length === 0
      ? ['Nothing that still stands is lost: all of it was taken back already.']
      : [
          theme.warn(`Can then no longer be taken back: ${plural(lost.length, 'object')}`),
          ...wrapped(lost, 76).map((line) => `  ${line}`),
        ];
  return [
    `${theme.bold('schemactl purge')}   ${printable(where)}   ${which}`,
    '',
    ...table([['  run', 'kind', 'ended', 'undo data', 'dropped collections'], ...rows]),
    '',
    ...cost,
    `History stays. Forgets ${amount(plan)}.`,
    '',
  ].join('\n');
}

export const purgedText = (plan: PurgePlan): string =>
  `Forgot what ${plan.runs.length === 1 ? 'a run' : `${grouped(plan.runs.length)} runs`} kept: ${amount(plan)}.\n`;

/** Format 1 of `purge`. */
export function purgeJson({ database, runs }: PurgePlan, purged: boolean): string {
  return `${JSON.stringify({
    formatVersion: 1,
    database,
    purged,
    runs: runs.map(({ endedAt, ...run }) => ({
      ...run,
      endedAt: endedAt === null ? null : new Date(endedAt).toISOString(),
    })),
  })}\n`;
}
