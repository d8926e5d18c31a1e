import type { RunEvent } from './events.ts';
import { printable } from '../state/frame.ts';
import { cut, duration, pad, paragraph, size } from './format.ts';
import { excluding, grouped, plural } from '../state/words.ts';
import type { Theme } from './theme.ts';

/** One line for an event, or null for those that only a live display shows. */
export function eventLine(event: RunEvent, theme: Theme): string | null {
  switch (event.event) {
    case 'lock':
      return `${theme.good('✔')} lock taken (lease ${duration(event.leaseSeconds)})${event.takenOverFrom === null ? '' : `, taken over from ${printable(event.takenOverFrom)}, whose lease had run out`}`;
    case 'run':
      return event.resumes ? null : `${theme.good('✔')} run ${event.run} opened (${plural(event.steps, 'step')})`;
    case 'settled':
      return `${theme.warn('!')} ${event.message}`;
    case 'unit-started':
      return `… ${printable(event.title)}${event.documents === null ? '' : `  ${plural(event.documents, 'document')} to write`}`;
    case 'progress':
      return `  ${progressText(event, ` ${batchWords(event)}`)}`;
    case 'throttled':
      return `  slower: ${event.reason}`;
    case 'waiting':
      return `  ${event.message}`;
    case 'unit-done': {
      const documents = event.documents === null ? '' : plural(event.documents, 'document');
      return `${theme.good('✔')} ${pad(printable(event.title), 46)} ${pad(documents, 18)} ${duration(event.seconds)}`;
    }
    case 'purged':
      return `${theme.good('✔')} ${purgedWords(event)}`;
    case 'warning':
      return `${theme.warn('!')} ${event.code}  ${printable(event.address)}: ${printable(event.message)}`;
    case 'done':
      return null;
    default:
      return event satisfies never;
  }
}

/** `forgot what runs 1, 2 kept (1.2 MB, 1 dropped collection): its time was up; removed 1 copy that …` */
function purgedWords({ runs, bytes, collections, leftovers }: Extract<RunEvent, { event: 'purged' }>): string {
  const parts = [size(bytes), ...(collections === 0 ? [] : [plural(collections, 'dropped collection')])];
  const forgot = `forgot what ${runs.length === 1 ? 'run' : 'runs'} ${runs.join(', ')} kept (${parts.join(', ')}): its time was up`;
  const removed = `removed ${plural(leftovers, 'copy', 'copies')} of a collection that an overtaken process had left`;
  return [...(runs.length === 0 ? [] : [forgot]), ...(leftovers === 0 ? [] : [removed])].join('; ');
}

type Progressed = Extract<RunEvent, { event: 'progress' }>;

/** How far a pass has come. */
export function progressText({ documents, total, perSecond }: Progressed, batches = ''): string {
  const share = total === null || total === 0 ? '' : `${Math.min(100, Math.floor((100 * documents) / total))} %, `;
  const left =
    total === null || perSecond === 0 ? '' : `, about ${duration(Math.max(0, total - documents) / perSecond)} left`;
  return `${share}${grouped(documents)} documents, ${grouped(perSecond)}/s${batches}${left}`;
}

function batchWords({ batch, rested }: Progressed): string {
  return `in batches of ${grouped(batch)}${rested < 0.1 ? '' : `, rested ${duration(rested)}`}`;
}

const barWidth = 20;
const leastBar = 5;
/** The line of a pass and its bar stand side by side where so much is left for its title. */
const roomForTitle = 16;

function barOf({ documents, total }: Progressed, width: number): string {
  const share = total === null || total === 0 ? 0 : Math.min(1, documents / total);
  const full = Math.round(share * width);
  return `${'█'.repeat(full)}${'░'.repeat(width - full)}`;
}

/** A bar of a pass for a terminal's live lines: one where all fits, else the title above the bar; none is as wide as the terminal. */
export function progressBar(title: string, event: Progressed, columns: number): string {
  const name = printable(title);
  const all = progressText(event, ` ${batchWords(event)}`);
  const room = Math.min(46, columns - barWidth - all.length - 4);
  if (room >= roomForTitle) return `${pad(cut(name, room), room)} ${barOf(event, barWidth)}  ${all}`;
  const within = (text: string): string => (columns < 2 ? '' : cut(text, columns - 1));
  const pace = batchWords(event);
  const above = columns - pace.length - 3;
  const first = above >= roomForTitle ? `${cut(name, above)}  ${pace}` : name;
  const words = progressText(event);
  const bar = barOf(event, Math.max(leastBar, Math.min(barWidth, columns - words.length - 3)));
  return [first, `${bar} ${words}`].map(within).join('\n');
}

type Done = Extract<RunEvent, { event: 'done' }>;

/** How a finished run is undone; nothing where it did nothing. */
function undoLine({ run, steps, irreversible }: Done): readonly string[] {
  if (steps.done === 0) return [];
  if (irreversible.length === 0) return [`Undo with: schemactl rollback --run ${run}`];
  if (irreversible.length === steps.done) return ['Nothing was kept to undo it with.'];
  return [
    `Nothing was kept to undo ${irreversible.map(printable).join(', ')} with.`,
    `Undo the rest with: schemactl rollback --run ${run} ${excluding(irreversible)}`,
  ];
}

/** What a finished run says last. */
export function doneText(result: Done, kind: 'apply' | 'rollback', theme: Theme): string {
  if (result.run === null) {
    return result.outcome === 'recorded' ? 'Recorded what is managed; nothing else was to do.\n' : 'Nothing to do.\n';
  }
  const verb = kind === 'rollback' ? 'Rolled back as' : 'Applied';
  const late =
    result.late === 0
      ? ''
      : result.late === null
        ? ' How many documents came late is not known (see above).'
        : ` ${plural(result.late, 'document')} came late (see above).`;
  const written = result.documents === 0 ? '' : `, ${plural(result.documents, 'document')} written`;
  const what = `${verb} run ${result.run}`;
  const rest = `: ${plural(result.steps.done, 'step')} in ${duration(result.seconds)}${written}. Verified: the database is as planned.${late}`;
  const [first = '', ...others] = paragraph(what + rest, 80, '  ');
  const lines = [first.replace(what, theme.bold(what)), ...others];
  return `${[...lines, ...undoLine(result)].join('\n')}\n`;
}
