import { internalError } from '../../errors.ts';
import { anyMayApply, type Fill, fillUpdate, isPlainFill, whichApply } from '../../planner/rewrite/edits.ts';
import type { ChangedGroup } from '../../planner/rewrite/record.ts';
import { type Doc, docOf, int, type Value } from '../../state/value.ts';
import { type Batch, type Prepared, updateDocuments } from './batch.ts';
import { candidates, documentBytes, documentSize, idBytes, withinBytes } from './candidates.ts';

/** The filter finds exactly the documents in which a single fill of a field of their own applies. */
const isToldByFilter = (edits: readonly Fill[]): boolean => edits.length === 1 && edits[0]?.path.length === 1;

const idsOf = (found: readonly Doc[]): readonly Value[] => found.map((document) => document.get('_id') as Value);

/** The documents by the edits that apply in them, in the order in which they come. */
function groupsOf(found: readonly Doc[], edits: readonly Fill[]): readonly ChangedGroup[] {
  if (isToldByFilter(edits)) return [{ ids: idsOf(found), edits: [filled(0)] }];
  const names = edits.map((_, at) => `e${at}`);
  const groups = new Map<string, Value[]>();
  for (const document of found) {
    let key = '';
    for (const name of names) key += document.get(name) === true ? '1' : '0';
    const ids = groups.get(key);
    if (ids === undefined) groups.set(key, [document.get('_id') as Value]);
    else ids.push(document.get('_id') as Value);
  }
  return [...groups]
    .map(([key, ids]) => ({ ids, edits: [...key].flatMap((flag, at) => (flag === '1' ? [filled(at)] : [])) }))
    .filter((group) => group.edits.length > 0);
}

const filled = (at: number): ChangedGroup['edits'][number] => ({ at, names: null, before: null, after: null });

/** A pass that only fills in literals is told by its ids alone: nothing need be kept of each document. */
export async function prepareFill(batch: Batch): Promise<Prepared | null> {
  const edits = batch.op.edits.filter(isPlainFill);
  if (edits.length < batch.op.edits.length) throw internalError('a pass of literals holds another edit');
  const asked = isToldByFilter(edits) ? docOf({ _id: int(1) }) : whichApply(edits);
  const projection = new Map<string, Value>([...asked, ['size', documentSize]]);
  const found = withinBytes(withinBytes(await candidates(batch, projection), idBytes), documentBytes);
  const last = found.at(-1)?.get('_id');
  if (last === undefined) return null;
  const groups = groupsOf(found, edits);
  const write = async (): Promise<readonly number[]> => {
    const left = edits.map(() => 0);
    for (const group of groups) {
      const own = group.edits.map(({ at }) => edits[at] as Fill);
      const guard = docOf({ $and: own.map((edit) => anyMayApply([edit])) });
      const matched = await updateDocuments(batch, group.ids, fillUpdate(own), [guard]);
      for (const { at } of group.edits) left[at] = (left[at] ?? 0) + group.ids.length - matched;
    }
    return left;
  };
  return { groups, after: [last], kept: [], sample: [], write };
}
