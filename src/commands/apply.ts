import { exitCodes, type ExitCode } from '../errors.ts';
import type { Database } from '../database/port.ts';
import type { Plan } from '../planner/contract.ts';
import { assertApplicable, assertPermitted, parseAllow } from '../planner/hazards.ts';
import { type PlanSource, planText } from '../report/plan/text.ts';
import type { RunEvent } from '../report/events.ts';
import { readRuns } from '../applier/runs.ts';
import { isOpen, type Run } from '../state/runs.ts';
import { planSchema } from '../workflow/plan-schema.ts';
import { withProgress } from '../workflow/progress.ts';
import { remembering } from '../workflow/answers.ts';
import { type Again, isIdle, resumeRun, runPlan } from '../workflow/run.ts';
import type { RunResult } from '../workflow/run-result.ts';
import { changingDatabase } from './connection.ts';
import { consent } from './consent.ts';
import { forbiddenIn, ignoredIn } from './environment.ts';
import type { Io } from './io.ts';
import { type Flags, oneOf, usage } from './options.ts';
import { formatOf, themeOf } from './output.ts';
import { databaseOfPlan, readPlan } from './plan-files.ts';
import { planFormats } from '../report/formats.ts';
import type { PlanReportFiles } from './plan-reports.ts';
import { reporterOf } from './reporter.ts';
import { reportFiles } from './reports.ts';
import { type Asked, type RunReports, runReports } from './run-reports.ts';
import { durations, leaving, runOptions } from './run-options.ts';
import { loadSchema } from './schema-files.ts';
import { selectionOf } from './selection.ts';
import { describeSource, holds } from './validate.ts';

/** What a run that was cut off still has to do is asked about in its own words. */
async function question(db: Database, plan: Plan): Promise<string> {
  const newest = (await readRuns(db)).at(-1);
  if (isOpen(newest) && newest.desired === plan.desired) {
    const { run, steps } = await withProgress(db, newest);
    return `Run ${run} was cut off after ${steps.done} of ${steps.total} steps. Go on with it?`;
  }
  return `Apply this plan to ${plan.target.database}?`;
}

/** Runs a plan: a saved one (`again` is null) as it was reviewed, any other once somebody agrees to it. */
export async function carryOut(
  db: Database,
  plan: Plan,
  again: Again | null,
  asked: Asked,
  flags: Flags,
  io: Io,
): Promise<ExitCode> {
  const reports = runReports(plan, asked, flags, io);
  return reports.ofFailure(() => carriedOut(db, plan, again, reports, flags, io));
}

async function carriedOut(
  db: Database,
  plan: Plan,
  again: Again | null,
  reports: RunReports,
  flags: Flags,
  io: Io,
): Promise<ExitCode> {
  const format = formatOf(flags);
  const reporter = await reporterOf(format, flags, io);
  const emit = (event: RunEvent): void => {
    reporter.emit(event);
    reports.note(event);
  };
  const options = await runOptions(flags, io, db, emit);
  const forbid = forbiddenIn(flags);
  assertPermitted(plan, forbid);
  assertApplicable(plan, parseAllow(flags.allow ?? []));
  const permitted =
    (make: Again): Again =>
    async (fresh) => {
      const now = await make(fresh);
      assertPermitted(now, forbid);
      return now;
    };
  const nothing = isIdle(plan, await readRuns(db));
  if (!nothing && again !== null && !(await consent(await question(db, plan), flags, io))) {
    await reports.write(null);
    io.err('Nothing was changed.\n');
    return exitCodes.failed;
  }
  const work = (): Promise<RunResult> => runPlan(db, plan, again === null ? null : permitted(again), options);
  const result = await io.orderly(work, leaving(options, 'schemactl resume', flags));
  const exitCode = nothing && format === 'text' ? exitCodes.done : reporter.finish(result, plan.kind);
  await reports.write(result);
  return exitCode;
}

async function applyFile(path: string, files: PlanReportFiles, flags: Flags, io: Io): Promise<ExitCode> {
  const plan = await readPlan(path, io);
  const database = databaseOfPlan(plan, flags);
  if ((flags.only ?? flags.exclude ?? flags.milestone ?? flags.through) !== undefined) {
    throw usage('A saved plan is applied whole; select when planning: schemactl plan --milestone M --out FILE');
  }
  if (flags.undo === false) throw usage('A saved plan says itself what it keeps; plan it with --no-undo.');
  return changingDatabase({ ...flags, db: database }, io, async (db) => {
    const source: PlanSource = { command: 'apply', from: path, holds: 'the schema it was made from' };
    if (formatOf(flags) === 'text' && flags.quiet !== true) io.out(planText(plan, source, themeOf(io)));
    return carryOut(db, plan, null, { source, files }, flags, io);
  });
}

/** For so long what the data answered is taken for true when the plan is made once more under the lock. */
const freshMs = 30_000;

/** Does exactly what plan says, or a saved plan. */
export async function apply(path: string | undefined, flags: Flags, io: Io): Promise<ExitCode> {
  durations(flags);
  const files = reportFiles(flags, planFormats);
  if (path !== undefined) return applyFile(path, files, flags, io);
  const selection = selectionOf(flags);
  const checkData = oneOf('--check-data', flags.checkData ?? 'fast', ['full', 'fast']);
  const allow = parseAllow(flags.allow ?? []);
  const loaded = await loadSchema(flags, io);
  return changingDatabase(flags, io, async (db) => {
    const undo = flags.undo ?? true;
    const ignore = ignoredIn(flags, io.now());
    const options = { ...loaded, selection, checkData, allow, undo, ignore };
    const remembered = remembering(freshMs);
    const make: Again = (fresh) => planSchema(db, { ...options, ...(fresh ? {} : { ask: remembered }), now: io.now() });
    const plan = await make(false);
    const source = { command: 'apply', from: describeSource(loaded), holds: holds(loaded.schema) };
    if (formatOf(flags) === 'text' && flags.quiet !== true) io.out(planText(plan, source, themeOf(io)));
    return carryOut(db, plan, make, { source, files, sources: loaded.sources }, flags, io);
  });
}

/** Goes on with a run that was cut off, with the plan that it recorded. */
export async function resume(flags: Flags, io: Io): Promise<ExitCode> {
  durations(flags);
  return changingDatabase(flags, io, async (db) => {
    const newest = (await readRuns(db)).at(-1);
    if (isOpen(newest)) return goOnWith(db, newest, flags, io);
    const format = formatOf(flags);
    const reporter = await reporterOf(format, flags, io);
    if (format === 'text') io.out('Nothing to resume: no run was cut off.\n');
    else reporter.finish(await resumeRun(db, await runOptions(flags, io, db, reporter.emit)), 'apply');
    return exitCodes.done;
  });
}

const goingOn = ['Approve it: schemactl resume --auto-approve', 'See where it stands: schemactl status'];

/** Goes on with this run, which was cut off, once somebody agrees to it. */
export async function goOnWith(db: Database, newest: Run, flags: Flags, io: Io): Promise<ExitCode> {
  const reporter = await reporterOf(formatOf(flags), flags, io);
  const { run, kind, steps } = await withProgress(db, newest);
  const asked = `Run ${run} (${kind}) was cut off after ${steps.done} of ${steps.total} steps. Go on with it?`;
  if (!(await consent(asked, flags, io, goingOn))) return exitCodes.failed;
  const options = await runOptions(flags, io, db, reporter.emit);
  const result = await io.orderly(() => resumeRun(db, options), leaving(options, 'schemactl resume', flags));
  return reporter.finish(result, newest.kind);
}
