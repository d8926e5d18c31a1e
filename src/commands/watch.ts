import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../database/port.ts';
import { type ExitCode, exitCodes } from '../errors.ts';
import { severities } from '../state/language/schema.ts';
import { withDatabase } from './connection.ts';
import type { Io } from './io.ts';
import { type KnownFindings, readBaseline, readState, writeState } from './known-findings.ts';
import { type Flags, milliseconds, oneOf, usage } from './options.ts';
import { type Renderers, reportFiles, writeReports } from './reports.ts';

/** What every command that looks for findings is asked, read before anything is connected to. Throws 64 for what cannot be. */
export function watchOptions<const Format extends string>(flags: Flags, formats: readonly Format[]) {
  if (flags.every === undefined && (flags.for !== undefined || flags.failFast === true))
    throw usage('--for and --fail-fast belong to --every.', 'Say how often to look: --every 60s');
  return {
    format: oneOf('--format', flags.format ?? 'text', formats),
    files: reportFiles(flags, formats),
    failOn: flags.failOn === undefined ? null : oneOf('--fail-on', flags.failOn, severities),
    everyMs: flags.every === undefined ? null : milliseconds('--every', flags.every),
    forMs: flags.for === undefined ? Number.POSITIVE_INFINITY : milliseconds('--for', flags.for),
  };
}

/** What one look came to. */
export interface Look<Format extends string, Known> {
  readonly renderers: Renderers<Format>;
  /** Whether there is something to say that was not said before. */
  readonly hasNews: boolean;
  readonly failed: boolean;
  /** What could not be answered: the command then fails with 1, whatever else was found. */
  readonly unanswered: readonly string[];
  /** What is known from now on; null where nothing could be judged, so that what was known stays so. */
  readonly known: readonly Known[] | null;
}

interface Watched<Format extends string, Known> extends KnownFindings<Known> {
  readonly options: ReturnType<typeof watchOptions<Format>>;
  /** `before` is what was accepted, or found by an earlier look. */
  readonly look: (db: Database, before: readonly Known[]) => Promise<Look<Format, Known>>;
}

/**
 * Looks once, or again and again with `--every`: what is new is printed and reported, later looks that find nothing new print
 * nothing. Answers 2 where a look failed, and 1 where something could not be answered.
 */
export async function watch<Format extends string, Known>(
  flags: Flags,
  io: Io,
  watched: Watched<Format, Known>,
): Promise<ExitCode> {
  const { format, files, everyMs, forMs } = watched.options;
  const accepted = await readBaseline(flags.baseline, watched, io);
  let last = await readState(flags.changedOnly, watched, io);
  const began = io.now().getTime();
  return withDatabase(flags, io, async (db) => {
    let isQuiet = flags.changedOnly !== undefined && flags.format !== 'json';
    let failed = false;
    let unanswered: readonly string[] = [];
    for (;;) {
      const look = await watched.look(db, [...accepted, ...last]);
      const hasNews = look.hasNews || look.unanswered.some((address) => !unanswered.includes(address));
      if (!isQuiet || hasNews) io.out(look.renderers[format]());
      await writeReports(files, look.renderers, io);
      if (look.known !== null) {
        last = look.known;
        await writeState(flags.changedOnly, db.name, last, io);
      }
      failed ||= look.failed;
      unanswered = [...new Set([...unanswered, ...look.unanswered])];
      isQuiet = true;
      const isOver = everyMs === null || io.now().getTime() + everyMs > began + forMs;
      const code = unanswered.length > 0 ? exitCodes.failed : failed ? exitCodes.differences : exitCodes.done;
      if (isOver || (code !== exitCodes.done && flags.failFast === true)) return code;
      await sleep(everyMs);
    }
  });
}
