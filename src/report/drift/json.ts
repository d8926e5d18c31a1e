import type { DriftResult } from '../../planner/drift.ts';
import { encode } from '../../state/encode.ts';
import { type JudgedDrift, verdictCounts } from './judge.ts';
import { sourceText } from '../../planner/contract.ts';
import type { ToldFinding } from './tell.ts';

const findingJson = (finding: ToldFinding, known: boolean) => ({
  address: finding.address,
  verdict: finding.verdict,
  severity: finding.severity,
  reason: finding.reason,
  milestone: finding.milestone,
  source: sourceText(finding.position ?? undefined),
  declared: encode(finding.declared),
  applied: encode(finding.applied),
  live: encode(finding.live),
  fingerprint: finding.fingerprint,
  known,
  message: finding.message,
  fix: finding.fix,
  keep: finding.keep,
});

/**
 * What was found, as one JSON object: format 1 of `drift`. `--baseline` reads it.
 * `summary` counts findings by verdict, and those that are known from before apart: together as many as there are `findings`.
 */
export function driftJson(
  result: DriftResult,
  told: readonly ToldFinding[],
  { fresh, known, gone }: JudgedDrift,
): string {
  const { database, inProgress, ignored, expired, looked, open } = result;
  const isFresh = new Set(fresh);
  return `${JSON.stringify({
    formatVersion: 1,
    database,
    summary: { ...verdictCounts(fresh), known: known.length, ignored: ignored.length },
    inProgress:
      inProgress === null
        ? null
        : {
            run: inProgress.run,
            since: inProgress.since === null ? null : new Date(inProgress.since).toISOString(),
            owner: inProgress.owner,
          },
    openRun: open?.run ?? null,
    objects: looked.length,
    findings: told.map((finding) => findingJson(finding, !isFresh.has(finding))),
    gone: gone.map(({ verdict, address }) => ({ verdict, address })),
    ignored: ignored.map(({ finding: { address, verdict, fingerprint }, rule: { reason, until } }) => ({
      address,
      verdict,
      fingerprint,
      reason,
      until,
    })),
    expired,
  })}\n`;
}
