import { exitCodes, type ExitCode } from '../errors.ts';
import { encodePlan } from '../planner/codec.ts';
import type { Plan } from '../planner/contract.ts';
import { parseAllow } from '../planner/hazards.ts';
import { planText } from '../report/plan/text.ts';
import { cutOffRollback, planRollback } from '../workflow/plan-rollback.ts';
import type { Which } from '../workflow/select-runs.ts';
import { carryOut, goOnWith } from './apply.ts';
import { changingDatabase, withDatabase } from './connection.ts';
import type { Io } from './io.ts';
import { type Flags, usage, wholeNumber } from './options.ts';
import { formatOf, themeOf } from './output.ts';
import { planFormats } from '../report/formats.ts';
import { planRenderers, reviewOf } from './plan-reports.ts';
import { reportFiles, writeReports } from './reports.ts';
import { durations } from './run-options.ts';

function whichOf({ run, to, all, milestone }: Flags): Which {
  const given = [run, to, all, milestone].filter((value) => value !== undefined);
  if (given.length > 1) throw usage('Give one of --run, --to, --all and --milestone.');
  if (run !== undefined) return { kind: 'run', run: wholeNumber('--run', run, 1) };
  if (to !== undefined) return { kind: 'after', run: wholeNumber('--to', to, 0) };
  if (all === true) return { kind: 'after', run: 0 };
  return milestone === undefined ? { kind: 'last' } : { kind: 'milestone', milestone };
}

/** Takes runs back: exactly what they did, leaving what the application wrote since. */
export async function rollback(flags: Flags, io: Io): Promise<ExitCode> {
  const which = whichOf(flags);
  durations(flags);
  const format = formatOf(flags);
  const files = reportFiles(flags, planFormats);
  const opening = flags.planOnly === true ? withDatabase : changingDatabase;
  return opening(flags, io, async (db) => {
    const options = {
      which,
      only: flags.only ?? [],
      exclude: flags.exclude ?? [],
      allow: parseAllow(flags.allow ?? []),
      undo: flags.undo ?? true,
      now: io.now(),
    };
    const open = flags.planOnly === true ? null : await cutOffRollback(db, options);
    if (open !== null && files.length > 0) {
      throw usage(`Run ${open.run} was cut off and is gone on with; it has no plan to report. Leave out --report.`);
    }
    if (open !== null) return goOnWith(db, open, flags, io);
    const make = (): Promise<Plan> => planRollback(db, options);
    const plan = await make();
    const runs = [...new Set(plan.reverts.map(({ run }) => run))].sort((a, b) => a - b);
    const of = which.kind === 'milestone' ? `milestone ${which.milestone} of ` : '';
    const from = `takes back ${of}run${runs.length === 1 ? '' : 's'} ${runs.join(', ')}`;
    const nothing = plan.noop && plan.reverts.length === 0;
    const source = { from, holds: '' };
    if (format === 'text' && flags.quiet !== true)
      io.out(nothing ? 'Nothing to take back.\n' : planText(plan, source, themeOf(io)));
    if (flags.planOnly === true) {
      if (format === 'json') io.out(encodePlan(plan));
      await writeReports(files, planRenderers(reviewOf(plan, source, flags)), io);
      return exitCodes.done;
    }
    return carryOut(db, plan, make, { source, files }, flags, io);
  });
}
