import { type ExitCode, exitCodes } from '../errors.ts';
import { grantsJson, grantsText } from '../report/grants.ts';
import { databaseOf, stateDatabaseOf } from './connection.ts';
import type { Io } from './io.ts';
import type { Flags } from './options.ts';
import { formatOf } from './output.ts';

/** Prints the minimal roles as createRole commands. Connects to nothing. */
export async function grants(flags: Flags, io: Io): Promise<ExitCode> {
  const database = await databaseOf(flags, io);
  const stateDatabase = stateDatabaseOf(flags, database);
  const told = formatOf(flags) === 'json' ? grantsJson : grantsText;
  io.out(told(database, stateDatabase));
  return exitCodes.done;
}
