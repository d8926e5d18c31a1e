import { exitCodes, type ExitCode } from '../errors.ts';
import { purgedText, purgeJson, purgeText } from '../report/purge.ts';
import { defaultRetentionMs } from '../state/duration.ts';
import type { PurgePlan, WhichUndo } from '../state/purge.ts';
import { planPurge, runPurge } from '../workflow/purge.ts';
import { changingDatabase, withDatabase } from './connection.ts';
import { consent } from './consent.ts';
import type { Io } from './io.ts';
import { type Flags, milliseconds, usage, wholeNumber } from './options.ts';
import { formatOf, themeOf } from './output.ts';
import { durations, leaving, runOptions } from './run-options.ts';
import { whereOf } from './source.ts';

const day = 86_400_000;

const forgetting = ['Approve it: --auto-approve', 'See it first: schemactl purge --plan-only'];

interface Asked {
  readonly which: WhichUndo;
  readonly words: string;
}

/** What the flags ask for; without any, what is older than the retention. Throws 64 for what contradicts itself. */
function askedBy({ run, all, olderThan, environment }: Flags): Asked {
  if ([run, all, olderThan].filter((value) => value !== undefined).length > 1)
    throw usage('Give one of --run, --all and --older-than.');
  if (run !== undefined) return { which: { kind: 'run', run: wholeNumber('--run', run, 1) }, words: `run ${run}` };
  if (all === true) return { which: { kind: 'all' }, words: 'all runs' };
  if (olderThan !== undefined)
    return {
      which: { kind: 'older', milliseconds: milliseconds('--older-than', olderThan) },
      words: `older than ${olderThan}`,
    };
  const kept = environment === undefined ? defaultRetentionMs : environment.retentionMs;
  if (kept === null)
    throw usage('undo.retention is "forever" here: say what to forget.', 'Say it: --older-than 90d, --run N or --all');
  return { which: { kind: 'older', milliseconds: kept }, words: `older than ${kept / day} days` };
}

/** Forgets what runs kept to be rolled back with. History stays. */
export async function purge(flags: Flags, io: Io): Promise<ExitCode> {
  const { which, words } = askedBy(flags);
  durations(flags);
  const format = formatOf(flags);
  const opening = flags.planOnly === true ? withDatabase : changingDatabase;
  return opening(flags, io, async (db) => {
    const plan = await planPurge(db, which);
    const isOnlySaid = flags.planOnly === true || plan.runs.length + plan.leftovers.length === 0;
    if (format === 'text') io.out(purgeText(plan, whereOf(db), words, themeOf(io)));
    if (isOnlySaid) {
      if (format === 'json') io.out(purgeJson(plan, false));
      return exitCodes.done;
    }
    if (!(await consent('Forget it? There is no way back.', flags, io, forgetting))) {
      io.err('Nothing was changed.\n');
      return exitCodes.failed;
    }
    const options = await runOptions(flags, io, db, () => undefined);
    const work = (): Promise<PurgePlan> => runPurge(db, which, plan, options);
    const done = await io.orderly(work, leaving(options, 'schemactl purge --plan-only', flags));
    io.out(format === 'json' ? purgeJson(done, true) : purgedText(done));
    return exitCodes.done;
  });
}
