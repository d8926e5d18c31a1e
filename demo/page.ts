import { inspect } from 'node:util';
import type { Document } from 'mongodb';
import type { Measured, Question } from './queries.ts';

/** What the demo says, line by line. */
export interface Page {
  readonly colour: boolean;
  readonly heading: (text: string) => void;
  readonly say: (...lines: readonly string[]) => void;
  readonly command: (line: string) => void;
}

export function openPage(write: (text: string) => void, colour: boolean): Page {
  const bold = (text: string): string => (colour ? `\u001b[1m${text}\u001b[22m` : text);
  let chapter = 0;
  return {
    colour,
    heading(text) {
      chapter += 1;
      const title = `── ${chapter}. ${text} `;
      write(`\n${bold(title + '─'.repeat(Math.max(0, 80 - title.length)))}\n\n`);
    },
    say(...lines) {
      write(`${lines.join('\n')}\n`);
    },
    command(line) {
      write(`${bold(line)}\n`);
    },
  };
}

/** `40,000` */
export function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

/** One line a field where it fits, with a plus where `before` lacks the field. */
export function documentLines(document: Document, before: Document): readonly string[] {
  return Object.entries(document).map(([name, value]) => {
    const text = inspect(value, { compact: 4, breakLength: 74 - name.length, depth: null }).replace(/^new /, '');
    return `${name in before ? ' ' : '+'} ${name}: ${text.replaceAll('\n', '\n  ')}`;
  });
}

function time(milliseconds: number): string {
  return `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;
}

/** How the server finds an answer and what that costs, under the query in plain words. */
export function measuredLines({ about }: Question, now: Measured, before?: Measured): readonly string[] {
  const how = now.index === null ? 'reads the whole collection (COLLSCAN)' : `uses the index ${now.index} (IXSCAN)`;
  const cost = `${grouped(now.examined)} documents to find ${grouped(now.returned)}`;
  if (before === undefined) return [`  ${about}`, `    ${how}: ${cost}, ${time(now.milliseconds)}`];
  const ratio = before.milliseconds / now.milliseconds;
  const times = `${time(now.milliseconds)} instead of ${time(before.milliseconds)}, ${ratio.toFixed(ratio < 10 ? 1 : 0)} times as fast`;
  return [`  ${about}`, `    ${how}: ${cost}`, `    ${times}`];
}
