import { decodePlan, encodePlan } from '../planner/codec.ts';
import type { Plan } from '../planner/contract.ts';
import type { Io } from './io.ts';
import { type FileKind, readPlainFile, writePrivateFile } from './private-files.ts';

const planFile: FileKind = { noun: 'plan file', make: 'Make one with: schemactl plan --out plan.json' };

/** Reads a saved plan. Throws SchemactlError 65 for what is no plain file, or no plan as it was written. */
export async function readPlan(path: string, io: Io): Promise<Plan> {
  return decodePlan(await readPlainFile(planFile, path, io));
}

export async function writePlan(path: string, plan: Plan, io: Io): Promise<void> {
  return writePrivateFile(planFile, path, encodePlan(plan), io);
}
