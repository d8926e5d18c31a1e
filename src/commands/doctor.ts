import { exitCodes, type ExitCode, SchemactlError } from '../errors.ts';
import { doctorJson, doctorText } from '../report/doctor.ts';
import { checklistTitles, isTicked } from '../state/checklist.ts';
import { defaultRetentionMs } from '../state/duration.ts';
import type { Schema } from '../state/types.ts';
import { examine } from '../workflow/doctor/doctor.ts';
import { withDatabase } from './connection.ts';
import { forbiddenIn } from './environment.ts';
import { hint } from './hints.ts';
import type { Io } from './io.ts';
import { type Flags, usage, wholeNumber } from './options.ts';
import { formatOf, themeOf } from './output.ts';
import { databaseOfPlan, readPlan } from './plan-files.ts';
import { loadSchema } from './schema-files.ts';
import { whereOf } from './source.ts';

/** The schema that the data is checked against; none where none is named and there is none at the default place. */
async function schemaOf(flags: Flags, io: Io): Promise<Schema | null> {
  try {
    return (await loadSchema(flags, io)).schema;
  } catch (error) {
    const isMissing = error instanceof SchemactlError && error.code === 'SCH2121';
    if (isMissing && flags.schema === undefined) return null;
    throw error;
  }
}

/** Throws 64 for a title that is none. */
function skippedBy({ skip = [] }: Flags): readonly string[] {
  const unknown = skip.find((title) => !checklistTitles.includes(title));
  if (unknown === undefined) return skip;
  throw usage(`--skip takes the title of an item, not "${unknown}".`, `The titles: ${checklistTitles.join(', ')}`);
}

/** The pre-production checklist. Reads only; exits 2 where an item is not ticked. */
export async function doctor(path: string | undefined, flags: Flags, io: Io): Promise<ExitCode> {
  const format = formatOf(flags);
  const skip = skippedBy(flags);
  const sample = flags.sample === undefined ? null : wholeNumber('--sample', flags.sample, 1);
  const plan = path === undefined ? null : await readPlan(path, io);
  const schema = plan === null ? null : await schemaOf(flags, io);
  const target = plan === null ? flags : { ...flags, db: databaseOfPlan(plan, flags) };
  return withDatabase(target, io, async (db) => {
    const environment = flags.environment;
    const items = await examine(db, {
      plan,
      ...(path === undefined ? {} : { file: path }),
      schema,
      sample,
      forbid: forbiddenIn(flags),
      retentionMs: environment === undefined ? defaultRetentionMs : environment.retentionMs,
      skip,
    });
    const list = { database: db.name, plan: path ?? null, items, skipped: skip };
    const aim = (command: string): string => hint(command, target);
    io.out(format === 'json' ? doctorJson(list) : doctorText(list, whereOf(db), themeOf(io), aim));
    return items.every(isTicked) ? exitCodes.done : exitCodes.differences;
  });
}
