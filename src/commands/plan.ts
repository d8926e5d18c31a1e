import { type ExitCode, exitCodes } from '../errors.ts';
import type { Plan } from '../planner/contract.ts';
import { blockingHazards, forbiddenHazards, parseAllow } from '../planner/hazards.ts';
import { planSchema, planSnapshot } from '../workflow/plan-schema.ts';
import { withDatabase } from './connection.ts';
import { forbiddenIn, ignoredIn } from './environment.ts';
import { hint, planFlags } from './hints.ts';
import type { Io } from './io.ts';
import { type Flags, oneOf, usage } from './options.ts';
import { themeOf } from './output.ts';
import { printable } from '../state/frame.ts';
import { shellWord } from '../state/words.ts';
import { writePlan } from './plan-files.ts';
import { planFormats } from '../report/formats.ts';
import { planRenderers, reviewOf } from './plan-reports.ts';
import { reportFiles, writeReports } from './reports.ts';
import { loadSchema } from './schema-files.ts';
import { selectionOf } from './selection.ts';
import { readSnapshot } from './snapshot-files.ts';
import { describeSource, holds } from './validate.ts';

/** With `--detailed-exitcode`: violations (22) win over hazards (20), those over differences (2). */
function detailedExitCode(plan: Plan, forbid: readonly string[]): ExitCode {
  if (plan.violations.length > 0) return exitCodes.violated;
  if (blockingHazards(plan, []).length + forbiddenHazards(plan, forbid).length > 0) return exitCodes.blocked;
  return plan.noop ? exitCodes.done : exitCodes.differences;
}

/** What to do with a plan that was kept in a file. */
function keptText(plan: Plan, file: string): string {
  if (plan.violations.length > 0) return `Kept in ${file}, for review: the data forbids it as it is`;
  const blocking = [...new Set(blockingHazards(plan, []).map(({ code }) => code))];
  if (blocking.length === 0) return `Kept in ${file}; apply exactly this with: schemactl apply ${shellWord(file)}`;
  return `Kept in ${file}; if that is what you want: schemactl apply ${shellWord(file)} --allow ${blocking.join(',')}`;
}

function whatNext(plan: Plan, flags: Flags, against: string | null): string {
  const { noop, violations } = plan;
  const { out } = flags;
  if (against !== null) {
    if (out === undefined && noop) return '';
    const review = 'Made against a snapshot, for review only';
    return `${out === undefined ? review : `Kept in ${out}. ${review}`}; apply asks the database: schemactl apply\n`;
  }
  if (out !== undefined) return `${keptText(plan, out)}\n`;
  if (noop) return '';
  const [code] = violations.map((violation) => violation.code);
  const meaning = code === undefined ? '' : `What it means:       schemactl explain ${code}\n`;
  const same = planFlags(flags);
  return `${meaning}Keep it for review:  schemactl plan${same} --out plan.json\nApply it:            schemactl apply${same}\n`;
}

function forbiddenText(plan: Plan, flags: Flags): string {
  const forbidden = forbiddenHazards(plan, forbiddenIn(flags)).map(({ code, address }) => `${code}@${address}`);
  if (forbidden.length === 0) return '';
  return printable(`Forbidden in ${flags.env ?? ''}, whatever is allowed: ${forbidden.join(', ')}`) + '\n';
}

const prefix = 'snapshot:';

/** The snapshot file that `--against` names, or null for the live database. Throws 64 for what contradicts it. */
function snapshotOf(flags: Flags): string | null {
  const { against = 'live' } = flags;
  if (against === 'live') return null;
  const path = against.startsWith(prefix) ? against.slice(prefix.length) : '';
  if (path === '') throw usage(`--against takes live or snapshot:FILE, not "${against}".`);
  if ((flags.db ?? flags.url ?? flags.urlEnv ?? flags.urlFile ?? flags.ephemeral) !== undefined)
    throw usage('A plan against a snapshot connects to nothing; leave out the flags that name a database.');
  if (flags.checkData !== undefined && flags.checkData !== 'none')
    throw usage('A snapshot holds no documents that could be asked; leave out --check-data.');
  return path;
}

/** Says what apply would do. Writes nothing but the file that `--out` names. */
export async function plan(flags: Flags, io: Io): Promise<ExitCode> {
  const format = oneOf('--format', flags.format ?? 'text', planFormats);
  const files = reportFiles(flags, planFormats);
  const selection = selectionOf(flags);
  const checkData = oneOf('--check-data', flags.checkData ?? 'fast', ['full', 'fast', 'none']);
  const allow = parseAllow(flags.allow ?? []);
  const against = snapshotOf(flags);
  const loaded = await loadSchema(flags, io);
  const ignore = ignoredIn(flags, io.now());
  const options = {
    ...loaded,
    selection,
    allow,
    undo: flags.undo ?? true,
    samples: flags.samples ?? true,
    ignore,
    now: io.now(),
  };
  const show = async (made: Plan): Promise<ExitCode> => {
    if (flags.out !== undefined) await writePlan(flags.out, made, io);
    const from = describeSource(loaded) + (against === null ? '' : ` against ${against}`);
    const source = { from, holds: holds(loaded.schema) };
    const review = reviewOf(made, source, flags, loaded.sources);
    io.out(planRenderers(review, themeOf(io))[format]());
    await writeReports(files, planRenderers(review), io);
    const next = flags.quiet === true ? '' : hint(whatNext(made, flags, against), flags);
    if (format === 'text') io.out(forbiddenText(made, flags) + next);
    return flags.detailedExitcode === true ? detailedExitCode(made, forbiddenIn(flags)) : exitCodes.done;
  };
  if (against !== null) return show(await planSnapshot(await readSnapshot(against, io), options));
  return withDatabase(flags, io, async (db) => show(await planSchema(db, { ...options, checkData })));
}
