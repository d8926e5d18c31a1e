const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of `500ms`, `30s`, `5m`, `1h`, `30d`; null for anything else. */
export function parseDuration(text: string): number | null {
  const found = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text);
  const unit = units[found?.[2] ?? ''];
  return found === null || unit === undefined ? null : Math.round(Number(found[1]) * unit);
}

/** How long what a run kept to be rolled back with is kept, where nobody says: 30 days. */
export const defaultRetentionMs = 30 * 86_400_000;
