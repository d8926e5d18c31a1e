import stringWidth from 'string-width';
import type { Diagnostic } from '../diagnostics.ts';
import { acting } from './words.ts';

/** A file must not command a terminal. */
const dangerous = new RegExp(`[${acting}]`, 'gu');

/** Text that is safe to print: dangerous characters as `\u{1b}`, tabs as one space. */
export function printable(text: string): string {
  return text
    .replaceAll('\t', ' ')
    .replace(dangerous, (found) => `\\u{${(found.codePointAt(0) as number).toString(16)}}`);
}

/** What no output may hold: the same, but for ends of lines and tabs. */
const harmful = new RegExp(String.raw`(?![\n\t])[${acting}]`, 'gu');

/**
 * Text, or JSON, that is safe to print and to keep: what would act on a terminal as `\u001b`. JSON means the same afterwards.
 * `kept` is what may stay, as the colours that we wrote ourselves.
 */
export const harmless = (text: string, kept: RegExp = /(?!)/y): string =>
  text.replace(harmful, (found, at: number) => {
    kept.lastIndex = at;
    return kept.test(text) ? found : `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });

const maxWidth = 160;
const lead = 60;

interface Window {
  readonly before: string;
  readonly marked: string;
  readonly after: string;
}

/** The part of a line around its mark: a file may be one line of a megabyte. */
function windowOf(line: string, column: number, length: number): Window {
  const characters = [...line];
  const start = characters.length > maxWidth ? Math.max(0, column - 1 - lead) : 0;
  const end = Math.min(characters.length, start + maxWidth);
  const stop = Math.min(end, column - 1 + length);
  const print = (from: number, to: number): string => printable(characters.slice(from, to).join(''));
  return {
    before: (start > 0 ? '…' : '') + print(start, column - 1),
    marked: print(column - 1, stop),
    after: print(Math.max(stop, column - 1), end) + (end < characters.length ? '…' : ''),
  };
}

const gutter = (line: number | null): string => (line === null ? '' : String(line)).padStart(5);

/** The text of one line, from 1; without walking through all the lines of a large file as an array. */
function lineOf(text: string, wanted: number): string | null {
  let start = text.startsWith('\uFEFF') ? 1 : 0;
  for (let line = 1; line < wanted; line++) {
    const newline = text.indexOf('\n', start);
    if (newline === -1) return null;
    start = newline + 1;
  }
  const end = text.indexOf('\n', start);
  return text.slice(start, end === -1 ? undefined : end).replace(/\r$/, '');
}

/** The line before, as far as the window of the marked line shows. */
function contextLine(text: string, line: number): readonly string[] {
  const before = line > 1 ? lineOf(text, line - 1) : null;
  if (before === null) return [];
  return [`${gutter(line - 1)} | ${printable([...before].slice(0, maxWidth).join(''))}`.trimEnd()];
}

/**
 * A finding with the lines of its file: code and sentence, `file:line:column`, one line before,
 * the line with the mark under it, the hint. Everything from the file is printable: no character of it acts on a terminal.
 * `text` is the file as it was parsed.
 */
export function codeFrame(text: string, diagnostic: Diagnostic): string {
  const { severity, code, message, file, line, column, length, hint } = diagnostic;
  const suffix = hint === undefined ? '' : ` ${printable(hint)}`;
  const head = [`${severity} ${code}: ${printable(message)}`, `  --> ${printable(file)}:${line}:${column}`];
  const source = lineOf(text, line);
  if (source === null) return [...head, ...(suffix === '' ? [] : [`  ${suffix.trim()}`])].join('\n');
  const { before, marked, after } = windowOf(source, column, length);
  const mark = '^'.repeat(Math.max(1, stringWidth(marked)));
  return [
    ...head,
    ...contextLine(text, line),
    `${gutter(line)} | ${before}${marked}${after}`.trimEnd(),
    `${gutter(null)} | ${' '.repeat(stringWidth(before))}${mark}${suffix}`,
  ].join('\n');
}
