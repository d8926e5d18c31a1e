import { lstat, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { exitCodes, SchemactlError } from '../errors.ts';
import { decodePlan, encodePlan } from '../planner/codec.ts';
import type { Plan } from '../planner/contract.ts';
import type { Io } from './io.ts';

function refused(path: string, why: string, next: string): SchemactlError {
  return new SchemactlError(`The plan file "${path}" ${why}.`, {
    code: 'SCH2503',
    exitCode: exitCodes.invalid,
    next: [next],
  });
}

/** Reads a saved plan. Throws SchemactlError 65 for what is no plain file, or no plan as it was written. */
export async function readPlan(path: string, io: Io): Promise<Plan> {
  const full = resolve(io.cwd, path);
  const found = await lstat(full).catch(() => null);
  if (found === null) throw refused(path, 'does not exist', 'Make one with: schemactl plan --out plan.json');
  if (!found.isFile()) throw refused(path, 'is not a plain file', 'Name the file itself, not a link or a device.');
  return decodePlan(await readFile(full, 'utf8'));
}

/** Writes a plan as 0600 by way of a temporary file, so that nobody ever sees half of one. */
export async function writePlan(path: string, plan: Plan, io: Io): Promise<void> {
  const full = resolve(io.cwd, path);
  const existing = await lstat(full).catch(() => null);
  if (existing !== null && !existing.isFile())
    throw refused(path, 'is not a plain file', 'Choose another path for --out.');
  const temporary = join(dirname(full), `.schemactl-${io.pid}.tmp`);
  try {
    const file = await open(temporary, 'w', 0o600);
    try {
      await file.writeFile(encodePlan(plan));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, full);
  } catch (cause) {
    await rm(temporary, { force: true });
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new SchemactlError(`The plan cannot be written to "${path}" (${why}).`, {
      code: 'SCH7803',
      exitCode: exitCodes.failed,
      next: ['Check the folder and the free space.'],
      cause,
    });
  }
}
