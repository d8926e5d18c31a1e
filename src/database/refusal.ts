import { DatabaseError, type Database } from './port.ts';
import { type Doc, docOf } from '../state/value.ts';

/** `13 Unauthorized` */
export const numbered = ({ code, codeName }: DatabaseError): string => `${code ?? ''} ${codeName}`.trim();

/** What the server has against a command that reads. */
export interface Refusal {
  /** Whether it cannot even plan the command, and so has seen no document. */
  readonly isOfTheCommand: boolean;
  readonly words: string;
}

export async function refusalOf(db: Database, command: Doc, error: DatabaseError): Promise<Refusal> {
  const refused = await db.run(docOf({ explain: command, verbosity: 'queryPlanner' })).catch((cause: unknown) => cause);
  return refused instanceof DatabaseError && refused.code === error.code
    ? { isOfTheCommand: true, words: `the server cannot run it: ${numbered(error)}: ${error.message}` }
    : { isOfTheCommand: false, words: `the server failed on what a document holds: ${numbered(error)}` };
}
