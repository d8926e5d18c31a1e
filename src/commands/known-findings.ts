import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { exitCodes, SchemactlError } from '../errors.ts';
import type { KnownFinding } from '../report/check/judge.ts';
import { decodeKnown, encodeKnown } from '../report/check/known.ts';
import type { CheckResult } from '../state/finding.ts';
import type { Io } from './io.ts';
import { type FileKind, readPlainFile, writePrivateFile } from './private-files.ts';

const make = 'Make one with: schemactl check --report json=FILE';
const baselineFile: FileKind = { noun: 'baseline', make, flag: '--baseline' };
const stateFile: FileKind = { noun: 'state file', make, flag: '--changed-only' };

async function readFindings(kind: FileKind, path: string, io: Io): Promise<readonly KnownFinding[]> {
  const known = decodeKnown(await readPlainFile(kind, path, io));
  if (known !== null) return known;
  throw new SchemactlError(`The ${kind.noun} "${path}" holds no findings.`, {
    code: 'SCH2505',
    exitCode: exitCodes.invalid,
    next: [make],
  });
}

/** Findings that are accepted. Throws SchemactlError 65 for a file that does not exist, or holds none. */
export async function readBaseline(path: string | undefined, io: Io): Promise<readonly KnownFinding[]> {
  return path === undefined ? [] : readFindings(baselineFile, path, io);
}

/** What was found the last time: nothing at the first time. */
export async function readState(path: string | undefined, io: Io): Promise<readonly KnownFinding[]> {
  if (path === undefined || (await stat(resolve(io.cwd, path)).catch(() => null)) === null) return [];
  return readFindings(stateFile, path, io);
}

export async function writeState(path: string | undefined, { database, findings }: CheckResult, io: Io): Promise<void> {
  if (path !== undefined) await writePrivateFile(stateFile, path, encodeKnown(database, findings), io);
}
