import { createHmac, timingSafeEqual } from 'node:crypto';

/** `hmac-sha256:` and the hex digest of a text under a key: who knows the key has written it. */
export function signatureOf(text: string, key: string): string {
  return `hmac-sha256:${createHmac('sha256', key).update(text).digest('hex')}`;
}

/** Whether a signature is that of a text under a key; takes as long for a wrong one. */
export function isSignedBy(text: string, key: string, signature: string): boolean {
  const bytes = new TextEncoder();
  const [given, own] = [bytes.encode(signature), bytes.encode(signatureOf(text, key))];
  return given.length === own.length && timingSafeEqual(given, own);
}
