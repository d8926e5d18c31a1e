import type { Diagnostic } from './diagnostics.ts';

/** The exit codes of the command line, the same for every command (the table in the README). */
export const exitCodes = {
  done: 0,
  failed: 1,
  differences: 2,
  blocked: 20,
  stale: 21,
  violated: 22,
  partial: 23,
  locked: 24,
  usage: 64,
  invalid: 65,
  unreachable: 69,
  forbidden: 77,
  configuration: 78,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export interface SchemactlErrorOptions {
  readonly code: string;
  readonly exitCode: ExitCode;
  /** What to do now; one or more whole sentences or commands. */
  readonly next?: readonly string[];
  /** More facts, one a line; they too are shown. */
  readonly details?: readonly string[];
  /** What is wrong in files, each with its place. */
  readonly diagnostics?: readonly Diagnostic[];
  readonly cause?: unknown;
}

/** A connection string may stand where something else was meant: its credentials are left out, but for those of an example. */
const withoutCredentials = (text: string): string =>
  text.replace(/(mongodb(?:\+srv)?:\/\/)(?!user:password@)\S*@/g, '$1…@');

/**
 * An error that people see: a stable code (`SCH` and four digits), one sentence, what to do next,
 * and the exit code of the command. Neither holds a connection string, a password or document contents.
 */
export class SchemactlError extends Error {
  readonly code: string;
  readonly exitCode: ExitCode;
  readonly next: readonly string[];
  readonly details: readonly string[];
  readonly diagnostics: readonly Diagnostic[];

  constructor(message: string, options: SchemactlErrorOptions) {
    super(withoutCredentials(message), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SchemactlError';
    this.code = options.code;
    this.exitCode = options.exitCode;
    this.next = (options.next ?? []).map(withoutCredentials);
    this.details = (options.details ?? []).map(withoutCredentials);
    this.diagnostics = options.diagnostics ?? [];
  }
}

/** A state that our own code should never reach; the message says which rule broke. */
export function internalError(message: string): SchemactlError {
  return new SchemactlError(`Internal error: ${message}`, {
    code: 'SCH9001',
    exitCode: exitCodes.failed,
    next: ['This is a bug in schemactl; nothing further was done. Please report it with the plan file.'],
  });
}
