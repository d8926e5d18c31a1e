import { SchemactlError } from '../errors.ts';
import type { Flags } from './options.ts';

/** The flags that lead to the same database; a connection string given by --url is not repeated. */
function targetFlags({ db, env, config, urlEnv, urlFile }: Flags): string {
  const given = [
    ['--env', env],
    ['--config', config],
    ['--db', db],
    ['--url-env', urlEnv],
    ['--url-file', urlFile],
  ] as const;
  return given.flatMap(([flag, value]) => (value === undefined ? [] : [` ${flag} ${value}`])).join('');
}

const connecting =
  /schemactl (?:init|doctor|plan|drift|check|apply|resume|rollback|status|history|snapshot|diff|purge|unlock|grants)\b/g;

/** Commands that people are told to type next lead to the database that this one was about. */
export function hint(text: string, flags: Flags): string {
  const target = targetFlags(flags);
  return target === '' ? text : text.replace(connecting, (command) => command + target);
}

/** The same error with its next commands made whole. */
export function withHints<T>(error: T, flags: Flags): T | SchemactlError {
  if (!(error instanceof SchemactlError)) return error;
  const whole = error.next.map((line) => hint(line, flags));
  if (whole.every((line, at) => line === error.next[at])) return error;
  const { code, exitCode, details, diagnostics, cause } = error;
  return new SchemactlError(error.message, { code, exitCode, details, diagnostics, next: whole, cause });
}
