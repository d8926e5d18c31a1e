import { MongoError, MongoServerError } from 'mongodb';
import { exitCodes, SchemactlError } from '../errors.ts';
import { DatabaseError } from './port.ts';
import { isCodeOf } from './server-errors.ts';
import { withoutValues } from './server-words.ts';

/** The driver's messages quote hosts but never credentials; a malformed URI is not quoted at all. */
export function asDatabaseError(error: unknown): unknown {
  if (!(error instanceof MongoError)) return error;
  const labels = error.errorLabels;
  if (error instanceof MongoServerError) {
    // With promoteValues off, the driver hands even the error's code over as an Int32.
    const code = error.code === undefined ? undefined : Number(error.code);
    const kind = isCodeOf(code ?? null, ['AuthenticationFailed']) ? 'authentication' : 'server';
    const details = { kind, codeName: error.codeName ?? '', labels, cause: error } as const;
    return new DatabaseError(withoutValues(error.message), code === undefined ? details : { ...details, code });
  }
  const kind = error.name === 'MongoServerSelectionError' ? 'unreachable' : 'network';
  return new DatabaseError(error.message, { kind, labels, cause: error });
}

/** A certificate or key that the connection string names and that the system does not give, or a name that does not resolve (srv). */
export function asConnectError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof MongoError || !('code' in error)) return asDatabaseError(error);
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
