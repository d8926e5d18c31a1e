import { plain } from '../markdown.ts';
import { type Explained, explained } from './codes.ts';
import { word } from './text.ts';

/** Words with what stands behind the last colon as code, where it looks like something to type. */
const typed = (line: string): string => {
  const [, said = '', command] =
    /^(.*?): ((?:schemactl|--|db\.|npm|checks:|type:|name:|index:|ambiguous:|hidden:|convert:|optional:|validation:|\{).*)$/.exec(
      line,
    ) ?? [];
  const isSentence = command?.endsWith('.') === true;
  return command === undefined || isSentence ? plain(line) : `${plain(said)}: \`${command}\``;
};

/** The page of one code in the documentation. */
export function codePage({ code, title, kind, what, next }: Explained): string {
  return [
    `# ${code}: ${plain(title)}`,
    '',
    `*${plain(kind)}*`,
    '',
    plain(what),
    '',
    ...next.map((line) => `- ${typed(line)}`),
    '',
  ].join('\n');
}

/** The page that lists them. */
export function codesPage(): string {
  const kinds = [...new Set(explained.map(({ kind }) => word(kind)))];
  const parts = kinds.flatMap((kind) => [
    `## ${kind}`,
    '',
    '| code | what |',
    '|---|---|',
    ...explained
      .filter((each) => word(each.kind) === kind)
      .map(({ code, title }) => `| [\`${code}\`](${code}.md) | ${plain(title)} |`),
    '',
  ]);
  return [
    '# Codes',
    '',
    'Every error, hazard, violation, note and finding has a stable code: `schemactl explain CODE`.',
    '',
    ...parts,
  ].join('\n');
}
