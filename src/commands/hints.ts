import { SchemactlError } from '../errors.ts';
import { shellWord } from '../state/words.ts';
import type { Flags } from './options.ts';

type Given = readonly (readonly [flag: string, value: string | readonly string[] | undefined])[];

const written = (given: Given): string =>
  given
    .flatMap(([flag, value]) =>
      value === undefined ? [] : [value].flat().map((each) => ` ${flag} ${shellWord(each)}`),
    )
    .join('');

/** The flags that lead to the same database; a connection string given by --url is not repeated. */
const targetFlags = ({ db, env, config, urlEnv, urlFile }: Flags): string =>
  written([
    ['--env', env],
    ['--config', config],
    ['--db', db],
    ['--url-env', urlEnv],
    ['--url-file', urlFile],
  ]);

/** The flags that make a plan of the same objects, by the same rules. */
export const planFlags = ({ only, exclude, milestone, through, allow, undo }: Flags): string =>
  written([
    ['--only', only],
    ['--exclude', exclude],
    ['--milestone', milestone],
    ['--through', through],
    ['--allow', allow],
  ]) + (undo === false ? ' --no-undo' : '');

const connecting =
  /schemactl (init|doctor|plan|drift|check|apply|resume|rollback|status|history|snapshot|diff|purge|unlock|grants)\b(.*)/g;

/** Those that read the schema files; a saved plan says itself what it was made from. */
export const readingSchema: readonly string[] = ['doctor', 'plan', 'drift', 'check', 'apply', 'status', 'diff'];

/** Commands that people are told to type next lead to the database and the schema that this one was about. */
export function hint(text: string, flags: Flags): string {
  const target = targetFlags(flags);
  const schema = written([['--schema', flags.schema]]);
  return text.replace(connecting, (_, command: string, rest: string) => {
    const isSaved = command === 'apply' && /^ [^\s-]/.test(rest);
    const reads = readingSchema.includes(command) && !isSaved && !rest.includes('--schema');
    return `schemactl ${command}${target}${reads ? schema : ''}${hint(rest, flags)}`;
  });
}

/** The same error with its next commands made whole. */
export function withHints<T>(error: T, flags: Flags): T | SchemactlError {
  if (!(error instanceof SchemactlError)) return error;
  const whole = error.next.map((line) => hint(line, flags));
  if (whole.every((line, at) => line === error.next[at])) return error;
  const { code, exitCode, details, diagnostics, cause } = error;
  return new SchemactlError(error.message, { code, exitCode, details, diagnostics, next: whole, cause });
}
