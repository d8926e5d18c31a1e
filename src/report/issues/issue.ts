import { severities } from '../../state/language/schema.ts';
import type { Severity, SourcePosition } from '../../state/types.ts';

/** Something a command found that people or machines must see, whatever it was: what every format of reports is made of. */
export interface Issue {
  /** What kind of finding it is, the same every time: `orphan`, `enum`. */
  readonly rule: string;
  readonly address: string;
  readonly severity: Severity;
  /** One sentence without its full stop. */
  readonly message: string;
  readonly fix: string;
  /** Documents concerned. */
  readonly count: number;
  /** Where it is declared. */
  readonly position: SourcePosition | null;
}

/** What was looked at; an issue has the same rule and address. */
export interface Looked {
  readonly rule: string;
  readonly address: string;
  readonly collection: string;
}

/** Something of which nothing can be said, and why. */
export interface Unjudged extends Looked {
  /** `note` where there is nothing to look at, `error` where looking failed. */
  readonly level: Exclude<Level, 'warning'>;
  readonly message: string;
  /** Where it is declared. */
  readonly position: SourcePosition | null;
}

/** What one command found in one database. */
export interface Issues {
  /** `check` */
  readonly command: string;
  readonly version: string;
  readonly database: string;
  readonly looked: readonly Looked[];
  /** Worst first. */
  readonly issues: readonly Issue[];
  /** Issues less bad than this do not fail the command; null: all do. */
  readonly failOn?: Severity | null;
  /** What is none of `looked`. */
  readonly unjudged?: readonly Unjudged[];
}

/** Whether an issue is bad enough to fail. */
export function isFailure({ severity }: Pick<Issue, 'severity'>, failOn: Severity | null | undefined): boolean {
  return failOn === undefined || failOn === null || severities.indexOf(severity) <= severities.indexOf(failOn);
}

/** What CI systems know of severity. */
export type Level = 'error' | 'warning' | 'note';

export const levelOf: Readonly<Record<Severity, Level>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
};
