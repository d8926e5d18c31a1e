import type { Finding } from '../../state/finding.ts';
import type { KnownFinding } from './judge.ts';

/** What is remembered of findings from one look to the next: format 1, a part of what `check --format json` prints. */
export function encodeKnown(database: string, findings: readonly Finding[]): string {
  const kept = findings.map(({ rule, address, count }) => ({ rule, address, count }));
  return `${JSON.stringify({ formatVersion: 1, database, findings: kept }, null, 2)}\n`;
}

function isKnown(value: unknown): value is KnownFinding {
  const { rule, address, count } = (value ?? {}) as Partial<Record<keyof KnownFinding, unknown>>;
  return typeof rule === 'string' && typeof address === 'string' && typeof count === 'number';
}

/** The findings in a JSON report of `check`, or in what `encodeKnown` wrote; null where it is neither. */
export function decodeKnown(text: string): readonly KnownFinding[] | null {
  try {
    const { formatVersion, findings } = JSON.parse(text) as { formatVersion?: unknown; findings?: unknown };
    return formatVersion === 1 && Array.isArray(findings) && findings.every(isKnown) ? findings : null;
  } catch {
    return null;
  }
}
