import { exitCodes, type ExitCode } from '../errors.ts';
import { historyJson, historyText, runJsonText, runText } from '../report/history.ts';
import { statusJson, statusText } from '../report/status.ts';
import { defaultRetentionMs } from '../state/duration.ts';
import { hasDifferences, readHistory, readRun, readStatus } from '../workflow/status.ts';
import { withDatabase } from './connection.ts';
import { hint } from './hints.ts';
import type { Io } from './io.ts';
import { type Flags, usage, wholeNumber } from './options.ts';
import { formatOf, themeOf } from './output.ts';
import { loadSchema } from './schema-files.ts';

/** Where every milestone stands, and what can be taken back. Reads only. */
export async function status(flags: Flags, io: Io): Promise<ExitCode> {
  const format = formatOf(flags);
  const { schema } = await loadSchema(flags, io);
  const retentionMs = flags.environment === undefined ? defaultRetentionMs : flags.environment.retentionMs;
  return withDatabase(flags, io, async (db) => {
    const found = await readStatus(db, schema);
    io.out(
      format === 'json' ? statusJson(found, retentionMs) : hint(statusText(found, retentionMs, themeOf(io)), flags),
    );
    return flags.detailedExitcode === true && hasDifferences(found) ? exitCodes.differences : exitCodes.done;
  });
}

/** All runs, or one with what became of each of its steps. Reads only. */
export async function history(run: string | undefined, flags: Flags, io: Io): Promise<ExitCode> {
  const format = formatOf(flags);
  const wanted = run === undefined ? null : wholeNumber('RUN', run, 1);
  return withDatabase(flags, io, async (db) => {
    const runs = await readHistory(db);
    if (wanted === null) {
      io.out(format === 'json' ? historyJson(runs) : historyText(runs));
      return exitCodes.done;
    }
    const found = runs.find((one) => one.run.run === wanted);
    if (found === undefined) throw usage(`There is no run ${wanted}.`, 'List them: schemactl history');
    const told = { ...found, ...(await readRun(db, wanted)) };
    io.out(format === 'json' ? runJsonText(told) : hint(runText(told), flags));
    return exitCodes.done;
  });
}
