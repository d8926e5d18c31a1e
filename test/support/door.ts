import { inject } from 'vitest';
import { asSchemactlError } from '../../src/commands/failure.ts';
import { connect } from '../../src/database/mongo.ts';
import type { Database } from '../../src/database/port.ts';
import { errorScreen } from '../../src/report/error.ts';
import { plainTheme } from '../../src/report/theme.ts';

/** Opens a database of the run's server through our own door. */
export async function withDoor<T>(database: string, work: (door: Database) => Promise<T>): Promise<T> {
  const door = await connect({ url: inject('uri'), database, connectTimeoutMs: 5000 });
  try {
    return await work(door);
  } finally {
    await door.close();
  }
}

/** What a person is told of what was thrown; `nothing` where it was not. */
export const told = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing',
    (error: unknown) => errorScreen(asSchemactlError(error), plainTheme),
  );
