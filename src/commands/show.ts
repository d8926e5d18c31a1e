import { exitCodes, type ExitCode } from '../errors.ts';
import type { Io } from './io.ts';
import { type Flags, oneOf } from './options.ts';
import { themeOf } from './output.ts';
import { readPlan } from './plan-files.ts';
import { shownFormats } from '../report/formats.ts';
import { planRenderers, reviewOf } from './plan-reports.ts';
import { reportFiles, writeReports } from './reports.ts';

/** Opens a saved plan, also one that the database has left behind. Connects to nothing. */
export async function show(path: string, flags: Flags, io: Io): Promise<ExitCode> {
  const format = oneOf('--format', flags.format ?? 'text', shownFormats);
  const files = reportFiles(flags, shownFormats);
  const plan = await readPlan(path, io);
  const from = `${path} (made ${plan.createdAt})`;
  const review = reviewOf(plan, { from, holds: 'the schema it was made from' }, flags);
  io.out(planRenderers(review, themeOf(io))[format]());
  await writeReports(files, planRenderers(review), io);
  return exitCodes.done;
}
