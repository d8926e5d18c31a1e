import { exitCodes, SchemactlError } from '../errors.ts';
import { canonicalText, decode, encode, type Json } from '../state/encode.ts';
import type { Plan } from './contract.ts';
import { isIntact } from './plan.ts';

function unreadable(why: string, next: string): SchemactlError {
  return new SchemactlError(why, { code: 'SCH2501', exitCode: exitCodes.invalid, next: [next] });
}

/** A plan as canonical JSON text; `decodePlan(encodePlan(p))` equals p. */
export function encodePlan(plan: Plan): string {
  return `${canonicalText(encode(plan))}\n`;
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
 * Reads a plan file. Throws SchemactlError 65 for text that is not JSON, not a plan, of another format,
 * or edited since it was written.
 */
export function decodePlan(text: string): Plan {
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
  const plan = decoded(json);
  if (plan === null) {
    throw unreadable(
      'This plan file was changed after it was made: its checksum does not match.',
      'Plan again; a plan is not edited by hand.',
    );
  }
  return plan;
}
