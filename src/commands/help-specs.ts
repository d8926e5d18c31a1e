import { Option } from 'commander';
import { diagramFormats } from '../report/formats.ts';
import type { Spec } from './spec.ts';
import { formatOption, subjects } from './subjects.ts';
import { offering, shells } from './values.ts';

const help = 'Help:';

/** The commands that tell, and need neither a schema nor a database; `all` are the commands that completion knows. */
/** Draws; like those below it connects to nothing. */
const drawing: Spec = {
  name: 'diagram',
  group: 'Review, never writing:',
  about: 'draw the collections and their links, as Mermaid or DBML; connects to nothing',
  examples: ["schemactl diagram --only 'orders*' > orders.mmd", 'schemactl diagram --format dbml --out schema.dbml'],
  flags: [subjects.schema, subjects.globs],
  more: [
    formatOption(diagramFormats, '', 'mermaid'),
    offering(new Option('--out <file>', 'where to (default: standard output)'), 'files'),
  ],
  after: `
Mermaid takes 50,000 characters by default. What is larger is drawn with the fields of links and unique indexes only, then
without fields, and a warning says so.
`,
  run: async (io, flags) => (await import('./diagram.ts')).diagram(flags, io),
};

export const helpSpecs = (all: () => readonly Spec[]): readonly Spec[] => [
  drawing,
  {
    name: 'explain [code]',
    group: help,
    about: 'say what an error, hazard, violation, note or finding means, and what to do',
    examples: ['schemactl explain index-gap', 'schemactl explain SCH2511'],
    flags: [subjects.output],
    run: async (io, flags, code) => (await import('./explain.ts')).explainCode(code, flags, io),
  },
  {
    name: 'schema [shape]',
    group: help,
    about: 'print the JSON Schema of the YAML language, or of what is printed as JSON',
    examples: ['schemactl schema > schema.json', 'schemactl schema plan'],
    flags: [],
    after: `
Shapes: language (default), plan, snapshot, event, error, check, drift, status, history, run, doctor, purge, diff, validate,
init, grants, explain
`,
    run: async (io, _flags, shape = 'language') => (await import('./schema.ts')).printSchema(shape, io),
  },
  {
    name: 'completion <shell>',
    group: help,
    about: 'print what lets a shell complete commands, flags and values: bash, zsh or fish',
    examples: [
      'source <(schemactl completion bash)',
      'schemactl completion fish > ~/.config/fish/completions/schemactl.fish',
    ],
    flags: [],
    takes: shells,
    run: async (io, _flags, shell = '') => (await import('./completion.ts')).completion(shell, all(), io),
  },
];
