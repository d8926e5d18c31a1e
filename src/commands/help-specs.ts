import type { Spec } from './spec.ts';

const help = 'Help:';

/** The commands that tell, and need neither a schema nor a database. */
export const helpSpecs: readonly Spec[] = [
  {
    name: 'schema [shape]',
    group: help,
    about: 'print the JSON Schema of the YAML language, or of what is printed as JSON',
    examples: ['schemactl schema > schema.json', 'schemactl schema plan'],
    flags: [],
    after: `
Shapes: language (default), plan, snapshot, event, error, check, status, history, diff, validate, init, grants
`,
    run: async (io, _flags, shape = 'language') => (await import('./schema.ts')).printSchema(shape, io),
  },
];
