/** What is to be written: text that stands as it is, a map in its order, or a list. */
export type Out = string | ReadonlyMap<string, Out> | readonly Out[];

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

function flow(out: Out): string {
  if (typeof out === 'string') return out;
  if (isList(out)) return out.length === 0 ? '[]' : `[${out.map(flow).join(', ')}]`;
  if (out.size === 0) return '{}';
  return `{ ${[...out].map(([name, value]) => `${quoteText(name)}: ${flow(value)}`).join(', ')} }`;
}

function* lines(out: Out, indent: string, blockLevels: number): Generator<string> {
  if (typeof out === 'string') {
    yield indent + out;
    return;
  }
  const members = isList(out) ? out.map((item): [string, Out] => ['-', item]) : [...out].map(entryLine);
  for (const [lead, value] of members) {
    const short = `${indent}${lead} ${flow(value)}`;
    const isShort = typeof value === 'string' || (blockLevels <= 0 && short.length <= width) || sizeOf(value) === 0;
    if (isShort) yield short;
    else if (lead === '-') yield* item(value, indent, blockLevels - 1);
    else {
      yield indent + lead;
      yield* lines(value, `${indent}  `, blockLevels - 1);
    }
  }
}

const entryLine = ([name, value]: [string, Out]): [string, Out] => [`${quoteText(name)}:`, value];
const sizeOf = (out: Exclude<Out, string>): number => (isList(out) ? out.length : out.size);

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
