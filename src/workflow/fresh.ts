import { askAll } from '../database/ask.ts';
import type { Database } from '../database/port.ts';
import { exitCodes, SchemactlError } from '../errors.ts';
import { blockingHazards, grownWords, hasGrown } from '../planner/hazards.ts';
import type { Hazard, Plan, Precondition, Step } from '../planner/contract.ts';
import { addressOf } from '../state/address.ts';
import { canonical } from '../state/encode.ts';
import { preconditionOf } from '../planner/plan.ts';
import { isTarget, type Live } from './live.ts';

function stale(message: string, details: readonly string[]): SchemactlError {
  return new SchemactlError(message, {
    code: 'SCH2511',
    exitCode: exitCodes.stale,
    details,
    next: ['Plan again: schemactl plan --out FILE. Nothing was written. (schemactl show still opens the old plan.)'],
  });
}

/** Throws SchemactlError 21 for a plan that belongs to another database. */
export function assertTarget(db: Database, live: Pick<Live, 'lockUuid'>, plan: Plan): void {
  if (!isTarget(db, live, plan.target)) {
    throw stale(`This plan was made for another database ("${plan.target.database}" on ${plan.target.topology}).`, [
      `This is "${db.name}", and not the one it was made for.`,
    ]);
  }
}

/** What differs between a collection as a plan relies on it and as it is, an object a line. */
function whatMoved(then: Precondition, now: Precondition): readonly string[] {
  const address = addressOf.collection(then.collection);
  if (now.uuid === then.uuid && now.fingerprint === then.fingerprint)
    return [`${address}: another run has changed it since`];
  if (now.fingerprint !== then.fingerprint && Object.keys(now.parts).length === 0) return [`${address}: is gone`];
  if (Object.keys(then.parts).length === 0) return [`${address}: was created meanwhile`];
  if (now.uuid !== then.uuid) return [`${address}: was dropped and created again`];
  const names = [...new Set([...Object.keys(then.parts), ...Object.keys(now.parts)])].sort();
  return names
    .filter((name) => then.parts[name] !== now.parts[name])
    .map((name) => {
      if (then.parts[name] === undefined) return `${address}.${name}: was added`;
      return `${address}.${name}: ${now.parts[name] === undefined ? 'was dropped' : 'was changed'}`;
    });
}

/** Throws SchemactlError 65 for a plan that may only be read, 21 for one that belongs elsewhere or that the database has left behind. */
export function assertFresh(db: Database, live: Pick<Live, 'observed' | 'ledger' | 'lockUuid'>, plan: Plan): void {
  const { observed, ledger } = live;
  const read = { observed: observed.state, uuids: observed.uuids, applied: ledger };
  if (plan.checkData === 'none') {
    throw new SchemactlError(
      'This plan was made without asking the data (--check-data none, or against a snapshot); it is for review only.',
      {
        code: 'SCH2502',
        exitCode: exitCodes.invalid,
        next: ['Plan again without --check-data none and --against.'],
      },
    );
  }
  assertTarget(db, live, plan);
  const moved = plan.preconditions.filter((known) => {
    const now = preconditionOf(known.collection, read);
    return now.uuid !== known.uuid || now.fingerprint !== known.fingerprint || now.applied !== known.applied;
  });
  if (moved.length === 0) return;
  const describe = (known: Precondition): readonly string[] => whatMoved(known, preconditionOf(known.collection, read));
  throw stale('The database has moved since this plan was made.', moved.flatMap(describe));
}

const essence = ({ address, action, change, after, reverts }: Step): string =>
  canonical({ address, action, change, after, reverts });

/** An edit that no document needed when it was approved, and that documents need which came since. */
const isLateFill = ({ change, address }: Step, approved: Plan): boolean =>
  change === 'edit' && approved.ownership.adopt.includes(address);

/** What hazards of one code and address concern together: several steps of an address may have the same. */
function hazardCounts({ hazards }: Plan): ReadonlyMap<string, Hazard & { readonly count: number }> {
  const found = new Map<string, Hazard & { readonly count: number }>();
  for (const hazard of hazards) {
    const id = `${hazard.code} ${hazard.address}`;
    found.set(id, { ...hazard, count: (found.get(id)?.count ?? 0) + (hazard.count ?? 0) });
  }
  return found;
}

/**
 * What a plan does beyond another that was approved: steps that were not in it, hazards that it did not have or that concern
 * many more documents now, or violations; a line each.
 */
export function uncovered(now: Plan, approved: Plan): readonly string[] {
  const known = new Set(approved.steps.map(essence));
  const then = hazardCounts(approved);
  return [
    ...now.steps
      .filter((step) => !known.has(essence(step)) && !isLateFill(step, approved))
      .map(({ address, action }) => `${address}: ${action}`),
    ...blockingHazards(now, [])
      .filter(({ code, address }) => !then.has(`${code} ${address}`))
      .map(({ code, address }) => `${address}: ${code}`),
    ...[...hazardCounts(now)].flatMap(([id, { code, address, count }]) => {
      const before = then.get(id);
      return before !== undefined && hasGrown(count, before.count)
        ? [grownWords(address, code, before.count, count)]
        : [];
    }),
    ...now.violations
      .filter(({ address }) => !approved.violations.some((other) => other.address === address))
      .map(({ address, code }) => `${address}: ${code}`),
  ];
}

/** Throws SchemactlError 21 where a plan does more than another that was approved. */
export function assertCovered(now: Plan, approved: Plan): void {
  const added = uncovered(now, approved);
  if (added.length > 0)
    throw stale('The database has moved since this plan was made: more would have to be done now.', added);
}

/** Counts the hazards of a saved plan again. Throws SchemactlError 21 where one concerns many more documents now. */
export async function assertNotGrown(db: Database, plan: Plan): Promise<void> {
  const questions = plan.recounts.map(({ collection, pipeline }, at) => ({
    id: String(at),
    collection,
    pipeline,
    mayEstimate: false,
  }));
  const answers = await askAll(db, questions, { limitMs: null });
  const found = plan.recounts.flatMap(({ address, code, count }, at) => {
    const now = answers.get(String(at))?.count ?? 0;
    return hasGrown(now, count) ? [grownWords(address, code, count, now)] : [];
  });
  if (found.length > 0) throw stale('The plan would do more harm now than when it was made.', found);
}
