import { randomUUID } from 'node:crypto';
import { lstat, open, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { exitCodes, SchemactlError } from '../errors.ts';
import { harmless } from '../state/frame.ts';
import type { Io } from './io.ts';
import { mebibyte, readRegularFile } from './regular-file.ts';

/** What a file is to people, and how one is made: `plan file`, `Make one with: …`. */
export interface FileKind {
  readonly noun: string;
  readonly make: string;
  /** The flag that names it, where that is not `--out`. */
  readonly flag?: string;
}

function refused({ noun }: FileKind, path: string, why: string, next: string): SchemactlError {
  return new SchemactlError(`The ${noun} "${path}" ${why}.`, {
    code: 'SCH2503',
    exitCode: exitCodes.invalid,
    next: [next],
  });
}

/** Far more than the largest plan or snapshot; text of this length still fits into one string. */
const largest = 256 * mebibyte;

/** The text of a file. Throws SchemactlError 65 for what is no plain file, or too large to be one of ours. */
export async function readPlainFile(kind: FileKind, path: string, io: Io): Promise<string> {
  const read = await readRegularFile(resolve(io.cwd, path), { links: 'none', largest });
  if ('why' in read) throw refused(kind, path, read.why, read.next ?? kind.make);
  return read.toString('utf8');
}

/** Writes a file as 0600, whole or not at all. */
export async function writePrivateFile(kind: FileKind, path: string, text: string, io: Io): Promise<void> {
  return writeFileWhole(kind, path, text, 0o600, io);
}

/** Writes a file that others may read (0644), whole or not at all. */
export async function writeOpenFile(kind: FileKind, path: string, text: string, io: Io): Promise<void> {
  return writeFileWhole(kind, path, text, 0o644, io);
}

/** A name that nobody can lay something under beforehand. */
export const temporaryIn = (folder: string): string => join(folder, `.schemactl-${randomUUID()}.tmp`);

/** By way of a temporary file, so that nobody ever sees half of it. */
async function writeFileWhole(kind: FileKind, path: string, text: string, mode: number, io: Io): Promise<void> {
  const full = resolve(io.cwd, path);
  const existing = await lstat(full).catch(() => null);
  if (existing !== null && !existing.isFile())
    throw refused(kind, path, 'is not a plain file', `Choose another path for ${kind.flag ?? '--out'}.`);
  const temporary = temporaryIn(dirname(full));
  try {
    const file = await open(temporary, 'wx', mode);
    try {
      await file.writeFile(harmless(text));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, full);
  } catch (cause) {
    await rm(temporary, { force: true });
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new SchemactlError(`The ${kind.noun} cannot be written to "${path}" (${why}).`, {
      code: 'SCH7803',
      exitCode: exitCodes.failed,
      next: ['Check the folder and the free space.'],
      cause,
    });
  }
}
