import { severities } from '../../state/language/schema.ts';
import { gauge } from './exposition.ts';
import type { Issues } from './issue.ts';

/** Gauges for a Prometheus textfile collector; `now` is in milliseconds since 1970. */
export function promText({ command, database, looked, issues, unjudged = [] }: Issues, now: number): string {
  const prefix = `schemactl_${command}`;
  const count = (severity: string): number => issues.filter((issue) => issue.severity === severity).length;
  return [
    ...gauge(
      `${prefix}_findings`,
      'Rules that documents break, by severity.',
      severities.map((severity) => [{ database, severity }, count(severity)]),
    ),
    ...gauge(
      `${prefix}_documents`,
      'Documents that break a rule.',
      issues.map(({ address, rule, severity, count: n }) => [{ database, address, rule, severity }, n]),
    ),
    ...gauge(`${prefix}_rules`, 'Rules that were looked at.', [[{ database }, looked.length]]),
    ...gauge(
      `${prefix}_unjudged`,
      'What was not looked at: there is nothing to look at (note), or looking failed (error).',
      (['note', 'error'] as const).map((level) => [
        { database, level },
        unjudged.filter((each) => each.level === level).length,
      ]),
    ),
    ...gauge(`${prefix}_last_run_timestamp_seconds`, 'When they were looked at.', [[{ database }, now / 1000]]),
    '',
  ].join('\n');
}
