import { printable } from '../state/frame.ts';
import type { PurgePlan, PurgedRun } from '../state/purge.ts';
import { grouped, plural } from '../state/words.ts';
import { instant, size, table, wrapped } from './format.ts';
import type { Theme } from './theme.ts';

const collectionsOf = ({ collections }: PurgedRun): string =>
  collections
    .map(({ collection, documents }) => `${printable(collection)} (${plural(documents, 'document')})`)
    .join(', ');

const leftoverWords = ({ leftovers }: PurgePlan): readonly string[] =>
  leftovers.length === 0 ? [] : [`${plural(leftovers.length, 'copy', 'copies')} that an overtaken process left`];

const bytesOf = ({ runs }: PurgePlan): number => runs.reduce((sum, { bytes }) => sum + bytes, 0);

/** `1.2 MB of undo data, 2 dropped collections` */
function amount(plan: PurgePlan): string {
  const trashed = plan.runs.reduce((sum, { collections }) => sum + collections.length, 0);
  return [
    `${size(bytesOf(plan))} of undo data`,
    ...(trashed === 0 ? [] : [plural(trashed, 'dropped collection')]),
    ...leftoverWords(plan),
  ].join(', ');
}

function leftoverLines({ leftovers }: PurgePlan): readonly string[] {
  if (leftovers.length === 0) return [];
  return [
    'Copies of whole collections that a process left which had lost the lock; nothing needs them:',
    ...leftovers.map(({ name, documents }) => `  ${printable(name)} (${plural(documents, 'document')})`),
    '',
  ];
}

/** What would be forgotten, and what it costs. Ends with a line break. */
export function purgeText(plan: PurgePlan, where: string, which: string, theme: Theme): string {
  if (plan.runs.length + plan.leftovers.length === 0)
    return `schemactl purge: ${printable(where)}: nothing to forget (${which}).\n`;
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
    rows.length === 0
      ? []
      : lost.length === 0
        ? ['Nothing that still stands is lost: all of it was taken back already.']
        : [
            theme.warn(`Can then no longer be taken back: ${plural(lost.length, 'object')}`),
            ...wrapped(lost, 76).map((line) => `  ${line}`),
          ];
  return [
    `${theme.bold('schemactl purge')}   ${printable(where)}   ${which}`,
    '',
    ...(rows.length === 0
      ? []
      : [...table([['  run', 'kind', 'ended', 'undo data', 'dropped collections'], ...rows]), '']),
    ...leftoverLines(plan),
    ...cost,
    `History stays. Forgets ${amount(plan)}.`,
    '',
  ].join('\n');
}

export function purgedText(plan: PurgePlan): string {
  if (plan.runs.length === 0) return `Removed ${leftoverWords(plan).join('')}.\n`;
  return `Forgot what ${plan.runs.length === 1 ? 'a run' : `${grouped(plan.runs.length)} runs`} kept: ${amount(plan)}.\n`;
}

/** Format 1 of `purge`. */
export function purgeJson({ database, runs, leftovers }: PurgePlan, purged: boolean): string {
  return `${JSON.stringify({
    formatVersion: 1,
    database,
    purged,
    runs: runs.map(({ endedAt, ...run }) => ({
      ...run,
      endedAt: endedAt === null ? null : new Date(endedAt).toISOString(),
    })),
    leftovers,
  })}\n`;
}
