import { lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { type ExitCode, exitCodes, SchemactlError } from '../errors.ts';
import { importJson, importText, importWarnings } from '../report/import.ts';
import { modeline, starterFile } from '../state/starter.ts';
import { plural } from '../state/words.ts';
import { importDatabase } from '../workflow/import.ts';
import { withDatabase } from './connection.ts';
import { hint } from './hints.ts';
import type { Io } from './io.ts';
import { type Flags, usage, wholeNumber } from './options.ts';
import { formatOf, themeOf } from './output.ts';
import { temporaryIn } from './private-files.ts';
import { whereOf } from './source.ts';

interface NewFile {
  readonly name: string;
  readonly text: string;
}

const defaultSample = '1000';

/** The folder as it is shown: with a slash, as `--schema` shows it. */
const shown = (folder: string): string => `${folder.replace(/\/+$/, '')}/`;

const listOf = (names: readonly string[]): readonly string[] =>
  names.length > 20 ? [...names.slice(0, 20), `and ${plural(names.length - 20, 'more')}`] : names;

/** Throws 64 before anything is written: for a folder that is none, and for files in the way, which it lists. */
async function assertFree(folder: string, names: readonly string[], flags: Flags, io: Io): Promise<void> {
  const full = resolve(io.cwd, folder);
  const found = await lstat(full).catch(() => null);
  if (found !== null && !(await isFolder(full))) throw usage(`"${folder}" is not a folder.`, 'Name another: --out DIR');
  const kinds = await Promise.all(names.map((name) => lstat(join(full, name)).catch(() => null)));
  const odd = names.filter((_, at) => kinds[at]?.isFile() === false);
  if (odd.length > 0)
    throw usage(`"${join(folder, odd[0] as string)}" is not a plain file.`, 'Choose another: --out DIR');
  const taken = names.filter((_, at) => kinds[at] != null);
  if (taken.length === 0 || flags.force === true) return;
  throw new SchemactlError(
    taken.length === 1 ? 'A file is in the way; nothing was written.' : 'Files are in the way; nothing was written.',
    {
      code: 'SCH6408',
      exitCode: exitCodes.usage,
      details: listOf(taken.map((name) => join(folder, name))),
      next: ['Write over them: --force', 'Or write elsewhere: --out DIR'],
    },
  );
}

const isFolder = async (path: string): Promise<boolean> => {
  const names = await readdir(path).catch(() => null);
  return names !== null;
};

async function writeFiles(folder: string, files: readonly NewFile[], flags: Flags, io: Io): Promise<void> {
  const full = resolve(io.cwd, folder);
  const temporary = temporaryIn(full);
  try {
    await mkdir(full, { recursive: true });
    for (const { name, text } of files) {
      const path = flags.force === true ? temporary : join(full, name);
      const file = await open(path, 'wx');
      await file.writeFile(text).finally(() => file.close());
      if (flags.force === true) await rename(temporary, join(full, name));
    }
  } catch (cause) {
    await rm(temporary, { force: true });
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new SchemactlError(`The files cannot be written to "${folder}" (${why}).`, {
      code: 'SCH7803',
      exitCode: exitCodes.failed,
      next: ['Check the folder and the free space.'],
      cause,
    });
  }
}

/** Other schema files in the folder: together they are one schema, which may then declare something twice. */
async function besides(folder: string, names: readonly string[], io: Io): Promise<readonly string[]> {
  const found = await readdir(resolve(io.cwd, folder), { recursive: true }).catch(() => []);
  return found.filter((name) => /\.ya?ml$/.test(name) && !names.includes(name)).sort();
}

async function warnBesides(folder: string, names: readonly string[], io: Io): Promise<void> {
  const others = await besides(folder, names, io);
  if (others.length === 0) return;
  const listed = `${others.slice(0, 4).join(', ')}${others.length > 4 ? ', …' : ''}`;
  io.warn(`warning: ${shown(folder)} also holds ${listed}; all files there are read as one schema\n`);
}

/** The path of the language for editors, as seen from a file in the folder. */
function languagePath(folder: string, io: Io): string {
  const path = relative(resolve(io.cwd, folder), resolve(io.cwd, 'node_modules/schemactl/dist/schema.json'));
  return path.split(sep).join('/');
}

const schemaFlag = (folder: string): string => (shown(folder) === 'schema/' ? '' : ` --schema ${folder}`);

async function fromNothing(folder: string, flags: Flags, io: Io): Promise<ExitCode> {
  const files = [{ name: 'collections.yaml', text: starterFile(languagePath(folder, io)) }];
  const names = files.map(({ name }) => name);
  await assertFree(folder, names, flags, io);
  await writeFiles(folder, files, flags, io);
  await warnBesides(folder, names, io);
  const written = names.map((name) => join(folder, name));
  if (formatOf(flags) === 'json') io.out(`${JSON.stringify({ formatVersion: 1, files: written })}\n`);
  else {
    const more = schemaFlag(folder);
    io.out(
      [
        `Wrote ${written.join(', ')}: an example, commented out.`,
        `Next: schemactl validate${more}   is it sound? connects to nothing`,
        `      schemactl plan${more}       what would change? only reads`,
        '',
      ].join('\n'),
    );
  }
  return exitCodes.done;
}

const nothingToImport = (database: string): SchemactlError =>
  usage(
    `The database "${database}" holds no collections to import.`,
    'Check its name: --db NAME, or the path of the connection string.',
    'Or begin with an example: schemactl init',
  );

async function fromLive(folder: string, flags: Flags, io: Io): Promise<ExitCode> {
  const format = formatOf(flags);
  const sample = wholeNumber('--sample', flags.sample ?? defaultSample, 0);
  return withDatabase(flags, io, async (db) => {
    const head = [modeline(languagePath(folder, io)), `Imported from the database "${db.name}".`];
    const before = async (names: readonly string[]): Promise<void> => {
      if (names.length === 0) throw nothingToImport(db.name);
      await assertFree(folder, names, flags, io);
    };
    const made = await importDatabase(db, { sample, head, before });
    const files = made.collections.map(({ file, text }) => ({ name: file, text }));
    await writeFiles(folder, files, flags, io);
    io.warn(importWarnings(made, shown(folder)));
    await warnBesides(
      folder,
      files.map(({ name }) => name),
      io,
    );
    if (format === 'json') io.out(importJson(made, db.name, shown(folder)));
    else {
      const from = whereOf(db);
      io.out(hint(importText(made, { from, folder: shown(folder), more: schemaFlag(folder) }, themeOf(io)), flags));
    }
    return exitCodes.done;
  });
}

/** Writes the first schema files: an example, or what a database holds. Changes no database. */
export async function init(flags: Flags, io: Io): Promise<ExitCode> {
  const folder = flags.out ?? 'schema/';
  if (flags.fromLive === true) return fromLive(folder, flags, io);
  if (flags.sample !== undefined) throw usage('--sample goes with --from-live.');
  return fromNothing(folder, flags, io);
}
