import { type ExitCode, exitCodes } from '../errors.ts';
import { encodePlan } from '../planner/codec.ts';
import type { Plan } from '../planner/contract.ts';
import { blockingHazards, parseAllow } from '../planner/hazards.ts';
import { planText } from '../report/plan.ts';
import { planSchema } from '../workflow/plan-schema.ts';
import { withDatabase } from './connection.ts';
import { hint } from './hints.ts';
import type { Io } from './io.ts';
import { type Flags, oneOf } from './options.ts';
import { formatOf, themeOf } from './output.ts';
import { writePlan } from './plan-files.ts';
import { loadSchema } from './schema-files.ts';
import { selectionOf } from './selection.ts';
import { describeSource, holds } from './validate.ts';

/** With `--detailed-exitcode`: violations (22) win over hazards (20), those over differences (2). */
export function detailedExitCode(plan: Plan): ExitCode {
  if (plan.violations.length > 0) return exitCodes.violated;
  if (blockingHazards(plan, []).length > 0) return exitCodes.blocked;
  return plan.noop ? exitCodes.done : exitCodes.differences;
}

function whatNext({ noop }: Plan, out: string | undefined): string {
  if (out !== undefined) return `Kept in ${out}; apply exactly this with: schemactl apply ${out}\n`;
  if (noop) return '';
  return 'Keep it for review:  schemactl plan --out plan.json\nApply it:            schemactl apply\n';
}

/** Says what apply would do. Writes nothing but the file that `--out` names. */
export async function plan(flags: Flags, io: Io): Promise<ExitCode> {
  const format = formatOf(flags);
  const selection = selectionOf(flags);
  const checkData = oneOf('--check-data', flags.checkData ?? 'fast', ['full', 'fast', 'none']);
  const allow = parseAllow(flags.allow ?? []);
  const loaded = await loadSchema(flags, io);
  return withDatabase(flags, io, async (db) => {
    const made = await planSchema(db, { ...loaded, selection, checkData, allow, now: io.now() });
    if (flags.out !== undefined) await writePlan(flags.out, made, io);
    const source = { from: describeSource(loaded), holds: holds(loaded.schema) };
    io.out(format === 'json' ? encodePlan(made) : planText(made, source, themeOf(io)));
    if (format === 'text') io.out(hint(whatNext(made, flags.out), flags));
    return flags.detailedExitcode === true ? detailedExitCode(made) : exitCodes.done;
  });
}
