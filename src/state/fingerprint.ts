import { createHash } from 'node:crypto';
import { canonical } from './encode.ts';

/** `sha256:` and the hex digest of the canonical text: equal data, equal fingerprint. */
export function fingerprint(data: unknown): string {
  return `sha256:${createHash('sha256').update(canonical(data)).digest('hex')}`;
}
