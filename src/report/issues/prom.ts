import { severities } from '../../state/language/schema.ts';
import type { Issues } from './issue.ts';

/** As the text format wants the value of a label (prometheus.io, "Exposition formats"). */
const label = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

const sample = (name: string, labels: Readonly<Record<string, string>>, value: number): string => {
  const pairs = Object.entries(labels).map(([key, text]) => `${key}="${label(text)}"`);
  return `${name}{${pairs.join(',')}} ${value}`;
};

function metric(name: string, help: string, samples: readonly (readonly [Readonly<Record<string, string>>, number])[]) {
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} gauge`,
    ...samples.map(([labels, value]) => sample(name, labels, value)),
  ];
}

/** Gauges for a Prometheus textfile collector; `now` is in milliseconds since 1970. */
export function promText({ command, database, looked, issues }: Issues, now: number): string {
  const prefix = `schemactl_${command}`;
  const count = (severity: string): number => issues.filter((issue) => issue.severity === severity).length;
  return [
    ...metric(
      `${prefix}_findings`,
      'Rules that documents break, by severity.',
      severities.map((severity) => [{ database, severity }, count(severity)]),
    ),
    ...metric(
      `${prefix}_documents`,
      'Documents that break a rule.',
      issues.map(({ address, rule, severity, count: n }) => [{ database, address, rule, severity }, n]),
    ),
    ...metric(`${prefix}_rules`, 'Rules that were looked at.', [[{ database }, looked.length]]),
    ...metric(`${prefix}_last_run_timestamp_seconds`, 'When they were looked at.', [[{ database }, now / 1000]]),
    '',
  ].join('\n');
}
