import { DatabaseError, type Database } from './port.ts';
import { type Doc, docOf } from '../state/value.ts';

const numbered = ({ code, codeName }: DatabaseError): string => `${code ?? ''} ${codeName}`.trim();

/**
 * Why the server did not answer a command that reads. Its own words are repeated only where it cannot even plan the command, and
 * so has seen no document: words about a document may hold its values.
 */
export async function refusalWords(db: Database, command: Doc, error: DatabaseError): Promise<string> {
  const refused = await db.run(docOf({ explain: command, verbosity: 'queryPlanner' })).catch((cause: unknown) => cause);
  return refused instanceof DatabaseError && refused.code === error.code
    ? `the server cannot run it: ${numbered(refused)}: ${refused.message}`
    : `the server failed on what a document holds: ${numbered(error)}`;
}
