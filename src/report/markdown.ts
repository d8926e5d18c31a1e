import { printable } from '../state/frame.ts';

/** GitHub takes 65,536 characters of a comment; counted in bytes here, so that other forges take it too. */
export const budget = 60_000;

const bytesOf = (text: string): number => new TextEncoder().encode(text).length;

/** Text that Markdown and HTML leave as it is, in one line; nobody is mentioned by it. */
export const plain = (text: string): string =>
  printable(text)
    .replace(/[\\`*_{}[\]<>|#~!&]/g, '\\$&')
    .replaceAll('@', '@&#8203;');

const longestRun = (text: string): number => Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));

/**
 * Code in a cell of a table; a span begins and ends with more backticks than it holds.
 * No span can hold a backslash before a bar in a cell (GFM, "Tables"): that is shown as text.
 */
export function code(text: string): string {
  if (text === '') return '';
  if (text.includes('\\|')) return plain(text);
  const shown = printable(text).replaceAll('|', '\\|');
  const longest = longestRun(shown);
  const fence = '`'.repeat(longest + 1);
  return longest === 0 ? fence + shown + fence : `${fence} ${shown} ${fence}`;
}

/** Lines as they are, in a block of code. */
export function block(text: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}text\n${text.trimEnd()}\n${fence}\n`;
}

/** What opens on a click. */
export const folded = (summary: string, body: string): string =>
  `<details><summary>${plain(summary)}</summary>\n\n${body}\n</details>\n`;

/** As many lines as fit into so many bytes, and how many did not. */
export function fitting(lines: readonly string[], most: number): readonly [text: string, left: number] {
  let [text, used] = ['', 0];
  for (const [at, line] of lines.entries()) {
    used += bytesOf(line);
    if (used > most) return [text, lines.length - at];
    text += line;
  }
  return [text, 0];
}
