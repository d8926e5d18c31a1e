import type { CheckResult, Finding } from '../../state/finding.ts';
import type { Severity } from '../../state/types.ts';
import { isFailure } from '../issues/issue.ts';
import { judgeBy, type Judged as JudgedBy, type Memory } from '../judge.ts';

/** A finding of an earlier look. */
export interface KnownFinding {
  readonly rule: string;
  readonly address: string;
  readonly count: number;
}

type Result = Pick<CheckResult, 'findings' | 'undecided'>;

export type Judged = JudgedBy<Finding, KnownFinding>;

const keyOf = ({ rule, address }: Pick<KnownFinding, 'rule' | 'address'>): string => `${rule} ${address}`;

/** An estimate differs from one time to the next, so it is known whatever it says. */
const isKnown: Memory<Finding, KnownFinding>['isKnown'] = ({ exact, count }, before) => !exact || count <= before.count;

/**
 * Sorts findings into new ones, or in more documents, and those that an earlier look had. Of rules that were not looked at, or
 * only in some documents, nothing is taken for mended.
 */
export function judge({ findings, undecided }: Result, before: readonly KnownFinding[]): Judged {
  const open = new Set(undecided.map(keyOf));
  return judgeBy(findings, before, { keyOf, isKnown, wasSought: (earlier) => !open.has(keyOf(earlier)) });
}

/** What the next look is to know. An estimate does not replace what was known, since it may be less than there is. */
export function remembered({ findings }: Result, { unseen }: Judged, before: readonly KnownFinding[]) {
  const estimated = new Set(findings.filter(({ exact }) => !exact).map(keyOf));
  const earlier = new Map(before.map((each) => [keyOf(each), each]));
  const now = findings.map((finding): KnownFinding => {
    const kept = estimated.has(keyOf(finding)) ? earlier.get(keyOf(finding)) : undefined;
    const { rule, address, count } = kept ?? finding;
    return { rule, address, count };
  });
  return [...now, ...unseen];
}

/** Whether findings are bad enough to fail; null: any is. */
export function fails(findings: readonly Pick<Finding, 'severity'>[], failOn: Severity | null): boolean {
  return findings.some((finding) => isFailure(finding, failOn));
}

/** How many findings there are of each severity. */
export function summaryOf(findings: readonly Finding[]): Readonly<Record<Severity, number>> {
  const count = (severity: Severity): number => findings.filter((finding) => finding.severity === severity).length;
  return { critical: count('critical'), high: count('high'), medium: count('medium'), low: count('low') };
}
