import { readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { exitCodes, SchemactlError } from '../errors.ts';
import { parseSchema } from '../state/parse.ts';
import type { Schema, SourceMap } from '../state/types.ts';
import { maxLength } from '../state/yaml/read.ts';
import { invalidFiles } from './invalid-files.ts';
import type { Flags } from './options.ts';
import type { Io } from './io.ts';
import { isWithin, type Links, outside, readRegularFile, type Refused } from './regular-file.ts';

export interface LoadedSchema {
  readonly schema: Schema;
  readonly sources: SourceMap;
  /** The paths as given. */
  readonly paths: readonly string[];
  /** Each file, from the current folder. */
  readonly files: readonly string[];
}

function notFound(path: string): SchemactlError {
  return new SchemactlError(`There is no schema at "${path}".`, {
    code: 'SCH2121',
    exitCode: exitCodes.invalid,
    next: [
      'Name the file or folder: --schema PATH (default: schema/)',
      'Or write the first files: schemactl init',
      'Or from what a database holds: schemactl init --from-live',
    ],
  });
}

function refused(path: string, { why, next }: Refused): SchemactlError {
  return new SchemactlError(`The schema file "${path}" ${why}.`, {
    code: 'SCH2503',
    exitCode: exitCodes.invalid,
    next: [next ?? 'Split it by collection, or take it out of the schema.'],
  });
}

interface Found {
  readonly file: string;
  /** The same for every way by which links lead to a file. */
  readonly real: string;
  readonly links: Links;
}

/**
 * The schema files of a folder and the folders in it. A folder that is linked to is one of these: what it holds is found there,
 * and one that lies elsewhere is refused, as its files would be.
 */
async function filesIn(folder: string, within: string, cwd: string): Promise<readonly Found[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = entries.map(async (entry): Promise<readonly Found[]> => {
    const file = join(folder, entry.name);
    if (entry.isDirectory()) return filesIn(file, within, cwd);
    const isSchema = /\.ya?ml$/.test(entry.name);
    if (!isSchema && !entry.isSymbolicLink()) return [];
    const real = await realpath(file).catch(() => file);
    const isFolder = (await stat(real).catch(() => null))?.isDirectory() === true;
    if (isFolder && !isWithin(real, within)) throw refused(relative(cwd, file), outside);
    return isSchema && !isFolder ? [{ file, real, links: { within } }] : [];
  });
  return (await Promise.all(found)).flat();
}

async function filesAt(path: string, cwd: string): Promise<readonly Found[]> {
  const full = resolve(cwd, path);
  const found = await stat(full).catch(() => null);
  if (found === null) throw notFound(path);
  const real = await realpath(full);
  if (!found.isDirectory()) return [{ file: full, real, links: 'any' }];
  const yaml = await filesIn(full, real, cwd);
  if (yaml.length === 0) throw notFound(join(path, '*.yaml'));
  return [...yaml].sort((a, b) => (a.file < b.file ? -1 : 1));
}

/** Each file once, by the shortest way that leads to it: the one that a person named, else the one with the fewest folders. */
function distinct(found: readonly Found[]): readonly Found[] {
  const length = ({ file, links }: Found): number => (links === 'any' ? 0 : file.split(sep).length);
  const shortest = new Map<string, Found>();
  for (const way of found) {
    const other = shortest.get(way.real);
    if (other === undefined || length(way) < length(other)) shortest.set(way.real, way);
  }
  return found.filter((way) => shortest.get(way.real) === way);
}

/** Invalid UTF-8 is refused: a replacement character would silently become part of a name. */
async function readText({ file, links }: Found, shown: string): Promise<string> {
  const read = await readRegularFile(file, { links, largest: maxLength });
  if ('why' in read) throw refused(shown, read);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(read);
  } catch {
    throw new SchemactlError(`"${shown}" is not UTF-8 text.`, {
      code: 'SCH2122',
      exitCode: exitCodes.invalid,
      next: ['Save it as UTF-8.'],
    });
  }
}

/** Reads, merges and validates the schema files. Throws SchemactlError 65 with every finding; connects to nothing. */
export async function loadSchema(flags: Pick<Flags, 'schema'>, io: Pick<Io, 'cwd'>): Promise<LoadedSchema> {
  const paths = flags.schema ?? ['schema/'];
  const found = (await Promise.all(paths.map((path) => filesAt(path, io.cwd)))).flat();
  const files = await Promise.all(
    distinct(found).map(async (each) => {
      const path = relative(io.cwd, each.file);
      return { path, text: await readText(each, path) };
    }),
  );
  const { schema, sources, diagnostics } = parseSchema(files);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (schema === null || errors.length > 0)
    throw await invalidFiles(errors, new Map(files.map(({ path, text }) => [path, text])));
  return { schema, sources, paths, files: files.map(({ path }) => path) };
}
