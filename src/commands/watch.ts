import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../database/port.ts';
import { type ExitCode, exitCodes } from '../errors.ts';
import { duration } from '../report/format.ts';
import { grouped, plural } from '../state/words.ts';
import { severities } from '../state/language/schema.ts';
import { withDatabase } from './connection.ts';
import type { Io } from './io.ts';
import { type KnownFindings, readBaseline, readState, writeState } from './known-findings.ts';
import { type Flags, milliseconds, oneOf, usage } from './options.ts';
import { type Renderers, reportFiles, writeReports } from './reports.ts';

/** Without a pause the looks themselves would be the load. */
const leastPauseMs = 1000;

function pause(text: string): number {
  const found = milliseconds('--every', text);
  if (found < leastPauseMs) throw usage(`--every takes at least 1s, not "${text}".`);
  return found;
}

/** What every command that looks for findings is asked, read before anything is connected to. Throws 64 for what cannot be. */
export function watchOptions<const Format extends string>(flags: Flags, formats: readonly Format[]) {
  if (flags.every === undefined && (flags.for !== undefined || flags.failFast === true))
    throw usage('--for and --fail-fast belong to --every.', 'Say how often to look: --every 60s');
  return {
    format: oneOf('--format', flags.format ?? 'text', formats),
    files: reportFiles(flags, formats),
    failOn: flags.failOn === undefined ? null : oneOf('--fail-on', flags.failOn, severities),
    everyMs: flags.every === undefined ? null : pause(flags.every),
    forMs: flags.for === undefined ? Number.POSITIVE_INFINITY : milliseconds('--for', flags.for),
  };
}

/** What one look came to. */
export interface Look<Format extends string, Known> {
  readonly renderers: Renderers<Format>;
  /** How many findings were not known before, and how many of before are found no longer. */
  readonly fresh: number;
  readonly gone: number;
  readonly failed: boolean;
  /** What could not be answered: the command then fails with 1, whatever else was found. */
  readonly unanswered: readonly string[];
  /** What is known from now on; null where nothing could be judged, so that what was known stays so. */
  readonly known: readonly Known[] | null;
}

interface Seen {
  readonly looks: number;
  readonly fresh: number;
  readonly gone: number;
}

interface Watched<Format extends string, Known> extends KnownFindings<Known> {
  readonly options: ReturnType<typeof watchOptions<Format>>;
  /** `before` is what was accepted, or found by an earlier look. */
  readonly look: (db: Database, before: readonly Known[]) => Promise<Look<Format, Known>>;
}

/** `2026-11-27 02:10:05 UTC` */
const moment = (date: Date): string => `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/** `Looked 5 times in 8 s: 2 findings now; since the first look 1 new, 0 mended.` */
function seenWords({ looks, fresh, gone }: Seen, findings: number, tookMs: number): string {
  const now = `Looked ${plural(looks, 'time')} in ${duration(tookMs / 1000)}: ${plural(findings, 'finding')} now`;
  return looks === 1 ? `${now}.` : `${now}; since the first look ${grouped(fresh)} new, ${grouped(gone)} mended.`;
}

/**
 * Looks once, or again and again with `--every`: what is new is printed with its time and reported, later looks that find nothing
 * new print nothing, and the last line says what was seen (beside another format than text on stderr). Answers 2 where a look failed, and 1 where something could not be answered.
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
    const seen = { looks: 0, fresh: 0, gone: 0 };
    for (;;) {
      const look = await watched.look(db, [...accepted, ...last]);
      const isFailing = look.unanswered.some((address) => !unanswered.includes(address));
      if (!isQuiet || look.fresh + look.gone > 0 || isFailing) {
        if (everyMs !== null && format === 'text') io.out(`${moment(io.now())}\n`);
        io.out(look.renderers[format]());
      }
      await writeReports(files, look.renderers, io);
      if (look.known !== null) {
        last = look.known;
        await writeState(flags.changedOnly, db.name, last, io);
      }
      seen.looks += 1;
      if (seen.looks > 1) [seen.fresh, seen.gone] = [seen.fresh + look.fresh, seen.gone + look.gone];
      failed ||= look.failed;
      unanswered = [...new Set([...unanswered, ...look.unanswered])];
      isQuiet = true;
      const now = io.now().getTime();
      const isOver = everyMs === null || now + everyMs > began + forMs;
      const code = unanswered.length > 0 ? exitCodes.failed : failed ? exitCodes.differences : exitCodes.done;
      if (isOver || (code !== exitCodes.done && flags.failFast === true)) {
        const line = `${moment(io.now())}  ${seenWords(seen, last.length, now - began)}\n`;
        if (everyMs !== null) (format === 'text' ? io.out : io.err)(line);
        return code;
      }
      await sleep(everyMs);
    }
  });
}
