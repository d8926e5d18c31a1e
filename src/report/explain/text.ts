import { paragraph, table } from '../format.ts';
import type { Theme } from '../theme.ts';
import { type Explained, explained } from './codes.ts';

const width = 80;

/** What a code means, for a terminal. */
export function explainText({ code, title, kind, what, next }: Explained, theme: Theme): string {
  return [
    `${theme.bold(code)}  ${title}`,
    theme.dim(kind),
    '',
    ...paragraph(what, width, ''),
    '',
    ...next.flatMap((line) => paragraph(`→ ${line}`, width, '  ')),
    '',
  ].join('\n');
}

export const explainJson = ({ code, title, kind, what, next }: Explained): string =>
  `${JSON.stringify({ formatVersion: 1, code, title, kind, what, next })}\n`;

/** `hazard`, `error` */
export const word = (kind: string): string => kind.split(/[:,]/)[0] ?? '';

/** All codes, one line each. */
export const codesText = (): string =>
  `${table(explained.map(({ code, title, kind }) => [code, word(kind), title])).join('\n')}\n`;

export const codesJson = (): string =>
  `${JSON.stringify({ formatVersion: 1, codes: explained.map(({ code, title, kind }) => ({ code, title, kind })) })}\n`;
