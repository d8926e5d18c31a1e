import { exitCodes, type ExitCode } from '../errors.ts';
import { encodePlan } from '../planner/codec.ts';
import { planText } from '../report/plan.ts';
import type { Io } from './io.ts';
import type { Flags } from './options.ts';
import { formatOf, themeOf } from './output.ts';
import { readPlan } from './plan-files.ts';

/** Opens a saved plan, also one that the database has left behind. Connects to nothing. */
export async function show(path: string, flags: Flags, io: Io): Promise<ExitCode> {
  const format = formatOf(flags);
  const plan = await readPlan(path, io);
  const source = { from: `${path} (made ${plan.createdAt})`, holds: 'the schema it was made from' };
  io.out(format === 'json' ? encodePlan(plan) : planText(plan, source, themeOf(io)));
  return exitCodes.done;
}
