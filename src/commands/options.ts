import { exitCodes, SchemactlError } from '../errors.ts';
import type { Environment } from '../state/configuration.ts';
import { parseDuration } from '../state/duration.ts';

/** Flags as commander hands them over; every command takes a part of them. */
export interface Flags {
  readonly schema?: readonly string[];
  readonly db?: string;
  readonly url?: string;
  readonly urlEnv?: string;
  readonly urlFile?: string;
  readonly ephemeral?: boolean;
  readonly env?: string;
  readonly config?: string;
  /** What `--env` stands for. */
  readonly environment?: Environment;
  readonly format?: string;
  readonly only?: readonly string[];
  readonly exclude?: readonly string[];
  readonly milestone?: string;
  readonly through?: string;
  readonly checkData?: string;
  readonly allow?: readonly string[];
  readonly out?: string;
  readonly detailedExitcode?: boolean;
  readonly autoApprove?: boolean;
  readonly stepTimeout?: string;
  readonly lockWait?: string;
  readonly lockLease?: string;
  readonly run?: string;
  readonly to?: string;
  readonly all?: boolean;
  readonly planOnly?: boolean;
  /** False with `--no-undo`. */
  readonly undo?: boolean;
  readonly throttle?: string;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly color?: string;
  readonly fromLive?: boolean;
  readonly sample?: string;
  readonly skip?: readonly string[];
  readonly force?: boolean;
  readonly against?: string;
  readonly report?: readonly string[];
  readonly samples?: boolean;
  readonly failOn?: string;
  readonly baseline?: string;
  readonly changedOnly?: string;
  readonly every?: string;
  readonly for?: string;
  readonly failFast?: boolean;
  readonly olderThan?: string;
}

export function usage(message: string, ...next: readonly string[]): SchemactlError {
  return new SchemactlError(message, { code: 'SCH6401', exitCode: exitCodes.usage, next });
}

/** Milliseconds of `500ms`, `30s`, `5m`, `1h`, `30d`. Throws 64 for anything else. */
export function milliseconds(flag: string, text: string): number {
  const found = parseDuration(text);
  if (found === null) throw usage(`${flag} takes a duration such as 30s, 5m or 500ms, not "${text}".`);
  return found;
}

/** A run number. Throws 64 for anything else. */
export function wholeNumber(flag: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least || !/^\d+$/.test(text))
    throw usage(`${flag} takes a whole number from ${least}, not "${text}".`);
  return value;
}

export function oneOf<const T extends string>(flag: string, text: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === text);
  if (found === undefined) throw usage(`${flag} takes ${choices.join(' or ')}, not "${text}".`);
  return found;
}
