import { exitCodes, type ExitCode } from '../errors.ts';
import { encodePlan } from '../planner/codec.ts';
import type { Plan } from '../planner/contract.ts';
import { patchText } from '../planner/simulate.ts';
import { planText } from '../report/plan.ts';
import type { Io } from './io.ts';
import { type Flags, oneOf } from './options.ts';
import { themeOf } from './output.ts';
import { readPlan } from './plan-files.ts';

function shown(plan: Plan, format: 'text' | 'json' | 'jsonpatch', path: string, io: Io): string {
  if (format === 'json') return encodePlan(plan);
  if (format === 'jsonpatch') return patchText(plan.steps);
  return planText(
    plan,
    { from: `${path} (made ${plan.createdAt})`, holds: 'the schema it was made from' },
    themeOf(io),
  );
}

/** Opens a saved plan, also one that the database has left behind. Connects to nothing. */
export async function show(path: string, flags: Flags, io: Io): Promise<ExitCode> {
  const format = oneOf('--format', flags.format ?? 'text', ['text', 'json', 'jsonpatch']);
  io.out(shown(await readPlan(path, io), format, path, io));
  return exitCodes.done;
}
