import { exitCodes } from '../../errors.ts';
import { didYouMean } from '../../state/suggest.ts';
import type { Explanation, Explanations } from './entry.ts';
import { errorCodes } from './errors.ts';
import { fileCodes } from './files.ts';
import { findingRules } from './findings.ts';
import { hazards, notes, violations, warnings } from './plans.ts';

/** A code with what it is: everything that people meet has one, and this is the one list of them. */
export interface Explained extends Explanation {
  readonly code: string;
  /** `hazard, exit 20`; a code can be two things, such as `orphan` and `duplicate`. */
  readonly kind: string;
}

const rows = (kind: (code: string) => string, table: Explanations): readonly Explained[] =>
  Object.entries(table).map(([code, each]) => ({ ...each, code, kind: kind(code) }));

const always = (kind: string) => (): string => kind;

/** Every code, kind by kind. */
export const explained: readonly Explained[] = [
  ...rows(always(`hazard: blocks until it is allowed by name, exit ${exitCodes.blocked}`), hazards),
  ...rows(always(`violation: the data forbids it, exit ${exitCodes.violated}`), violations),
  ...rows(always('note: never blocks'), notes),
  ...rows(always('warning of a run'), warnings),
  ...rows(always(`finding of check, exit ${exitCodes.differences}`), findingRules),
  ...rows(always(`in a file, exit ${exitCodes.invalid}`), fileCodes),
  ...rows((code) => `error, exit ${errorCodes[code]?.exitCode ?? ''}`, errorCodes),
];

/** What a code means; null for one that is none. Case does not matter. */
export function explain(code: string): Explained | null {
  return explained.find((each) => each.code.toLowerCase() === code.toLowerCase()) ?? null;
}

/** `did you mean "duplicate"?` */
export const codeMeant = (code: string): string | undefined =>
  didYouMean(
    code,
    explained.map((each) => each.code),
  );
