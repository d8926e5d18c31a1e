import { plural } from '../state/words.ts';
import { exitCodes, type ExitCode } from '../errors.ts';
import type { Schema } from '../state/types.ts';
import type { Io } from './io.ts';
import type { Flags } from './options.ts';
import { formatOf } from './output.ts';
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
  return `${paths.join(' ')} (${plural(files, 'file')}, ${plural(schema.collections.length, 'collection')})`;
}

/** Checks the schema files without connecting to anything. */
export async function validate(flags: Flags, io: Io): Promise<ExitCode> {
  const format = formatOf(flags);
  const loaded = await loadSchema(flags, io);
  const text = `${describeSource(loaded)}: valid. ${holds(loaded.schema)}.\n`;
  io.out(
    format === 'json'
      ? `${JSON.stringify({ formatVersion: 1, valid: true, files: loaded.files, holds: holds(loaded.schema) })}\n`
      : text,
  );
  return exitCodes.done;
}
