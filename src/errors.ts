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

/** How a connection string holds a secret, well written or not; an example that we give (`user:password@`) holds none. */
const secrets: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/(\bmongo\w*(?:\+\w+)?(?::(?!\d)\s*\/{0,2}|\/{1,2}))(?![\s/]*user:password@)[^\n]*@/gi, '$1…@'],
  [/(?<!\w)(?!user:password@)[^\s:"'`(/]+:\/{0,2}(?!\/*user:password@)\S*@/g, '…@'],
  [/(\bauthMechanismProperties=)[^\s&]*/gi, '$1…'],
  [/([\w.-]*(?:password|passwd|token|secret)[\w.-]*=)[^\s&]*/gi, '$1…'],
  [/(\b[A-Z_]*(?:PASSWORD|TOKEN|SECRET)[A-Z_]*:)[^\s&]+/g, '$1…'],
];

/** A connection string may stand where something else was meant: its credentials are left out. */
const withoutCredentials = (text: string): string =>
  secrets.reduce((shown, [pattern, instead]) => shown.replace(pattern, instead), text);

const masked = ({ hint, ...found }: Diagnostic): Diagnostic => ({
  ...found,
  message: withoutCredentials(found.message),
  file: withoutCredentials(found.file),
  ...(hint === undefined ? {} : { hint: withoutCredentials(hint) }),
});

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
    this.diagnostics = (options.diagnostics ?? []).map(masked);
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
