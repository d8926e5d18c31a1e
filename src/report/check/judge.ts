import type { Finding } from '../../state/finding.ts';
import { severities } from '../../state/language/schema.ts';
import type { Severity } from '../../state/types.ts';

/** A finding of an earlier look. */
export interface KnownFinding {
  readonly rule: string;
  readonly address: string;
  readonly count: number;
}

/** Findings beside those of an earlier look. */
export interface Judged {
  /** What was not found before, or in fewer documents. */
  readonly fresh: readonly Finding[];
  /** What was found before in as many documents or more. */
  readonly known: readonly Finding[];
  /** What is found no longer. */
  readonly gone: readonly KnownFinding[];
}

const keyOf = ({ rule, address }: KnownFinding): string => `${rule} ${address}`;

/** The most that earlier looks found of each. */
function countsOf(before: readonly KnownFinding[]): ReadonlyMap<string, KnownFinding> {
  const counts = new Map<string, KnownFinding>();
  for (const each of before) {
    if ((counts.get(keyOf(each))?.count ?? -1) < each.count) counts.set(keyOf(each), each);
  }
  return counts;
}

/**
 * Sorts findings into new ones and those that an earlier look had; without one all are new.
 * An estimate differs from one time to the next, so it is known whatever it says.
 */
export function judge(findings: readonly Finding[], before: readonly KnownFinding[]): Judged {
  const counts = countsOf(before);
  const isKnown = (finding: Finding): boolean => {
    const known = counts.get(keyOf(finding));
    return known !== undefined && (!finding.exact || finding.count <= known.count);
  };
  const now = new Set(findings.map(keyOf));
  return {
    fresh: findings.filter((finding) => !isKnown(finding)),
    known: findings.filter(isKnown),
    gone: [...counts.values()].filter((each) => !now.has(keyOf(each))),
  };
}

/** Whether findings are bad enough to fail; null: any is. */
export function fails(findings: readonly Finding[], failOn: Severity | null): boolean {
  const worst = failOn === null ? severities.length - 1 : severities.indexOf(failOn);
  return findings.some(({ severity }) => severities.indexOf(severity) <= worst);
}

/** How many findings there are of each severity. */
export function summaryOf(findings: readonly Finding[]): Readonly<Record<Severity, number>> {
  const count = (severity: Severity): number => findings.filter((finding) => finding.severity === severity).length;
  return { critical: count('critical'), high: count('high'), medium: count('medium'), low: count('low') };
}
