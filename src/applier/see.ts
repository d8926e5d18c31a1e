import { introspectCollection } from '../database/introspect.ts';
import type { Database } from '../database/port.ts';
import type { Step } from '../planner/contract.ts';
import type { NamedIndex, StructureState } from '../planner/operation.ts';
import { sameIndex } from '../planner/families/indexes/canonical.ts';
import type { Seen } from './journal.ts';

const nameOf = (side: unknown): string | null => (side as NamedIndex | null)?.name ?? null;

/** The names under which an index step may find its index: what it replaces first, then what it makes. */
function indexNames(step: Step, when: 'before' | 'after'): readonly string[] {
  const names =
    when === 'before' ? [nameOf(step.before) ?? nameOf(step.after)] : [nameOf(step.after) ?? nameOf(step.before)];
  return names.filter((name): name is string => name !== null);
}

/**
 * What stands at the addresses of these steps now: structure, or whose documents a pass changes. Before they run, a build that somebody else has begun
 * counts as found: it is not ours to drop.
 */
export async function see(db: Database, steps: readonly Step[], when: 'before' | 'after'): Promise<readonly Seen[]> {
  const collections = new Map<string, Awaited<ReturnType<typeof introspectCollection>>>();
  for (const { collection } of steps) {
    if (!collections.has(collection)) collections.set(collection, await introspectCollection(db, collection));
  }
  return steps.map((step): Seen => {
    const found = collections.get(step.collection) ?? null;
    if (found === null) return { address: step.address, state: null };
    if (step.change === 'collection') {
      return { address: step.address, state: { kind: 'collection', state: found.state, uuid: found.uuid } };
    }
    if (step.change !== 'index') return { address: step.address, state: { kind: 'documents', uuid: found.uuid } };
    const [name] = indexNames(step, when);
    const unfinished = when === 'before' ? found.building.find((one) => one.name === name)?.index : undefined;
    const index = name === undefined ? undefined : (found.state.indexes[name] ?? unfinished);
    const state: StructureState | null =
      name === undefined || index === undefined ? null : { kind: 'index', state: { name, ...index } };
    return { address: step.address, state };
  });
}

/** Whether an address is as its step meant to leave it. */
export function isAsPlanned(step: Step, seen: Seen): boolean {
  if (step.change !== 'collection' && step.change !== 'index') return seen.state !== null;
  if (step.after === null || seen.state === null) return step.after === null && seen.state === null;
  return seen.state.kind !== 'index' || sameIndex(seen.state.state, step.after as NamedIndex);
}
