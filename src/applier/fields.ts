import { decode, type Json } from '../state/encode.ts';
import { type Doc, isScalar, toNumber } from '../state/value.ts';

/** Readers of our own documents; what is absent or of another type reads as 0 or null. */

export function numberAt(document: Doc, name: string): number {
  return toNumber(document.get(name)) ?? 0;
}

export function textAt(document: Doc, name: string): string | null {
  const value = document.get(name);
  return typeof value === 'string' ? value : null;
}

/** Milliseconds since 1970. */
export function dateAt(document: Doc, name: string): number | null {
  const value = document.get(name);
  return isScalar(value) && value.type === 'date' ? Number(value.text) : null;
}

/** What was written as canonical text. Throws SyntaxError where somebody made something else of it. */
export function parsedAt(document: Doc, name: string): unknown {
  const found = textAt(document, name);
  return found === null ? null : decode(JSON.parse(found) as Json);
}
