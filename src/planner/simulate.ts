import jsonPatch, { type Operation as PatchOperation } from 'fast-json-patch';
import { internalError } from '../errors.ts';
import { canonicalText, encode, escapedName, type Json } from '../state/encode.ts';
import { record } from '../state/normalise.ts';
import type { CollectionState, DatabaseState, IndexState } from '../state/types.ts';
import type { Change } from './change.ts';
import type { Step } from './contract.ts';

type Collections = Record<string, CollectionState>;

function withChange(collections: Collections, change: Change): Collections {
  if (change.kind === 'collection') {
    const others = Object.entries(collections).filter(([name]) => name !== change.collection);
    return Object.fromEntries(change.after === null ? others : [...others, [change.collection, change.after]]);
  }
  if (change.kind === 'rename') {
    const others = Object.entries(collections).filter(([name]) => name !== change.from);
    const found = collections[change.from];
    return Object.fromEntries(found === undefined ? others : [...others, [change.collection, found]]);
  }
  const collection = collections[change.collection];
  if (collection === undefined) return collections;
  const changed = (part: Partial<CollectionState>): Collections => ({
    ...collections,
    [change.collection]: { ...collection, ...part },
  });
  if (change.kind === 'recreate') return changed(change.after);
  if (change.kind === 'options') return changed({ options: change.after });
  if (change.kind === 'validator') return changed({ validator: change.after });
  if (change.kind !== 'index') return collections;
  const { before, after } = change;
  const others = Object.entries(collection.indexes).filter(([name]) => name !== before?.name);
  const made: readonly [string, IndexState][] =
    after === null ? [] : [[after.name, { key: after.key, options: after.options }]];
  return changed({ indexes: Object.fromEntries([...others, ...made]) });
}

/** The structure that the changes lead to, in whatever order they come but for a collection's creation and drop. */
export function targetState(observed: DatabaseState, changes: readonly Change[]): DatabaseState {
  return { collections: changes.reduce(withChange, { ...observed.collections }) };
}

/** What the steps do to the encoded state document (`structure` of a snapshot), as JSON text (RFC 6902): one operation a line. */
export function patchText(steps: readonly Step[]): string {
  const operations = (encode(steps.flatMap((step) => step.patch)) as readonly Json[]).map(canonicalText);
  return operations.length === 0 ? '[]\n' : `[\n${operations.join(',\n')}\n]\n`;
}

/** The structure after replaying the patches of the steps on the observed state. */
export function replay(observed: DatabaseState, steps: readonly Step[]): Json {
  const document = encode(observed) as object;
  const patch = encode(steps.flatMap((step) => step.patch)) as unknown as PatchOperation[];
  return jsonPatch.applyPatch(document, patch, false, false).newDocument as Json;
}

/** The collection in which a patch works, as its name stands in encoded JSON; undefined: in all of them. */
const placeOf = (pointer: string): string | undefined =>
  pointer.split('/')[2]?.replaceAll('~1', '/').replaceAll('~0', '~');

/** The part of a database that changes or steps name; what neither names is the same before and after. */
function concerned(observed: DatabaseState, changes: readonly Change[], steps: readonly Step[]): DatabaseState {
  const patches = steps.flatMap((step) => step.patch);
  const places = new Set(
    patches.flatMap(({ path, ...rest }) => [path, ...('from' in rest ? [rest.from] : [])]).map(placeOf),
  );
  if (places.has(undefined)) return observed;
  const named = new Set(
    changes.flatMap((change) => [change.collection, ...(change.kind === 'rename' ? [change.from] : [])]),
  );
  const entries = Object.entries(observed.collections).filter(
    ([name]) => named.has(name) || places.has(escapedName(name)),
  );
  return { collections: record(entries) };
}

/** What the steps do must be what the changes mean; anything else is our own bug, and nothing may run. */
export function assertSimulation(whole: DatabaseState, changes: readonly Change[], steps: readonly Step[]): void {
  const observed = concerned(whole, changes, steps);
  const wanted = canonicalText(encode(targetState(observed, changes)));
  if (canonicalText(replay(observed, steps)) !== wanted) {
    throw internalError('the steps of the plan do not lead to the declared structure');
  }
}
