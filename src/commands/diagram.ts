import { exitCodes, type ExitCode } from '../errors.ts';
import { assertSelectsSomething, selector } from '../planner/select.ts';
import { dbmlText } from '../report/diagram/dbml.ts';
import { type MermaidDiagram, mermaidDiagram } from '../report/diagram/mermaid.ts';
import { type Table, tablesOf } from '../report/diagram/tables.ts';
import { diagramFormats } from '../report/formats.ts';
import { addressOf } from '../state/address.ts';
import type { Schema } from '../state/types.ts';
import type { Io } from './io.ts';
import { type Flags, oneOf } from './options.ts';
import { writeOpenFile } from './private-files.ts';
import { loadSchema } from './schema-files.ts';
import { selectionOf } from './selection.ts';

function selectedTables(schema: Schema, flags: Flags): readonly Table[] {
  const selection = selectionOf(flags);
  const selects = selector(selection, schema.milestones);
  const tables = tablesOf(schema).map((table) => ({ table, address: addressOf.collection(table.name) }));
  assertSelectsSomething(
    selection,
    tables.map(({ address }) => address),
  );
  return tables.filter(({ address }) => selects(address, null)).map(({ table }) => table);
}

const tooLarge = 'more than Mermaid takes by default (50,000 characters)';
const smaller = 'draw a part of it: --only GLOB; or all of it: --format dbml';

/** What is left out for the sake of the limit, or that even that does not help. */
function warningOf({ fields, fits }: MermaidDiagram): string {
  if (!fits) return `warning: this diagram is ${tooLarge}, so most places will not draw it; ${smaller}\n`;
  if (fields === 'all') return '';
  const left = fields === 'keys' ? 'only the fields of links and unique indexes' : 'no fields';
  return `warning: drawn with ${left}: with all of them it is ${tooLarge}; ${smaller}\n`;
}

/** Draws the collections of the schema and the links between them. Connects to nothing. */
export async function diagram(flags: Flags, io: Io): Promise<ExitCode> {
  const format = oneOf('--format', flags.format ?? 'mermaid', diagramFormats);
  const { schema } = await loadSchema(flags, io);
  const tables = selectedTables(schema, flags);
  const drawn = format === 'dbml' ? null : mermaidDiagram(tables);
  if (drawn !== null) io.warn(warningOf(drawn));
  const text = drawn?.text ?? dbmlText(tables);
  if (flags.out === undefined) io.out(text);
  else await writeOpenFile({ noun: 'diagram', make: '' }, flags.out, text, io);
  return exitCodes.done;
}
