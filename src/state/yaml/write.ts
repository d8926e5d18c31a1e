import { printable } from '../frame.ts';

/** Lines that are no content: as a member of a map (its name is not written) or an item of a list. An empty one is a blank line. */
export interface Comment {
  readonly comment: readonly string[];
}

/** What is to be written: text that stands as it is, a map in its order, a list, or a comment in one of these. */
export type Out = string | Comment | ReadonlyMap<string, Out> | readonly Out[];

const width = 100;
const safe = /^[$A-Za-z_](?:[$A-Za-z0-9_./ -]*[$A-Za-z0-9_./-])?$/;
/** Read as something else than text by YAML 1.2, or by 1.1, or by people. */
const words = /^(?:null|true|false|yes|no|y|n|on|off)$/i;
/** Printed as nothing or as something else; JSON leaves them as they are. */
const invisible = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Text as a YAML scalar: bare where every reader takes it for that text, else in double quotes. */
export function quoteText(text: string): string {
  if (safe.test(text) && !words.test(text)) return text;
  return JSON.stringify(text).replace(invisible, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const isList = (out: Out): out is readonly Out[] => Array.isArray(out);
const isComment = (out: Out): out is Comment => typeof out === 'object' && 'comment' in out;

/** Members under one lead each: `name:` or `-`. */
function membersOf(out: Out): readonly (readonly [lead: string, value: Out])[] {
  if (typeof out === 'string' || isComment(out)) return [];
  if (isList(out)) return out.map((value) => ['-', value] as const);
  return [...out].map(([name, value]) => [`${quoteText(name)}:`, value] as const);
}

const contentOf = (out: Out): ReturnType<typeof membersOf> => membersOf(out).filter(([, value]) => !isComment(value));
const hasComments = (out: Out): boolean => isComment(out) || membersOf(out).some(([, value]) => hasComments(value));

/** In one line, comments left out. */
export function flow(out: Out): string {
  if (typeof out === 'string') return out;
  const members = contentOf(out);
  if (isList(out)) return members.length === 0 ? '[]' : `[${members.map(([, value]) => flow(value)).join(', ')}]`;
  return members.length === 0 ? '{}' : `{ ${members.map(([lead, value]) => `${lead} ${flow(value)}`).join(', ')} }`;
}

/** No character of a comment may end it, or act on a terminal. */
function commentLines({ comment }: Comment, indent: string): readonly string[] {
  return comment.map((line) => (line === '' ? '' : `${indent}# ${printable(line)}`));
}

function* lines(out: Out, indent: string, blockLevels: number): Generator<string> {
  if (typeof out === 'string') {
    yield indent + out;
    return;
  }
  for (const [lead, value] of membersOf(out)) {
    if (isComment(value)) {
      yield* commentLines(value, indent);
      continue;
    }
    const short = `${indent}${lead} ${flow(value)}`;
    const isEmpty = typeof value !== 'string' && contentOf(value).length === 0;
    const isShort = blockLevels <= 0 && short.length <= width && !hasComments(value);
    if (typeof value === 'string' || isEmpty || isShort) {
      yield short;
      if (isEmpty) yield* lines(value, `${indent}  `, blockLevels - 1);
    } else if (lead === '-') yield* item(value, indent, blockLevels - 1);
    else {
      yield indent + lead;
      yield* lines(value, `${indent}  `, blockLevels - 1);
    }
  }
}

/** The first line of an item stands beside its dash. */
function* item(value: Out, indent: string, blockLevels: number): Generator<string> {
  let lead = `${indent}- `;
  for (const line of lines(value, `${indent}  `, blockLevels)) {
    yield lead + line.slice(indent.length + 2);
    lead = `${indent}  `;
  }
}

/** YAML text: the outer levels a line an entry, what is deeper in one line if it fits. Ends with a newline. */
export function writeYaml(out: Out, blockLevels: number): string {
  return `${[...lines(out, '', blockLevels)].join('\n')}\n`;
}
