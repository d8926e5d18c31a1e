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

/** The same as one JSON object. */
export function errorJson(error: SchemactlError): string {
  const { code, message, next, details } = error;
  return `${JSON.stringify({ error: { code, message, next, details } })}\n`;
}
