import type { KnownFinding } from './judge.ts';

/** A part of what `check --format json` prints; null for anything else. */
export function knownFinding(value: unknown): KnownFinding | null {
  const { rule, address, count } = (value ?? {}) as Partial<Record<keyof KnownFinding, unknown>>;
  if (typeof rule !== 'string' || typeof address !== 'string' || typeof count !== 'number') return null;
  return { rule, address, count };
}
