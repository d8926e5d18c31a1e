import { type Db, MongoError, MongoServerError } from 'mongodb';
import { type Doc, docOf } from '../state/value.ts';
import { toCommand } from './bson.ts';
import type { Answered } from './server-words.ts';
import { exitCodes, SchemactlError } from '../errors.ts';
import { DatabaseError } from './port.ts';
import { isCodeOf } from './server-errors.ts';
import { type AskWithoutDocuments, ofNothing, shownWords } from './without-documents.ts';

/** With promoteValues off, the driver hands even the error's code over as an Int32. */
const answeredBy = ({ code, codeName = '', message }: MongoServerError): Answered => ({
  code: code === undefined ? null : Number(code),
  codeName,
  message,
});

/**
 * Asks by `explain`, of a collection that is not there. To explain a command where documents are would not do: to choose between
 * two indexes the server tries both on documents, and says what they hold (6.0.5).
 */
export const askingWithoutDocuments =
  (target: Db): AskWithoutDocuments =>
  async (command) => {
    try {
      await target.command(toCommand(docOf({ explain: ofNothing(command), verbosity: 'queryPlanner' })), { raw: true });
      return null;
    } catch (error) {
      return error instanceof MongoServerError ? answeredBy(error) : null;
    }
  };

const asAnswered = (error: MongoServerError, message: string): DatabaseError => {
  const { code, codeName } = answeredBy(error);
  const kind = isCodeOf(code, ['AuthenticationFailed']) ? 'authentication' : 'server';
  return new DatabaseError(message, { kind, code, codeName, labels: error.errorLabels, cause: error });
};

/** The driver's messages quote hosts but never credentials; a malformed URI is not quoted at all. */
function asNetworkError(error: MongoError): DatabaseError {
  const kind = error.name === 'MongoServerSelectionError' ? 'unreachable' : 'network';
  return new DatabaseError(error.message, { kind, labels: error.errorLabels, cause: error });
}

/** What came of a command, or of what is sent around commands: a handshake, a commit. */
export async function asDatabaseError(error: unknown, command: Doc, ask: AskWithoutDocuments): Promise<unknown> {
  if (!(error instanceof MongoError)) return error;
  if (!(error instanceof MongoServerError)) return asNetworkError(error);
  return asAnswered(error, await shownWords(answeredBy(error), command, ask));
}

/** A certificate or key that the connection string names and that the system does not give, or a name that does not resolve (srv). */
export function asConnectError(error: unknown): unknown {
  if (error instanceof MongoServerError) return asAnswered(error, error.message);
  if (error instanceof MongoError) return asNetworkError(error);
  if (!(error instanceof Error) || !('code' in error)) return error;
  if ('syscall' in error && String(error.syscall).startsWith('query'))
    return new DatabaseError(error.message, { kind: 'unreachable', cause: error });
  const path = 'path' in error ? ` "${String(error.path)}"` : '';
  return new SchemactlError(`A file${path} that the connection string names cannot be used (${String(error.code)}).`, {
    code: 'SCH7806',
    exitCode: exitCodes.configuration,
    next: ['Check tlsCAFile and tlsCertificateKeyFile.'],
    cause: error,
  });
}
