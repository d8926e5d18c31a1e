/** Reads one finding of an earlier look; null for what is none. */
export type ReadKnown<Known> = (value: unknown) => Known | null;

/** What is remembered of findings from one look to the next: format 1, a part of what `--format json` prints. */
export function encodeKnown(database: string, findings: readonly unknown[]): string {
  return `${JSON.stringify({ formatVersion: 1, database, findings }, null, 2)}\n`;
}

/** The findings in a JSON report, or in what `encodeKnown` wrote; null where it is neither. */
export function decodeKnown<Known>(text: string, read: ReadKnown<Known>): readonly Known[] | null {
  try {
    const { formatVersion, findings } = JSON.parse(text) as { formatVersion?: unknown; findings?: unknown };
    if (formatVersion !== 1 || !Array.isArray(findings)) return null;
    const known = findings.map(read);
    return known.includes(null) ? null : (known as readonly Known[]);
  } catch {
    return null;
  }
}
