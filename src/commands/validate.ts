import { printable } from '../state/frame.ts';
import { plural } from '../state/words.ts';
import { exitCodes, type ExitCode } from '../errors.ts';
import type { Schema } from '../state/types.ts';
import type { Io } from './io.ts';
import { validFormats } from '../report/formats.ts';
import { validText } from '../report/valid-text.ts';
import { version } from '../version.ts';
import { type Flags, oneOf } from './options.ts';
import { reportFiles, writeReports } from './reports.ts';
import { loadSchema, type LoadedSchema } from './schema-files.ts';

/** `6 collections, 14 indexes, 11 links` */
export function holds({ collections }: Schema): string {
  const indexes = collections.reduce((sum, collection) => sum + collection.indexes.length, 0);
  const links = collections.reduce((sum, collection) => sum + collection.links.length, 0);
  return [plural(collections.length, 'collection'), plural(indexes, 'index', 'indexes'), plural(links, 'link')].join(
    ', ',
  );
}

/** `schema/ (1 file, 6 collections)` */
export function describeSource({ schema, paths, files }: LoadedSchema): string {
  return `${printable(paths.join(' '))} (${plural(files.length, 'file')}, ${plural(schema.collections.length, 'collection')})`;
}

/** Checks the schema files without connecting to anything. */
export async function validate(flags: Flags, io: Io): Promise<ExitCode> {
  const format = oneOf('--format', flags.format ?? 'text', validFormats);
  const reports = reportFiles(flags, validFormats);
  const loaded = await loadSchema(flags, io);
  const { files, schema } = loaded;
  const valid = { version, files, from: describeSource(loaded), holds: holds(schema) };
  if (format === 'text' && reports.length === 0) {
    io.out(validText(valid));
    return exitCodes.done;
  }
  const { validRenderers } = await import('../report/valid.ts');
  const renderers = validRenderers(valid);
  io.out(renderers[format]());
  await writeReports(reports, renderers, io);
  return exitCodes.done;
}
