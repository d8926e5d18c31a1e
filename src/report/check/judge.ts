import type { Finding } from '../../state/finding.ts';
import { severities } from '../../state/language/schema.ts';
import type { Severity } from '../../state/types.ts';
import { judgeBy, type Judged as JudgedBy, type Memory } from '../judge.ts';

/** A finding of an earlier look. */
export interface KnownFinding {
  readonly rule: string;
  readonly address: string;
  readonly count: number;
}

export type Judged = JudgedBy<Finding, KnownFinding>;

/** An estimate differs from one time to the next, so it is known whatever it says. */
const memory: Memory<Finding, KnownFinding> = {
  keyOf: ({ rule, address }) => `${rule} ${address}`,
  isKnown: ({ exact, count }, before) => !exact || count <= before.count,
};

/** Sorts findings into new ones, or in more documents, and those that an earlier look had. */
export const judge = (findings: readonly Finding[], before: readonly KnownFinding[]): Judged =>
  judgeBy(findings, before, memory);

/** Whether findings are bad enough to fail; null: any is. */
export function fails(findings: readonly Pick<Finding, 'severity'>[], failOn: Severity | null): boolean {
  const worst = failOn === null ? severities.length - 1 : severities.indexOf(failOn);
  return findings.some(({ severity }) => severities.indexOf(severity) <= worst);
}

/** How many findings there are of each severity. */
export function summaryOf(findings: readonly Finding[]): Readonly<Record<Severity, number>> {
  const count = (severity: Severity): number => findings.filter((finding) => finding.severity === severity).length;
  return { critical: count('critical'), high: count('high'), medium: count('medium'), low: count('low') };
}
