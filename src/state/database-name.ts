import { exitCodes, SchemactlError } from '../errors.ts';

const reserved: ReadonlySet<string> = new Set(['admin', 'config', 'local']);

/** Whether the name belongs to the server. */
export const isReserved = (name: string): boolean => reserved.has(name);

/** The server's own rule for database names (manual, "Naming Restrictions"). */
export const isDatabaseName = (name: string): boolean =>
  name !== '' && !/[/\\. "$*<>:|?\0]/.test(name) && new TextEncoder().encode(name).length <= 63;

function configuration(message: string, next: string): SchemactlError {
  return new SchemactlError(message, { code: 'SCH7804', exitCode: exitCodes.configuration, next: [next] });
}

/** Throws SchemactlError 78 where a database cannot keep the records of another one. */
export function assertStateDatabase(name: string, database: string): void {
  if (isReserved(name) || !isDatabaseName(name))
    throw configuration(`"${name}" cannot be a state database.`, 'Name a database of your own as stateDatabase.');
  // The ids of records are `DATABASE#RUN#…`: those of "a" and of "a#1" would meet.
  if (database.includes('#'))
    throw configuration(
      `Another database cannot keep the records of "${database}": its name holds "#".`,
      'Leave out stateDatabase there.',
    );
}
