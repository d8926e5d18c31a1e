/** A fenced block of a page. */
export interface Block {
  readonly language: string;
  readonly text: string;
  /** The line of the page at which its text begins. */
  readonly line: number;
}

export interface Command {
  readonly typed: string;
  /** What the page says it prints, without the last line's end. */
  readonly shown: string;
  readonly line: number;
}

/** Every fenced block, in order. */
export function blocksOf(page: string): readonly Block[] {
  return [...page.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(({ 1: language = '', 2: text = '', index }) => ({
    ...{ language, text },
    line: page.slice(0, index).split('\n').length + 1,
  }));
}

/** The commands of a console block: what stands after `$ ` is typed, what follows is shown. */
export function commandsOf({ text, line }: Block): readonly Command[] {
  const commands: { typed: string; shown: string[]; line: number }[] = [];
  for (const [at, words] of text.replace(/\n$/, '').split('\n').entries()) {
    if (words.startsWith('$ ')) commands.push({ typed: words.slice(2), shown: [], line: line + at });
    else if (commands.at(-1) === undefined) throw new Error(`line ${line + at}: nothing was typed that shows this`);
    else commands.at(-1)?.shown.push(words);
  }
  return commands.map((command) => ({ ...command, shown: command.shown.join('\n') }));
}

/** A file that a block holds: named by the comment that is its first line, `# schema/orders.yaml`. */
export function fileIn({ text, line }: Block): readonly [name: string, text: string] {
  const name = /^(?:#|\/\/) (\S+\.\w+)$/m.exec(text.split('\n')[0] ?? '')?.[1];
  if (name === undefined) throw new Error(`line ${line}: the first line must name the file`);
  return [name, text];
}

/** The commands that stand first in the rows of a table, in order. */
export const tableCommands = (page: string): readonly string[] =>
  [...page.matchAll(/^\| `(schemactl [^`]+)` \|/gm)].map(([, typed = '']) => typed);
