import { docAt } from '../database/read.ts';
import { type Database, isServerError } from '../database/port.ts';
import type { CollectionState, IndexState } from '../state/types.ts';
import { type Doc, docOf, isDoc, isNumber } from '../state/value.ts';
import { type KeySource, keysCommand } from './key-stream.ts';

const excluding = ['partialFilterExpression', 'collation', 'hidden'];

/** Whether an index may hold every value of the field, in the order of the values. */
function mayServe({ key, options }: IndexState, field: string, mayBeSparse: boolean): boolean {
  const [first] = key;
  if (first?.[0] !== field || !isNumber(first[1])) return false;
  return excluding.every((name) => options[name] === undefined) && (mayBeSparse || options['sparse'] !== true);
}

const stageOf = (plan: Doc | undefined): string => String(plan?.get('stage') ?? '');
const inner = (plan: Doc, name: string): Doc | undefined => {
  const found = plan.get(name);
  return isDoc(found) ? found : undefined;
};

/** Whether the server reads the keys from the index alone; it cannot where an array has several of them. */
async function isCovered(db: Database, source: KeySource): Promise<boolean> {
  try {
    const reply = await db.run(docOf({ explain: keysCommand(source), verbosity: 'queryPlanner' }));
    const winning = docAt(docAt(reply, 'queryPlanner'), 'winningPlan');
    const plan = inner(winning, 'queryPlan') ?? winning;
    const scan = inner(plan, 'inputStage');
    return stageOf(plan).startsWith('PROJECTION') && stageOf(scan) === 'IXSCAN' && scan?.get('isMultiKey') === false;
  } catch (error) {
    // The index is gone, or hidden meanwhile (BadValue).
    if (isServerError(error, 'BadValue')) return false;
    throw error;
  }
}

/**
 * The index from which all values of a field can be read in their order without touching a document, or null.
 * A sparse one lacks the documents without the field, which may or may not matter.
 */
export async function keySourceOf(
  db: Database,
  collection: string,
  state: CollectionState | undefined,
  field: string,
  mayBeSparse: boolean,
): Promise<KeySource | null> {
  if (state?.type !== 'collection' || state.options['collation'] !== undefined) return null;
  const names = Object.entries(state.indexes).flatMap(([name, index]) =>
    mayServe(index, field, mayBeSparse) ? [name] : [],
  );
  for (const index of field === '_id' ? ['_id_', ...names] : names) {
    const source = { collection, field, index };
    if (await isCovered(db, source)) return source;
  }
  return null;
}
