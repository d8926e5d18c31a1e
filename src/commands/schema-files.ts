import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { exitCodes, SchemactlError } from '../errors.ts';
import { parseSchema } from '../state/parse.ts';
import type { Schema, SourceMap } from '../state/types.ts';
import { invalidFiles } from './invalid-files.ts';
import type { Flags } from './options.ts';
import type { Io } from './io.ts';

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

async function filesAt(path: string, cwd: string): Promise<readonly string[]> {
  const full = resolve(cwd, path);
  const found = await stat(full).catch(() => null);
  if (found === null) throw notFound(path);
  if (!found.isDirectory()) return [full];
  const names = await readdir(full, { recursive: true });
  const yaml = names.filter((name) => /\.ya?ml$/.test(name)).sort();
  if (yaml.length === 0) throw notFound(join(path, '*.yaml'));
  return yaml.map((name) => join(full, name));
}

/** Invalid UTF-8 is refused: a replacement character would silently become part of a name. */
async function readText(file: string, shown: string): Promise<string> {
  const bytes = await readFile(file);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
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
    [...new Set(found)].map(async (file) => {
      const path = relative(io.cwd, file);
      return { path, text: await readText(file, path) };
    }),
  );
  const { schema, sources, diagnostics } = parseSchema(files);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (schema === null || errors.length > 0)
    throw await invalidFiles(errors, new Map(files.map(({ path, text }) => [path, text])));
  return { schema, sources, paths, files: files.map(({ path }) => path) };
}
