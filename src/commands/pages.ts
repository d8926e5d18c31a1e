import { optionsOf, type Spec } from './spec.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

export const commandName = ({ name }: Spec): string => name.split(' ')[0] ?? name;

/** The page of a command in the documentation, from what `--help` says. */
export function commandPage(spec: Spec): string {
  const options = optionsOf(spec);
  return [
    `# schemactl ${cell(spec.name)}`,
    '',
    `${spec.about.charAt(0).toUpperCase()}${spec.about.slice(1)}.`,
    '',
    '```sh',
    ...spec.examples,
    '```',
    '',
    ...(options.length === 0 ? [] : ['| option | what it does |', '|---|---|']),
    ...options.map(({ flags, description }) => `| \`${flags}\` | ${cell(description)} |`),
    ...(options.length === 0 ? [] : ['']),
    ...(spec.after === undefined ? [] : ['```text', spec.after.trim(), '```', '']),
  ].join('\n');
}

/** The page that lists them, group by group. */
export function commandsPage(specs: readonly Spec[]): string {
  const groups = [...new Set(specs.map(({ group }) => group))];
  const parts = groups.flatMap((group) => [
    `## ${group.replace(/:$/, '')}`,
    '',
    ...specs
      .filter((spec) => spec.group === group)
      .map((spec) => `- [\`${commandName(spec)}\`](${commandName(spec)}.md): ${spec.about}`),
    '',
  ]);
  return ['# Commands', '', ...parts].join('\n');
}
