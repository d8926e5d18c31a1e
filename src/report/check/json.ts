import { encode } from '../../state/encode.ts';
import type { CheckResult, Finding } from '../../state/finding.ts';
import { sourceText } from '../../planner/contract.ts';
import type { SourceMap } from '../../state/types.ts';
import { type Judged, summaryOf } from './judge.ts';
import { failedCode } from './text.ts';

const findingJson = (
  { rule, address, severity, count, exact, share, sample, message, fix }: Finding,
  known: boolean,
) => ({
  rule,
  address,
  severity,
  count,
  exact,
  share,
  sample: sample.map(encode),
  known,
  message,
  fix,
});

/**
 * What was found, as one JSON object: format 1 of `check`. `--baseline` reads it.
 * `summary` counts findings by severity, those that are known from before left out.
 */
export function checkJson(
  { database, rules, missing, failed, sampled, findings }: CheckResult,
  { fresh, gone }: Judged,
  sources: SourceMap,
): string {
  const isFresh = new Set(fresh);
  return `${JSON.stringify({
    formatVersion: 1,
    database,
    summary: summaryOf(fresh),
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
    findings: findings.map((finding) => findingJson(finding, !isFresh.has(finding))),
    gone: gone.map(({ rule, address, count }) => ({ rule, address, count })),
  })}\n`;
}
