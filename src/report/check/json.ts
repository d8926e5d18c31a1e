import { encode } from '../../state/encode.ts';
import type { CheckResult, Finding } from '../../state/finding.ts';
import { sourceText } from '../../planner/contract.ts';
import type { SourceMap } from '../../state/types.ts';
import { type Judged, type KnownFinding, summaryOf } from './judge.ts';
import { failedCode } from './text.ts';

const findingJson = (
  { rule, address, severity, count, exact, share, sample, message, fix, query }: Finding,
  known: boolean,
  earlier: KnownFinding | undefined,
) => ({
  rule,
  address,
  severity,
  count,
  was: earlier?.count ?? null,
  exact,
  share,
  sample: sample.map(encode),
  known,
  message,
  fix,
  query,
});

/**
 * What was found, as one JSON object: format 1 of `check`. `--baseline` reads it.
 * `summary` counts findings by severity, and those that are known from before apart: together as many as there are `findings`.
 */
export function checkJson(
  { database, rules, missing, failed, sampled, findings }: CheckResult,
  { fresh, known, gone, earlier }: Judged,
  sources: SourceMap,
): string {
  const isFresh = new Set(fresh);
  return `${JSON.stringify({
    formatVersion: 1,
    database,
    summary: { ...summaryOf(fresh), known: known.length },
    rules: rules.length,
    sampled,
    missing,
    failed: failed.map(({ rule, address, severity, failure }) => ({
      rule,
      address,
      severity,
      source: sourceText(sources.get(address)),
      code: failedCode,
      message: failure,
    })),
    findings: findings.map((finding) => findingJson(finding, !isFresh.has(finding), earlier.get(finding))),
    gone: gone.map(({ rule, address, count }) => ({ rule, address, count })),
  })}\n`;
}
