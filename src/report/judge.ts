/** Findings beside those of an earlier look. */
export interface Judged<Finding, Known> {
  /** What was not found before, or was less bad. */
  readonly fresh: readonly Finding[];
  /** What was found before just so. */
  readonly known: readonly Finding[];
  /** Of new ones what an earlier look had instead, where it had something. */
  readonly earlier: ReadonlyMap<Finding, Known>;
  /** What is found no longer. */
  readonly gone: readonly Known[];
  /** What this look says nothing of: it is to be remembered as it was. */
  readonly unseen: readonly Known[];
}

/** How a command tells its findings of one look from those of another. */
export interface Memory<Finding, Known> {
  readonly keyOf: (finding: Finding | Known) => string;
  /** Whether a finding of the same key says no more than the earlier one. */
  readonly isKnown: (finding: Finding, before: Known) => boolean;
  /** Whether this look could have found it, had it still been there. */
  readonly wasSought: (before: Known) => boolean;
}

/** Sorts findings into new ones and those that an earlier look had; without one all are new. */
export function judgeBy<Finding, Known>(
  findings: readonly Finding[],
  before: readonly Known[],
  { keyOf, isKnown, wasSought }: Memory<Finding, Known>,
): Judged<Finding, Known> {
  const byKey = new Map<string, Known[]>();
  for (const each of before) byKey.set(keyOf(each), [...(byKey.get(keyOf(each)) ?? []), each]);
  const wasThere = (finding: Finding): boolean =>
    (byKey.get(keyOf(finding)) ?? []).some((earlier) => isKnown(finding, earlier));
  const now = new Set(findings.map(keyOf));
  const lost = [...byKey].filter(([key]) => !now.has(key)).flatMap(([, earlier]) => earlier.slice(-1));
  return {
    fresh: findings.filter((finding) => !wasThere(finding)),
    known: findings.filter(wasThere),
    earlier: new Map(
      findings.flatMap((finding) => {
        const last = byKey.get(keyOf(finding))?.at(-1);
        return last === undefined || wasThere(finding) ? [] : [[finding, last] as const];
      }),
    ),
    gone: lost.filter(wasSought),
    unseen: lost.filter((each) => !wasSought(each)),
  };
}
