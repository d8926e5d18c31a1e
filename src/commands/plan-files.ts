import { decodePlan, encodePlan } from '../planner/codec.ts';
import { exitCodes, SchemactlError } from '../errors.ts';
import type { Plan } from '../planner/contract.ts';
import type { Io } from './io.ts';
import type { Flags } from './options.ts';
import { type FileKind, readPlainFile, writePrivateFile } from './private-files.ts';

const planFile: FileKind = { noun: 'plan file', make: 'Make one with: schemactl plan --out plan.json' };

/** A key that can be tried out one by one would sign nothing. */
const shortestKey = 16;

/** What saved plans are signed with, and must be signed with to be read; null where none is set. Throws 78 for a short one. */
function planKeyOf({ env }: Io): string | null {
  const key = env['SCHEMACTL_PLAN_KEY'] ?? '';
  if (key === '') return null;
  if (key.length >= shortestKey) return key;
  throw new SchemactlError(`SCHEMACTL_PLAN_KEY is shorter than ${shortestKey} characters.`, {
    code: 'SCH7807',
    exitCode: exitCodes.configuration,
    next: ['Set a random one: openssl rand -hex 32'],
  });
}

/** Reads a saved plan. Throws SchemactlError 65 for what is no plain file, or no plan as it was written. */
export async function readPlan(path: string, io: Io): Promise<Plan> {
  return decodePlan(await readPlainFile(planFile, path, io), planKeyOf(io));
}

/** A plan as the text of a plan file, signed where a key is set. */
export const planFileText = (plan: Plan, io: Io): string => encodePlan(plan, planKeyOf(io));

/** The database that a plan is for. Throws SchemactlError 21 where the flags name another. */
export function databaseOfPlan({ target: { database } }: Plan, { db }: Flags): string {
  if (db === undefined || db === database) return database;
  throw new SchemactlError(`This plan is for database "${database}", not "${db}".`, {
    code: 'SCH2512',
    exitCode: exitCodes.stale,
    next: ['Leave out --db, or plan for that database.'],
  });
}

export async function writePlan(path: string, plan: Plan, io: Io): Promise<void> {
  return writePrivateFile(planFile, path, planFileText(plan, io), io);
}
