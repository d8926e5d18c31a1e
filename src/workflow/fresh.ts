import type { Observed } from '../database/introspect.ts';
import type { Database } from '../database/port.ts';
import { exitCodes, SchemactlError } from '../errors.ts';
import { blockingHazards } from '../planner/hazards.ts';
import type { Plan, Step } from '../planner/contract.ts';
import { canonical } from '../state/encode.ts';
import { preconditionOf } from '../planner/plan.ts';
import { isTarget } from './live.ts';

function stale(message: string, details: readonly string[]): SchemactlError {
  return new SchemactlError(message, {
    code: 'SCH2511',
    exitCode: exitCodes.stale,
    details,
    next: ['Plan again: schemactl plan --out FILE. Nothing was written. (schemactl show still opens the old plan.)'],
  });
}

/** Throws SchemactlError 65 for a plan that may only be read, 21 for one that belongs elsewhere or that the database has left behind. */
export function assertFresh(db: Database, observed: Observed, plan: Plan): void {
  if (plan.checkData === 'none') {
    throw new SchemactlError('This plan was made without asking the data (--check-data none); it is for review only.', {
      code: 'SCH2502',
      exitCode: exitCodes.invalid,
      next: ['Plan again without --check-data none.'],
    });
  }
  if (!isTarget(db, observed, plan.target)) {
    throw stale(`This plan was made for another database ("${plan.target.database}" on ${plan.target.topology}).`, [
      `This is "${db.name}", and not the one it was made for.`,
    ]);
  }
  const moved = plan.preconditions.filter((known) => {
    const now = preconditionOf(known.collection, observed.state, observed.uuids);
    return now.uuid !== known.uuid || now.fingerprint !== known.fingerprint;
  });
  if (moved.length === 0) return;
  const describe = ({ collection, uuid }: (typeof moved)[number]): string => {
    const now = preconditionOf(collection, observed.state, observed.uuids);
    if (now.uuid === null) return `${collection}: is gone`;
    if (uuid === null) return `${collection}: was created meanwhile`;
    return now.uuid === uuid
      ? `${collection}: its indexes or options changed`
      : `${collection}: was dropped and created again`;
  };
  throw stale('The database has moved since this plan was made.', moved.map(describe));
}

const essence = ({ address, action, change, after, reverts }: Step): string =>
  canonical({ address, action, change, after, reverts });

/**
 * Throws SchemactlError 21 where a plan does more than another that was approved: steps that were not in it,
 * or hazards and violations that it did not have.
 */
export function assertCovered(now: Plan, approved: Plan): void {
  const known = new Set(approved.steps.map(essence));
  const hazards = new Set(approved.hazards.map(({ code, address }) => `${code} ${address}`));
  const added = [
    ...now.steps.filter((step) => !known.has(essence(step))).map(({ address, action }) => `${address}: ${action}`),
    ...blockingHazards(now, [])
      .filter(({ code, address }) => !hazards.has(`${code} ${address}`))
      .map(({ code, address }) => `${address}: ${code}`),
    ...now.violations
      .filter(({ address }) => !approved.violations.some((other) => other.address === address))
      .map(({ address, code }) => `${address}: ${code}`),
  ];
  if (added.length > 0)
    throw stale('The database has moved since this plan was made: more would have to be done now.', added);
}
