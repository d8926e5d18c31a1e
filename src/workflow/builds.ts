import { waitForBuilds } from '../applier/operations/builds.ts';
import { introspect, type Observed } from '../database/introspect.ts';
import type { Database } from '../database/port.ts';
import type { Change } from '../planner/change.ts';
import type { Note, Plan } from '../planner/contract.ts';
import { addressOf } from '../state/address.ts';
import { docOf } from '../state/value.ts';
import type { RunOptions } from './run-result.ts';

function beingBuilt(building: Observed['building']): readonly Note[] {
  const message = 'is being built by somebody else; apply waits for it, then looks again';
  return Object.entries(building).flatMap(([collection, builds]) =>
    builds.map(({ name }) => ({ code: 'index-being-built', address: addressOf.index(collection, name), message })),
  );
}

/** Indexes that are being built on the collections that a plan changes, so that nobody wonders why apply waits. */
export function buildNotes(building: Observed['building'], changes: readonly Change[]): readonly Note[] {
  const touched = new Set(changes.map((change) => (change.kind === 'rename' ? change.from : change.collection)));
  return beingBuilt(Object.fromEntries(Object.entries(building).filter(([collection]) => touched.has(collection))));
}

/**
 * Waits until nothing is being built on the collections that a plan touches, and says so: what a build leaves behind is
 * an index like any other, to be adopted, replaced or found in the way. Returns at once when the run is interrupted.
 */
export async function settleBuilds(db: Database, plan: Plan, options: RunOptions): Promise<void> {
  const { emit } = options;
  const collections = plan.preconditions.map(({ collection }) => collection);
  const { building } = await introspect(db, docOf({ name: docOf({ $in: collections }) }));
  for (const { code, address, message } of beingBuilt(building)) emit({ event: 'warning', code, address, message });
  for (const collection of Object.keys(building)) await waitForBuilds({ ...options, db, own: [] }, collection);
}
