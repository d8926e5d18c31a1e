import { printable } from '../../state/frame.ts';
import { grouped } from '../../state/words.ts';
import { type Issue, type Issues, type Level, levelOf, type Unjudged } from './issue.ts';

const commands: Readonly<Record<Level, string>> = { error: 'error', warning: 'warning', note: 'notice' };

/** As the runner reads it back (actions/toolkit, `packages/core/src/command.ts`). */
const message = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string): string => message(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

function placed({ rule, address, position }: Pick<Issue, 'rule' | 'address' | 'position'>): string {
  const place =
    position === null
      ? []
      : [`file=${property(printable(position.file))}`, `line=${position.line}`, `col=${position.column}`];
  return [...place, `title=${property(printable(`${address}: ${rule}`))}`].join(',');
}

const annotation = (issue: Issue, level: Level): string =>
  `::${commands[level]} ${placed(issue)}::${message(`${printable(issue.message)}\n${printable(issue.fix)}`)}`;

const remark = (unjudged: Unjudged): string =>
  `::${commands[unjudged.level]} ${placed(unjudged)}::${message(printable(unjudged.message))}`;

/** GitHub shows so many annotations of a level for a step, and drops the rest without a word. */
const shown = 10;

/** Workflow commands that annotate the lines of the schema, errors first; what is too many is counted in the last one. */
export function githubText({ issues, unjudged = [], command }: Issues): string {
  const lines = (['error', 'warning', 'note'] as const).flatMap((level) => {
    const own = issues.filter(({ severity }) => levelOf[severity] === level);
    if (own.length <= shown) return own.map((issue) => annotation(issue, level));
    const more = `and ${grouped(own.length - shown + 1)} more: schemactl ${command}`;
    return [
      ...own.slice(0, shown - 1).map((issue) => annotation(issue, level)),
      `::${commands[level]}::${message(more)}`,
    ];
  });
  return [...unjudged.map(remark), ...lines].map((line) => `${line}\n`).join('');
}
