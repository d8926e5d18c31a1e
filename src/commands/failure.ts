import { DatabaseError, isServerError } from '../database/port.ts';
import { exitCodes, SchemactlError } from '../errors.ts';
import { serverAdvice } from '../workflow/advice.ts';

const connectionHelp = ['Check that the server runs, and the connection string (--url-env, default MONGODB_URI).'];

/** `the server said: 13 Unauthorized: …` */
const saidBy = (error: DatabaseError): string =>
  error.code === null
    ? `the driver said: ${error.message}`
    : `the server said: ${error.code} ${error.codeName}: ${error.message}`;

/** What the server forbade; `missing`: the privileges that would allow it, where they are known. */
export function forbidden(error: DatabaseError, missing: readonly string[] = []): SchemactlError {
  return new SchemactlError('This user may not do that.', {
    code: 'SCH7702',
    exitCode: exitCodes.forbidden,
    details: [...missing.map((line) => `missing: ${line}`), saidBy(error)],
    next: ['Reading needs the role read; for changing see: schemactl grants'],
    cause: error,
  });
}

/** What is thrown, as an error that people see: with code, exit code and what to do. The cause is kept. */
export function asSchemactlError(error: unknown): SchemactlError {
  if (error instanceof SchemactlError) return error;
  if (!(error instanceof DatabaseError)) {
    const words = error instanceof Error ? error.message : String(error);
    return new SchemactlError(`Unexpected error: ${words}`, {
      code: 'SCH9002',
      exitCode: exitCodes.failed,
      next: ['This is a bug in schemactl; please report it.'],
      cause: error,
    });
  }
  const details = [saidBy(error)];
  if (error.kind === 'authentication') {
    return new SchemactlError('The server refused the user name or password.', {
      code: 'SCH7701',
      exitCode: exitCodes.forbidden,
      details,
      next: ['Check the user, the password and authSource in the connection string.'],
      cause: error,
    });
  }
  const isForbidden: boolean = isServerError(error, 'forbidden');
  if (isForbidden) return forbidden(error);
  if (error.kind === 'unreachable' || error.kind === 'network') {
    return new SchemactlError('The server cannot be reached.', {
      code: 'SCH6902',
      exitCode: exitCodes.unreachable,
      details,
      next: connectionHelp,
      cause: error,
    });
  }
  return new SchemactlError('The server refused a command.', {
    code: 'SCH1002',
    exitCode: exitCodes.failed,
    details,
    next: serverAdvice(error),
    cause: error,
  });
}
