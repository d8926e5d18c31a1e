import type { SchemactlError } from '../errors.ts';
import { printable } from '../state/frame.ts';
import type { Theme } from './theme.ts';

const escapeLines = (text: string): string => text.split('\n').map(printable).join('\n');

/** An error as a person reads it: what happened, the facts, what to do now. Findings in files bring their own frames. */
export function errorText(error: SchemactlError, theme: Theme): string {
  const isFramed = error.message.startsWith('error ');
  const head = isFramed ? error.message : `${theme.bad(`error ${error.code}`)}: ${escapeLines(error.message)}`;
  const details = isFramed ? [] : error.details.map((detail) => `  ${escapeLines(detail)}`);
  const next = error.next.map((line, at) => `${at === 0 ? 'Next: ' : '      '}${escapeLines(line)}`);
  return `${[head, ...details, ...next].join('\n')}\n`;
}

const codesOf = ({ code, diagnostics }: SchemactlError): readonly string[] =>
  diagnostics.length === 0 ? [code] : [...new Set(diagnostics.map((each) => each.code))];

/** The same on a screen: at the end, where there is more about each of its codes. */
export function errorScreen(error: SchemactlError, theme: Theme): string {
  const more = codesOf(error)
    .map((code) => `schemactl explain ${code}`)
    .filter((command) => !error.next.some((line) => line.includes(command)))
    .map((command, at) => `${at === 0 ? '  more: ' : '        '}${theme.dim(command)}\n`);
  return `${errorText(error, theme)}${more.join('')}`;
}

/** The same as one JSON object. */
export function errorJson(error: SchemactlError): string {
  const { code, message, next, details } = error;
  return `${JSON.stringify({ error: { code, message, next, details } })}\n`;
}
