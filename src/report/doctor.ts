import { type Checklist, type ChecklistItem, isTicked, type ItemState } from '../state/checklist.ts';
import { printable } from '../state/frame.ts';
import { pad, paragraph } from './format.ts';
import type { Theme } from './theme.ts';

const width = 80;
const titleWidth = 16;

const marks: Readonly<Record<ItemState, (theme: Theme) => string>> = {
  ok: (theme) => theme.good('✔'),
  warning: (theme) => theme.warn('!'),
  bad: (theme) => theme.bad('✘'),
  unknown: (theme) => theme.warn('?'),
};

/** What stands beside the mark, so that it is no matter of colour or shape alone. */
const words: Readonly<Record<ItemState, string>> = { ok: '', warning: 'warning: ', bad: '', unknown: 'not known: ' };

function lines({ title, state, message, next }: ChecklistItem, theme: Theme, aim: (command: string) => string) {
  const indent = ' '.repeat(titleWidth + 2);
  const [first = '', ...others] = paragraph(words[state] + printable(message), width - indent.length, '');
  return [
    `${marks[state](theme)} ${pad(title, titleWidth)}${first}`,
    ...others.map((line) => indent + line),
    ...(next === null ? [] : [theme.dim(`${indent}→ ${printable(aim(next))}`)]),
  ];
}

/** `oplog window (takes find and collStats on local.oplog.rs)` */
const named = ({ title, needs }: ChecklistItem): string => (needs === null ? title : `${title} (takes ${needs})`);

/** `12 of 13 ticked`; what could not be measured, and what was left out, by name. */
function verdict({ items, skipped }: Checklist): string {
  const open = items.filter((item) => !isTicked(item));
  const bad = open.filter(({ state }) => state === 'bad').length;
  const left = skipped.length === 0 ? '' : `; left out: ${skipped.join(', ')}`;
  if (open.length === 0) return `All ${items.length} ticked${left}.`;
  const unknown = open.filter(({ state }) => state === 'unknown').map(named);
  const parts = [
    ...(bad === 0 ? [] : [`${bad} of ${items.length} ${bad === 1 ? 'needs' : 'need'} attention`]),
    ...(unknown.length === 0 ? [] : [`not measured, so not ticked: ${unknown.join(', ')}`]),
  ];
  return `${parts.join('; ')}${left}.`;
}

/** The checklist, an item a line with what was measured. Ends with a line break. */
export function doctorText(list: Checklist, where: string, theme: Theme, aim: (command: string) => string): string {
  const about = list.plan === null ? '' : `   ${printable(list.plan)}`;
  return [
    `${theme.bold('schemactl doctor')}   ${printable(where)}${about}`,
    '',
    ...list.items.flatMap((item) => lines(item, theme, aim)),
    '',
    ...paragraph(verdict(list), width, ''),
    '',
  ].join('\n');
}

/** Format 1 of `doctor`. */
export function doctorJson({ database, plan, items, skipped }: Checklist): string {
  const count = (state: ItemState): number => items.filter((item) => item.state === state).length;
  return `${JSON.stringify({
    formatVersion: 1,
    database,
    plan,
    summary: { ok: count('ok'), warning: count('warning'), bad: count('bad'), unknown: count('unknown') },
    skipped,
    items: items.map(({ title, state, message, next, needs, measured }) => ({
      item: title,
      state,
      ticked: state === 'ok' || state === 'warning',
      message,
      next,
      needs,
      measured,
    })),
  })}\n`;
}
