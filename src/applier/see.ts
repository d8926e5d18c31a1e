import { introspectCollection } from '../database/introspect.ts';
import type { Database } from '../database/port.ts';
import type { Step } from '../planner/contract.ts';
import type { NamedIndex, StructureState } from '../planner/operation.ts';
import { type Options, sameOptions } from '../planner/families/collections/options.ts';
import { sameIndex } from '../planner/families/indexes/canonical.ts';
import { sameValidator } from '../planner/families/validators/validator.ts';
import type { CollectionState } from '../state/types.ts';
import type { Doc } from '../state/value.ts';
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
  for (const collection of steps.map((step) => collectionNow(step, when))) {
    if (!collections.has(collection)) collections.set(collection, await introspectCollection(db, collection));
  }
  return steps.map((step) => ({
    address: step.address,
    state: stateOf(step, collections.get(collectionNow(step, when)) ?? null, when),
  }));
}

/** A collection that is renamed has its former name before. */
function collectionNow({ change, collection, before }: Step, when: 'before' | 'after'): string {
  return change === 'rename' && when === 'before' ? (before as { readonly name: string }).name : collection;
}

type Found = NonNullable<Awaited<ReturnType<typeof introspectCollection>>>;

function stateOf(step: Step, found: Found | null, when: 'before' | 'after'): StructureState | null {
  if (found === null) return null;
  const { state, uuid, building } = found;
  switch (step.change) {
    case 'collection':
    case 'recreate':
      return { kind: 'collection', state, uuid };
    case 'rename':
      return { kind: 'named', name: collectionNow(step, when), uuid };
    case 'options':
      return { kind: 'options', options: state.options };
    case 'validator':
      return { kind: 'validator', validator: state.validator };
    case 'index': {
      const [name] = indexNames(step, when);
      const unfinished = when === 'before' ? building.find((one) => one.name === name)?.index : undefined;
      const index = name === undefined ? undefined : (state.indexes[name] ?? unfinished);
      return name === undefined || index === undefined ? null : { kind: 'index', state: { name, ...index } };
    }
    case 'edit':
    case 'restore':
      return { kind: 'documents', uuid };
    default:
      return step.change satisfies never;
  }
}

/** Whether an address is as its step meant to leave it. */
export function isAsPlanned(step: Step, { state }: Seen): boolean {
  switch (state?.kind) {
    case undefined:
      return step.after === null;
    case 'options':
      return sameOptions(state.options, step.after as Options);
    case 'validator':
      return sameValidator(state.validator, step.after as Doc | null);
    case 'index':
      return step.after !== null && sameIndex(state.state, step.after as NamedIndex);
    case 'collection':
      return step.after !== null && sameOptions(state.state.options, (step.after as CollectionState).options);
    case 'documents':
    case 'named':
      return true;
    default:
      return state satisfies never;
  }
}
