import { type ExitCode, exitCodes } from '../errors.ts';
import { encodeSnapshot, type Snapshot } from '../planner/snapshot.ts';
import { plural, shellWord } from '../state/words.ts';
import { takeSnapshot } from '../workflow/snapshot.ts';
import { withDatabase } from './connection.ts';
import type { Io } from './io.ts';
import type { Flags } from './options.ts';
import { formatOf } from './output.ts';
import { writeSnapshot } from './snapshot-files.ts';

function text({ structure, target, ledger }: Snapshot, path: string): string {
  const collections = Object.values(structure.collections);
  const indexes = collections.reduce((sum, { indexes: own }) => sum + Object.keys(own).length, 0);
  const holds = `${plural(collections.length, 'collection')}, ${plural(indexes, 'index', 'indexes')}, ${plural(ledger.length, 'applied object')}`;
  return [
    `Kept the structure of ${target.database} in ${path}: ${holds}; no documents.`,
    `Next: schemactl plan --against ${shellWord(`snapshot:${path}`)}    plan without a server`,
    `      schemactl diff ${shellWord(`snapshot:${path}`)} live         what has changed since`,
    '',
  ].join('\n');
}

/** Keeps the structure of a database in a file, or prints it. Writes nothing else. */
export async function snapshot(flags: Flags, io: Io): Promise<ExitCode> {
  const format = formatOf(flags);
  return withDatabase(flags, io, async (db) => {
    const taken = await takeSnapshot(db, io.now());
    if (flags.out !== undefined) await writeSnapshot(flags.out, taken, io);
    io.out(format === 'json' || flags.out === undefined ? encodeSnapshot(taken) : text(taken, flags.out));
    return exitCodes.done;
  });
}
