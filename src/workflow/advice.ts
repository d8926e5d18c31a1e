import { DatabaseError, isServerError } from '../database/port.ts';
import type { ServerErrorName } from '../database/server-errors.ts';
import { exitCodes, type ExitCode } from '../errors.ts';

const whichDocuments = 'See which documents, with some of their ids: schemactl plan';

interface Cause {
  readonly names: readonly ServerErrorName[];
  readonly next: readonly string[];
  /** Where nothing was written. */
  readonly exitCode?: ExitCode;
}

/** What is first to be done, by what the server answered; going on meets the same again. */
const causes: readonly Cause[] = [
  {
    names: ['DocumentValidationFailure'],
    next: ['First mend the documents that the validator refuses, or the validator itself (collMod)'],
  },
  {
    names: ['DuplicateKey', 'CannotConvertIndexToUnique'],
    next: ['First mend the documents that would share a key', whichDocuments],
  },
  {
    names: ['CannotIndexParallelArrays'],
    next: ['First mend the documents that hold arrays in several fields of the index', whichDocuments],
  },
  {
    names: ['BSONObjectTooLarge', 'UpdateTooLarge'],
    next: ['First make the document smaller: a server takes 16 MiB'],
  },
  {
    names: ['NamespaceExists'],
    next: ['Somebody made it meanwhile, otherwise than it is declared. Look at it: schemactl diff'],
  },
  {
    names: ['IndexBuildAborted', 'Interrupted'],
    next: ['Somebody on the server ended it: dropIndexes, killOp. Find out who, then go on'],
  },
  {
    names: ['UnsatisfiableCommitQuorum'],
    next: [
      'Bring back members that vote and hold data: a majority of them must build the index (rs.status(), rs.conf())',
    ],
    exitCode: exitCodes.configuration,
  },
  {
    names: ['OutOfDiskSpace'],
    next: ['Free space on the disks of the server, then go on'],
  },
  {
    names: ['UserWritesBlocked'],
    next: [
      'Writes are blocked for the whole server; have them allowed again: setUserWriteBlockMode with global: false',
    ],
  },
  {
    names: ['MaxTimeMSExpired', 'ExceededTimeLimit'],
    next: ['A limit of the server ended it. Look what else it is at work on, then go on'],
  },
];

const causeOf = (error: DatabaseError): Cause | undefined => causes.find(({ names }) => isServerError(error, ...names));

const unknownCause = 'Look the code up in the MongoDB manual ("Error Codes"), mend the cause, then go on';

/** What to do about what the server answered; there is always something. */
export const serverAdvice = (error: DatabaseError): readonly string[] => causeOf(error)?.next ?? [unknownCause];

/** With what a command ends that the server refused before anything was written. */
export function refusedExit(error: unknown): ExitCode {
  if (isServerError(error, 'forbidden')) return exitCodes.forbidden;
  if (isServerError(error, 'data')) return exitCodes.violated;
  return (error instanceof DatabaseError ? causeOf(error)?.exitCode : undefined) ?? exitCodes.failed;
}
