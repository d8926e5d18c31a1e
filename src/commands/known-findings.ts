import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { exitCodes, SchemactlError } from '../errors.ts';
import { decodeKnown, encodeKnown, type ReadKnown } from '../report/known.ts';
import type { Io } from './io.ts';
import { type FileKind, readPlainFile, writePrivateFile } from './private-files.ts';

/** Where a command keeps and finds what it found before. */
export interface KnownFindings<Known> {
  /** `check` */
  readonly command: string;
  readonly read: ReadKnown<Known>;
}

const make = (command: string): string => `Make one with: schemactl ${command} --report json=FILE`;
const stateFile: FileKind = { noun: 'state file', make: '', flag: '--changed-only' };

async function readFindings<Known>(
  noun: string,
  path: string,
  { command, read }: KnownFindings<Known>,
  io: Io,
): Promise<readonly Known[]> {
  const known = decodeKnown(await readPlainFile({ noun, make: make(command) }, path, io), read);
  if (known !== null) return known;
  throw new SchemactlError(`The ${noun} "${path}" holds no findings of ${command}.`, {
    code: 'SCH2505',
    exitCode: exitCodes.invalid,
    next: [make(command)],
  });
}

/** Findings that are accepted. Throws SchemactlError 65 for a file that does not exist, or holds none. */
export async function readBaseline<Known>(
  path: string | undefined,
  of: KnownFindings<Known>,
  io: Io,
): Promise<readonly Known[]> {
  return path === undefined ? [] : readFindings('baseline', path, of, io);
}

/** What was found the last time: nothing at the first time. */
export async function readState<Known>(
  path: string | undefined,
  of: KnownFindings<Known>,
  io: Io,
): Promise<readonly Known[]> {
  if (path === undefined || (await stat(resolve(io.cwd, path)).catch(() => null)) === null) return [];
  return readFindings('state file', path, of, io);
}

export async function writeState(
  path: string | undefined,
  database: string,
  findings: readonly unknown[],
  io: Io,
): Promise<void> {
  if (path !== undefined) await writePrivateFile(stateFile, path, encodeKnown(database, findings), io);
}
