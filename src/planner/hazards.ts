import { exitCodes, SchemactlError } from '../errors.ts';
import { matchesGlob } from '../state/address.ts';
import { type Hazard, hazardCodes, type Plan } from './contract.ts';

/** A hazard's code, and after the first `@` where it is approved; null: everywhere. */
function approval(entry: string): { readonly code: string; readonly glob: string | null } {
  const at = entry.indexOf('@');
  return at < 0 ? { code: entry, glob: null } : { code: entry.slice(0, at), glob: entry.slice(at + 1) };
}

/** Approvals as given on the command line: `drop-index`, `drop-index@orders.**`. Throws 64 for an unknown hazard. */
export function parseAllow(values: readonly string[]): readonly string[] {
  const allow = values
    .flatMap((value) => value.split(','))
    .map((value) => value.trim())
    .filter((value) => value !== '');
  for (const entry of allow) {
    const { code } = approval(entry);
    if (hazardCodes.some((known) => known === code)) continue;
    throw new SchemactlError(`There is no hazard "${code}".`, {
      code: 'SCH6404',
      exitCode: exitCodes.usage,
      details: [`Hazards are: ${hazardCodes.join(', ')}.`],
    });
  }
  return allow;
}

function isNamed(hazard: Hazard, entries: readonly string[]): boolean {
  return entries.some((entry) => {
    const { code, glob } = approval(entry);
    return code === hazard.code && (glob === null || matchesGlob(glob, hazard.address));
  });
}

/** Grown by more than a tenth and by a hundred documents: not what was approved any more. */
export const hasGrown = (now: number, then: number): boolean => now > then * 1.1 && now >= then + 100;

/** What a hazard that grew is told with (21). */
export function moreThanApproved(address: string, code: string, then: number, now: number): SchemactlError {
  return new SchemactlError('The plan would do more harm now than when it was made.', {
    code: 'SCH2511',
    exitCode: exitCodes.stale,
    details: [grownWords(address, code, then, now)],
    next: ['Plan again, and allow what it shows: schemactl plan'],
  });
}

/** One hazard that grew, in words. */
export const grownWords = (address: string, code: string, then: number, now: number): string =>
  `${address}: ${code} concerned ${then} documents, now ${now}`;

export function blockingHazards(plan: Plan, allow: readonly string[]): readonly Hazard[] {
  return plan.hazards.filter((hazard) => !isNamed(hazard, [...plan.allow, ...allow]));
}

/** Hazards that a policy forbids, allowed or not. */
export const forbiddenHazards = (plan: Plan, forbid: readonly string[]): readonly Hazard[] =>
  plan.hazards.filter((hazard) => isNamed(hazard, forbid));

/** Throws 20 for hazards that a policy forbids. Writes nothing. */
export function assertPermitted(plan: Plan, forbid: readonly string[]): void {
  const forbidden = forbiddenHazards(plan, forbid);
  if (forbidden.length === 0) return;
  throw new SchemactlError('The configuration forbids this here, allowed or not.', {
    code: 'SCH2017',
    exitCode: exitCodes.blocked,
    details: forbidden.map(({ code, address, message }) => `! ${code}  ${address}: ${message}`),
    next: ['Change the plan, or the "forbid" of this environment in the configuration file.'],
  });
}

/** Throws 22 for a plan that today's data forbids, then 20 for hazards that nobody allowed. Writes nothing. */
export function assertApplicable(plan: Plan, allow: readonly string[]): void {
  const [violation] = plan.violations;
  if (violation !== undefined) {
    throw new SchemactlError(`The data does not allow this plan: ${violation.address}: ${violation.message}.`, {
      code: 'SCH2201',
      exitCode: exitCodes.violated,
      details: plan.violations.map(({ code, address, message }) => `✘ ${code}  ${address}: ${message}`),
      next: ['Mend the documents (the plan names some of their ids) and plan again. Nothing was written.'],
    });
  }
  const blocking = blockingHazards(plan, allow);
  if (blocking.length === 0) return;
  const names = [...new Set(blocking.map(({ code }) => code))];
  throw new SchemactlError(
    `Blocked by ${blocking.length === 1 ? 'a hazard' : `${blocking.length} hazards`} that nobody allowed.`,
    {
      code: 'SCH2004',
      exitCode: exitCodes.blocked,
      details: blocking.map(({ code, address, message }) => `! ${code}  ${address}: ${message}`),
      next: [`If that is what you want: --allow ${names.join(',')}`],
    },
  );
}
