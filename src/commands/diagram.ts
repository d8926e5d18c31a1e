import { exitCodes, type ExitCode } from '../errors.ts';
import { dbmlText } from '../report/diagram/dbml.ts';
import { mermaidLimit, mermaidText } from '../report/diagram/mermaid.ts';
import { tablesOf } from '../report/diagram/tables.ts';
import { diagramFormats } from '../report/formats.ts';
import type { Io } from './io.ts';
import { type Flags, oneOf } from './options.ts';
import { writeOpenFile } from './private-files.ts';
import { loadSchema } from './schema-files.ts';

/** Draws the collections of the schema and the links between them. Connects to nothing. */
export async function diagram(flags: Flags, io: Io): Promise<ExitCode> {
  const format = oneOf('--format', flags.format ?? 'mermaid', diagramFormats);
  const { schema } = await loadSchema(flags, io);
  const tables = tablesOf(schema);
  const text = format === 'dbml' ? dbmlText(tables) : mermaidText(tables);
  if (format === 'mermaid' && text.length >= mermaidLimit)
    io.warn('warning: this is more than Mermaid draws (50,000 characters); draw a part of it: --schema FILE\n');
  if (flags.out === undefined) io.out(text);
  else await writeOpenFile({ noun: 'diagram', make: '' }, flags.out, text, io);
  return exitCodes.done;
}
