import { printable } from '../../state/frame.ts';
import { grouped } from '../../state/words.ts';
import { type Issue, type Issues, type Level, levelOf } from './issue.ts';

const commands: Readonly<Record<Level, string>> = { error: 'error', warning: 'warning', note: 'notice' };

/** As the runner reads it back (actions/toolkit, `packages/core/src/command.ts`). */
const message = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string): string => message(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

function annotation({ rule, address, message: said, fix, position }: Issue, level: Level): string {
  const place =
    position === null ? [] : [`file=${property(position.file)}`, `line=${position.line}`, `col=${position.column}`];
  const properties = [...place, `title=${property(printable(`${address}: ${rule}`))}`].join(',');
  return `::${commands[level]} ${properties}::${message(`${printable(said)}\n${printable(fix)}`)}`;
}

/** GitHub shows so many annotations of a level for a step, and drops the rest without a word. */
const shown = 10;

/** Workflow commands that annotate the lines of the schema, errors first; what is too many is counted in the last one. */
export function githubText({ issues, command }: Issues): string {
  const lines = (['error', 'warning', 'note'] as const).flatMap((level) => {
    const own = issues.filter(({ severity }) => levelOf[severity] === level);
    if (own.length <= shown) return own.map((issue) => annotation(issue, level));
    const more = `and ${grouped(own.length - shown + 1)} more: schemactl ${command}`;
    return [
      ...own.slice(0, shown - 1).map((issue) => annotation(issue, level)),
      `::${commands[level]}::${message(more)}`,
    ];
  });
  return lines.map((line) => `${line}\n`).join('');
}
