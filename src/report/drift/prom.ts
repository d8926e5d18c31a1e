import { type DriftResult, verdicts } from '../../planner/drift.ts';
import { gauge } from '../issues/exposition.ts';
import { verdictCounts } from './judge.ts';

const prefix = 'schemactl_drift';

/**
 * Gauges for a Prometheus textfile collector; `now` is in milliseconds since 1970. While a run is in progress nothing is known,
 * so that alerts neither fire nor end.
 */
export function driftProm({ database, inProgress, findings, ignored, looked }: DriftResult, now: number): string {
  const running = gauge(
    `${prefix}_run_in_progress`,
    'Whether a run was changing the database, so that nothing was judged.',
    [[{ database }, inProgress === null ? 0 : 1]],
  );
  if (inProgress !== null) return [...running, ''].join('\n');
  const counts = verdictCounts(findings);
  return [
    ...running,
    ...gauge(
      `${prefix}_findings`,
      'Objects that are not as they are declared and were applied, by verdict.',
      verdicts.map((verdict) => [{ database, verdict }, counts[verdict]]),
    ),
    ...gauge(
      `${prefix}_object`,
      'An object that is not as it is declared and was applied.',
      findings.map(({ address, verdict }) => [{ database, address, verdict }, 1]),
    ),
    ...gauge(`${prefix}_ignored`, 'Findings that the configuration ignores.', [[{ database }, ignored.length]]),
    ...gauge(`${prefix}_objects`, 'Objects that were looked at.', [[{ database }, looked.length]]),
    ...gauge(`${prefix}_last_run_timestamp_seconds`, 'When they were looked at.', [[{ database }, now / 1000]]),
    '',
  ].join('\n');
}
