import type { Change } from '../change.ts';
import type { NamedIndex, StructureState } from '../operation.ts';
import type { RecordedStep } from './recorded.ts';

/** Several steps on one object are one change: from as it is now to as the earliest of them found it. */
export interface Chain {
  /** Newest first; never empty. */
  readonly steps: readonly RecordedStep[];
  readonly newest: RecordedStep;
  readonly earliest: RecordedStep;
}

/** What became of one address: a change, nothing left to do, or that it is no longer as the run left it. */
export type Outcome = { readonly change: Change } | 'nothing' | 'moved';

export const indexOf = (state: StructureState | null): NamedIndex | null =>
  state?.kind === 'index' ? state.state : null;

const chainOf = (steps: readonly RecordedStep[]): Chain => ({
  steps,
  newest: steps[0] as RecordedStep,
  earliest: steps.at(-1) as RecordedStep,
});

/**
 * Steps gathered by the object they are about, which has another name between two steps where one of them renamed it:
 * read newest first, a step that left an object under a name goes before the one that found it so.
 */
function follow(
  steps: readonly RecordedStep[],
  names: (step: RecordedStep) => { readonly left: string; readonly found: string | null },
): readonly Chain[] {
  const chains: RecordedStep[][] = [];
  const byName = new Map<string, RecordedStep[]>();
  const stood = new Set<string>();
  for (const step of steps) {
    const { left, found } = names(step);
    // A later step that found something under the same name: this one had not taken it away.
    const known = byName.get(left) ?? (found === null || !stood.has(found) ? undefined : byName.get(found));
    const chain = known ?? [];
    chain.push(step);
    if (known === undefined) chains.push(chain);
    byName.delete(left);
    stood.delete(left);
    byName.set(found ?? left, chain);
    if (found !== null) stood.add(found);
  }
  return chains.map(chainOf);
}

/** A collection followed through the names that it was given. */
export function renameChains(steps: readonly RecordedStep[]): readonly Chain[] {
  const own = steps.filter(({ step }) => step.change === 'rename');
  return follow(own, ({ step }) => ({
    left: step.collection,
    found: (step.before as { readonly name: string }).name,
  }));
}

/** Steps of one kind on what a collection has one of: its options, its validator. */
export function singleChains(steps: readonly RecordedStep[], kind: 'options' | 'validator'): readonly Chain[] {
  const own = steps.filter(({ step }) => step.change === kind);
  return follow(own, ({ step }) => ({ left: step.collection, found: step.collection }));
}

/** Collections keep their names; steps that created one, made it anew and dropped it are about the same. */
export function collectionChains(steps: readonly RecordedStep[]): readonly Chain[] {
  const own = steps.filter(({ step }) => step.change === 'collection' || step.change === 'recreate');
  return follow(own, ({ step }) => ({ left: step.collection, found: step.collection }));
}

/** Indexes by collection and name on the server, followed through the names that replacements gave them. */
export function indexChains(steps: readonly RecordedStep[]): readonly Chain[] {
  const own = steps.filter(({ step }) => step.change === 'index');
  return follow(own, ({ step, found }) => {
    const key = (index: NamedIndex | null): string | null =>
      index === null ? null : JSON.stringify([step.collection, index.name]);
    const before = indexOf(found) ?? (step.before as NamedIndex | null);
    return { left: key(step.after as NamedIndex | null) ?? key(before) ?? step.address, found: key(indexOf(found)) };
  });
}

/** What all changes of a chain have in common. */
export const baseOf = ({ newest, steps }: Chain) => ({
  address: newest.step.address,
  collection: newest.step.collection,
  milestone: newest.step.milestone,
  reason: 'rolled-back',
  reverts: steps.map(({ ref }) => ref),
});
