import { printable } from '../state/frame.ts';

/** A piece of a page. Only `html` makes one, so that whatever else gets into a page is text. */
export interface Html {
  readonly markup: string;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string => printable(text).replace(/[&<>"']/g, (found) => entities[found] as string);

type Part = string | number | Html | readonly Html[];

function markupOf(part: Part): string {
  if (typeof part === 'string') return escaped(part);
  if (typeof part === 'number') return String(part);
  return 'markup' in part ? part.markup : part.map(({ markup }) => markup).join('');
}

/** A template of markup: what is put into it is shown as text, also within quoted attributes, unless it is markup itself. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const markup = strings.map((text, at) => text + (at < parts.length ? markupOf(parts[at] as Part) : '')).join('');
  return { markup };
}

export const nothing: Html = { markup: '' };

/** Text of several lines, as it stands; line breaks stay what they are. */
export function htmlLines(text: string): Html {
  return { markup: text.trimEnd().split('\n').map(escaped).join('\n') };
}
