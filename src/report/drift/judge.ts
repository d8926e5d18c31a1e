import { type Verdict, verdicts } from '../../planner/drift.ts';
import { type Judged, judgeBy } from '../judge.ts';
import type { ToldFinding } from './tell.ts';

/** A finding of an earlier look. */
export interface KnownDrift {
  readonly verdict: Verdict;
  readonly address: string;
  readonly fingerprint: string;
}

export type JudgedDrift = Judged<ToldFinding, KnownDrift>;

/**
 * Sorts findings into those that are new, or otherwise than before, and those that an earlier look had. Of objects that were not
 * selected nothing is taken for mended.
 */
export const judgeDrift = (
  findings: readonly ToldFinding[],
  before: readonly KnownDrift[],
  wasSought: (address: string) => boolean = () => true,
): JudgedDrift =>
  judgeBy(findings, before, {
    keyOf: ({ address }) => address,
    isKnown: (finding, earlier) => finding.fingerprint === earlier.fingerprint,
    wasSought: ({ address }) => wasSought(address),
  });

/** A part of what `drift --format json` prints; null for anything else. */
export function knownDrift(value: unknown): KnownDrift | null {
  const { verdict, address, fingerprint } = (value ?? {}) as Partial<Record<keyof KnownDrift, unknown>>;
  const known = verdicts.find((one) => one === verdict);
  if (known === undefined || typeof address !== 'string' || typeof fingerprint !== 'string') return null;
  return { verdict: known, address, fingerprint };
}

/** How many findings there are of each verdict. */
export function verdictCounts(findings: readonly { readonly verdict: Verdict }[]): Readonly<Record<Verdict, number>> {
  const count = (verdict: Verdict): number => findings.filter((finding) => finding.verdict === verdict).length;
  return { pending: count('pending'), drift: count('drift'), unmanaged: count('unmanaged') };
}
