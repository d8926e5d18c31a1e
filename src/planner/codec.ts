import { exitCodes, SchemactlError } from '../errors.ts';
import { canonicalText, decode, encode, type Json } from '../state/encode.ts';
import { isSignedBy, signatureOf } from '../state/signature.ts';
import { strayIn } from './contained.ts';
import type { Plan } from './contract.ts';
import { isIntact } from './plan.ts';

function unreadable(why: string, next: string): SchemactlError {
  return new SchemactlError(why, { code: 'SCH2501', exitCode: exitCodes.invalid, next: [next] });
}

/**
 * A plan as canonical JSON text; `decodePlan(encodePlan(p))` equals p. With a key it is signed: HMAC-SHA-256 over the text of the
 * plan without its signature.
 */
export function encodePlan(plan: Plan, key: string | null = null): string {
  const signature = key === null ? {} : { signature: signatureOf(canonicalText(encode(plan)), key) };
  return `${canonicalText({ ...(encode(plan) as Record<string, Json>), ...signature })}\n`;
}

/** Throws where a plan is not signed by the key, or is signed and there is no key to tell by whom. */
function assertSigned(plan: Plan, signature: Json | undefined, key: string | null): void {
  if (key === null && signature === undefined) return;
  const refused = (why: string, next: string): SchemactlError =>
    new SchemactlError(why, { code: 'SCH2507', exitCode: exitCodes.invalid, next: [next] });
  if (key === null) throw refused('This plan is signed, and no key is set to check it.', 'Set SCHEMACTL_PLAN_KEY.');
  if (typeof signature !== 'string')
    throw refused(
      'This plan is not signed, and only signed ones are taken.',
      'Plan again with SCHEMACTL_PLAN_KEY set.',
    );
  if (!isSignedBy(canonicalText(encode(plan)), key, signature))
    throw refused(
      'The signature of this plan is not made with the key that is set.',
      'Plan again; apply nothing of it.',
    );
}

/** What was decoded, or null: an edited file may hold anything. */
function decoded(json: Json): Plan | null {
  try {
    const plan = decode(json) as Plan;
    return isIntact(plan) ? plan : null;
  } catch {
    return null;
  }
}

/**
 * Reads a plan file. Throws SchemactlError 65 for text that is not JSON, not a plan, of another format, edited since it was
 * written, holding what no plan is made of, or, with a key, not signed by it.
 */
export function decodePlan(text: string, key: string | null = null): Plan {
  let json: Json;
  try {
    json = JSON.parse(text) as Json;
  } catch {
    throw unreadable('This is not a plan file: it is not JSON.', 'Make one with: schemactl plan --out plan.json');
  }
  const version =
    json !== null && typeof json === 'object' && !Array.isArray(json)
      ? (json as Record<string, Json>)['formatVersion']
      : undefined;
  if (version === undefined) {
    throw unreadable(
      'This is not a plan file: it has no formatVersion.',
      'Make one with: schemactl plan --out plan.json',
    );
  }
  if ((json as Record<string, Json>)['kind'] === 'snapshot') {
    throw unreadable('This is not a plan file but a snapshot.', 'Make one with: schemactl plan --out plan.json');
  }
  if (version !== 1) {
    throw unreadable(
      `This plan has format ${String(version)}; this schemactl reads format 1.`,
      'Plan again with this version of schemactl.',
    );
  }
  const { signature, ...rest } = json as Record<string, Json>;
  const plan = decoded(rest);
  if (plan === null) {
    throw unreadable(
      'This plan file was changed after it was made: its checksum does not match.',
      'Plan again; a plan is not edited by hand.',
    );
  }
  assertSigned(plan, signature, key);
  const stray = strayIn(plan);
  if (stray !== null)
    throw unreadable(`This is no plan of schemactl: it holds ${stray}.`, 'Plan again; apply nothing of it.');
  return plan;
}
