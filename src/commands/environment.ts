import { relative, resolve } from 'node:path';
import { exitCodes, SchemactlError } from '../errors.ts';
import { parseAllow } from '../planner/hazards.ts';
import type { Environment } from '../state/configuration.ts';
import { isStanding } from '../state/ignored.ts';
import { invalidFiles } from './invalid-files.ts';
import type { Io } from './io.ts';
import { type Flags, usage } from './options.ts';
import { mebibyte, readRegularFile } from './regular-file.ts';

const defaultFile = 'schemactl.config.yaml';

function configuration(message: string, ...next: readonly string[]): SchemactlError {
  return new SchemactlError(message, { code: 'SCH7804', exitCode: exitCodes.configuration, next });
}

/** A hazard that is misspelt would forbid nothing. */
function assertHazards({ forbid }: Environment): void {
  try {
    parseAllow(forbid);
  } catch (cause) {
    if (!(cause instanceof SchemactlError)) throw cause;
    const { message, details } = cause;
    throw new SchemactlError(`forbid: ${message}`, { code: 'SCH7804', exitCode: exitCodes.configuration, details });
  }
}

/**
 * The environment that `--env` names, from `--config` or the default file; null without `--env`.
 * Throws SchemactlError 78 for a file that cannot be read, what it should not hold, and a `${VAR}` that is not set.
 */
async function environmentOf({ env: wanted, config }: Flags, io: Io): Promise<Environment | null> {
  if (wanted === undefined) {
    if (config !== undefined) throw usage('--config holds environments; name one of them: --env NAME');
    return null;
  }
  const file = resolve(io.cwd, config ?? defaultFile);
  const path = relative(io.cwd, file);
  const read = await readRegularFile(file, { links: 'any', largest: mebibyte });
  if ('why' in read)
    throw configuration(
      `The environment "${wanted}" cannot be looked up: the configuration file "${path}" ${read.why}.`,
      read.next ?? 'Name the file: --config FILE',
    );
  const text = read.toString('utf8');
  const { readConfiguration } = await import('../state/configuration.ts');
  const { environment, diagnostics, shown } = readConfiguration({ path, text }, wanted, io.env);
  if (environment === null) throw await invalidFiles(diagnostics, new Map([[path, shown]]), exitCodes.configuration);
  assertHazards(environment);
  return environment;
}

/** The flags with what their environment says. */
export async function inEnvironment(flags: Flags, io: Io): Promise<Flags> {
  const environment = await environmentOf(flags, io);
  return environment === null ? flags : { ...flags, environment };
}

/** The hazards that the environment forbids. */
export const forbiddenIn = ({ environment }: Flags): readonly string[] => environment?.forbid ?? [];

/** The addresses that the environment leaves unreported today. */
export function ignoredIn({ environment }: Flags, now: Date): readonly string[] {
  return (environment?.ignore ?? []).filter((rule) => isStanding(rule, now)).map(({ address }) => address);
}
