import { readUnits } from '../applier/journal.ts';
import { readRuns } from '../applier/runs.ts';
import { exitCodes, type ExitCode } from '../errors.ts';
import { historyJson, historyText, runJsonText, runText, statusJson, statusText } from '../report/status.ts';
import { hasDifferences, readStatus } from '../workflow/status.ts';
import { withDatabase } from './connection.ts';
import type { Io } from './io.ts';
import { type Flags, usage, wholeNumber } from './options.ts';
import { formatOf, themeOf } from './output.ts';
import { loadSchema } from './schema-files.ts';

/** Where every milestone stands. Reads only. */
export async function status(flags: Flags, io: Io): Promise<ExitCode> {
  const format = formatOf(flags);
  const { schema } = await loadSchema(flags, io);
  return withDatabase(flags, io, async (db) => {
    const found = await readStatus(db, schema);
    io.out(format === 'json' ? statusJson(found) : statusText(found, themeOf(io)));
    return flags.detailedExitcode === true && hasDifferences(found) ? exitCodes.differences : exitCodes.done;
  });
}

/** All runs, or one with what became of each of its steps. Reads only. */
export async function history(run: string | undefined, flags: Flags, io: Io): Promise<ExitCode> {
  const format = formatOf(flags);
  const wanted = run === undefined ? null : wholeNumber('RUN', run, 1);
  return withDatabase(flags, io, async (db) => {
    const runs = await readRuns(db);
    if (wanted === null) {
      io.out(format === 'json' ? historyJson(runs) : historyText(runs));
      return exitCodes.done;
    }
    const found = runs.find((one) => one.run === wanted);
    if (found === undefined) throw usage(`There is no run ${wanted}.`, 'List them: schemactl history');
    const units = await readUnits(db, wanted);
    const steps = units.flatMap((entry) =>
      entry.steps.map(({ id, address, action }) => ({
        address,
        action,
        state: entry.state,
        documents: documentsOf(entry, id),
      })),
    );
    io.out(format === 'json' ? runJsonText(found, steps) : runText(found, steps));
    return exitCodes.done;
  });
}

function documentsOf({ unit, counts }: Awaited<ReturnType<typeof readUnits>>[number], step: string): number {
  return unit.operations
    .flatMap((operation) => (operation.kind === 'rewrite' ? operation.edits : []))
    .reduce((sum, edit, at) => sum + (edit.step === step ? (counts[at] ?? 0) : 0), 0);
}
