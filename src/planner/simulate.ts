import jsonPatch, { type Operation as PatchOperation } from 'fast-json-patch';
import { internalError } from '../errors.ts';
import { canonicalText, encode, type Json } from '../state/encode.ts';
import type { CollectionState, DatabaseState, IndexState } from '../state/types.ts';
import type { Change } from './change.ts';
import type { Step } from './contract.ts';

type Collections = Record<string, CollectionState>;

function withChange(collections: Collections, change: Change): Collections {
  if (change.kind === 'collection') {
    const { [change.collection]: _, ...others } = collections;
    return change.after === null ? others : { ...others, [change.collection]: change.after };
  }
  const collection = collections[change.collection];
  if (change.kind !== 'index' || collection === undefined) return collections;
  const indexes: Record<string, IndexState> = { ...collection.indexes };
  if (change.before !== null) delete indexes[change.before.name];
  if (change.after !== null) {
    const { name, key, options } = change.after;
    indexes[name] = { key, options };
  }
  return { ...collections, [change.collection]: { ...collection, indexes } };
}

/** The structure that the changes lead to, in whatever order they come but for a collection's creation and drop. */
export function targetState(observed: DatabaseState, changes: readonly Change[]): DatabaseState {
  return { collections: changes.reduce(withChange, { ...observed.collections }) };
}

/** The structure after replaying the patches of the steps on the observed state. */
export function replay(observed: DatabaseState, steps: readonly Step[]): Json {
  const document = encode(observed) as object;
  const patch = encode(steps.flatMap((step) => step.patch)) as unknown as PatchOperation[];
  return jsonPatch.applyPatch(document, patch, false, false).newDocument as Json;
}

/** What the steps do must be what the changes mean; anything else is our own bug, and nothing may run. */
export function assertSimulation(observed: DatabaseState, changes: readonly Change[], steps: readonly Step[]): void {
  const wanted = canonicalText(encode(targetState(observed, changes)));
  if (canonicalText(replay(observed, steps)) !== wanted) {
    throw internalError('the steps of the plan do not lead to the declared structure');
  }
}
