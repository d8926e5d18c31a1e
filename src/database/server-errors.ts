/** The server's errors on which something here depends, by the names that it gives them (6.0: src/mongo/base/error_codes.yml). */
export const serverErrors = {
  BadValue: 2,
  HostUnreachable: 6,
  HostNotFound: 7,
  Unauthorized: 13,
  AuthenticationFailed: 18,
  LockTimeout: 24,
  NamespaceNotFound: 26,
  IndexNotFound: 27,
  CursorNotFound: 43,
  LockBusy: 46,
  NamespaceExists: 48,
  MaxTimeMSExpired: 50,
  WriteConcernFailed: 64,
  NetworkTimeout: 89,
  ShutdownInProgress: 91,
  WriteConflict: 112,
  ConflictingOperationInProgress: 117,
  DocumentValidationFailure: 121,
  ReadConcernMajorityNotAvailableYet: 134,
  ExceededMemoryLimit: 146,
  CannotIndexParallelArrays: 171,
  QueryPlanKilled: 175,
  PrimarySteppedDown: 189,
  NetworkInterfaceExceededTimeLimit: 202,
  NoSuchTransaction: 251,
  TransactionTooLarge: 257,
  ExceededTimeLimit: 262,
  IndexBuildAborted: 276,
  UnsatisfiableCommitQuorum: 278,
  IndexBuildAlreadyInProgress: 285,
  QueryExceededMemoryLimitNoDiskUseAllowed: 292,
  CannotConvertIndexToUnique: 359,
  CollectionUUIDMismatch: 361,
  UserWritesBlocked: 371,
  /** What else is written at the same time counts as well. */
  TransactionTooLargeForCache: 388,
  /** Of Atlas, which puts its own refusals under one number. */
  AtlasError: 8000,
  SocketException: 9001,
  NotWritablePrimary: 10107,
  BSONObjectTooLarge: 10334,
  DuplicateKey: 11000,
  InterruptedAtShutdown: 11600,
  Interrupted: 11601,
  InterruptedDueToReplStateChange: 11602,
  BackgroundOperationInProgressForDatabase: 12586,
  BackgroundOperationInProgressForNamespace: 12587,
  NotPrimaryNoSecondaryOk: 13435,
  NotPrimaryOrSecondary: 13436,
  OutOfDiskSpace: 14031,
  /** Has no name: `$collStats` of a collection that is not there, on 4.4. */
  CollStatsOfNothing: 40481,
  /** Has no name: a document that an update would make larger than 16 MiB. */
  UpdateTooLarge: 17419,
} as const;

export type ServerErrorName = keyof typeof serverErrors;

/** What several errors have in common; each list has one meaning, and whoever asks for it asks here. */
const alike = {
  /** The network, a shutdown, another primary: the effect is not known, and the same command may be answered in a moment. */
  passing: [
    ...(['HostUnreachable', 'HostNotFound', 'NetworkTimeout', 'ShutdownInProgress', 'PrimarySteppedDown'] as const),
    ...(['SocketException', 'NotWritablePrimary', 'InterruptedAtShutdown', 'InterruptedDueToReplStateChange'] as const),
    ...(['NotPrimaryNoSecondaryOk', 'NotPrimaryOrSecondary'] as const),
  ],
  /** Somebody else is at work on the same: wait, and ask again. */
  busy: [
    ...(['LockTimeout', 'LockBusy', 'WriteConflict', 'ConflictingOperationInProgress'] as const),
    ...(['IndexBuildAlreadyInProgress', 'BackgroundOperationInProgressForDatabase'] as const),
    'BackgroundOperationInProgressForNamespace',
  ],
  /** The effect stands on the primary, only its replication was not confirmed in time. */
  unconfirmed: ['WriteConcernFailed'],
  forbidden: ['Unauthorized', 'AtlasError'],
  tooLong: ['MaxTimeMSExpired', 'ExceededTimeLimit'],
  /** Less at once may be taken. */
  tooLarge: ['BSONObjectTooLarge', 'TransactionTooLarge', 'TransactionTooLargeForCache'],
  /** The documents themselves stand against what is to be written. */
  data: [
    ...(['DocumentValidationFailure', 'DuplicateKey', 'BSONObjectTooLarge', 'UpdateTooLarge'] as const),
    ...(['CannotIndexParallelArrays', 'CannotConvertIndexToUnique'] as const),
  ],
  /** What is asked of is not there. */
  missing: ['NamespaceNotFound', 'IndexNotFound', 'CollStatsOfNothing'],
  /** Memory, a plan or cursor that was taken away, a member that lags: nothing about what was asked. */
  ofTheMoment: [
    ...(['CursorNotFound', 'ReadConcernMajorityNotAvailableYet', 'ExceededMemoryLimit', 'QueryPlanKilled'] as const),
    ...(['NetworkInterfaceExceededTimeLimit', 'QueryExceededMemoryLimitNoDiskUseAllowed', 'Interrupted'] as const),
  ],
} as const satisfies Readonly<Record<string, readonly ServerErrorName[]>>;

const { passing, busy, unconfirmed, forbidden, tooLong, missing, ofTheMoment } = alike;

const groups = {
  ...alike,
  /** What the server says of these is about itself, the time or who asks: no value of a document is in it. */
  wordsOfNoDocument: [
    ...[passing, busy, unconfirmed, forbidden, tooLong, missing, ofTheMoment].flat(),
    ...(['AuthenticationFailed', 'DocumentValidationFailure', 'TransactionTooLarge', 'NoSuchTransaction'] as const),
    ...(['TransactionTooLargeForCache', 'CollectionUUIDMismatch'] as const),
  ],
} as const satisfies Readonly<Record<string, readonly ServerErrorName[]>>;

export type ServerErrorGroup = keyof typeof groups;

const numbers = new Map<ServerErrorName | ServerErrorGroup, readonly number[]>([
  ...(Object.entries(serverErrors) as readonly (readonly [ServerErrorName, number])[]).map(
    ([name, code]) => [name, [code]] as const,
  ),
  ...(Object.entries(groups) as readonly (readonly [ServerErrorGroup, readonly ServerErrorName[]])[]).map(
    ([group, names]) => [group, names.map((name) => serverErrors[name])] as const,
  ),
]);

/** Whether a server's number is that of one of these errors, or of an error of one of these groups. */
export const isCodeOf = (code: number | null, names: readonly (ServerErrorName | ServerErrorGroup)[]): boolean =>
  code !== null && names.some((name) => numbers.get(name)?.includes(code) === true);
