import { type ExitCode, exitCodes } from '../../errors.ts';
import type { Explanation } from './entry.ts';

export interface ErrorExplanation extends Explanation {
  readonly exitCode: ExitCode;
}

/** Errors of one exit code. */
export const ending = (
  exit: keyof typeof exitCodes,
  errors: Readonly<Record<string, Explanation>>,
): Readonly<Record<string, ErrorExplanation>> =>
  Object.fromEntries(Object.entries(errors).map(([code, each]) => [code, { ...each, exitCode: exitCodes[exit] }]));
