import { internalError } from '../../errors.ts';
import { anyMayApply, type Fill, fillUpdate, isPlainFill, whichApply } from '../../planner/rewrite/edits.ts';
import { type Changed, gather } from '../../planner/rewrite/record.ts';
import { docOf, type Value } from '../../state/value.ts';
import { type Batch, type Prepared, updateDocuments } from './batch.ts';
import { candidates, plainIds, withinBytes } from './candidates.ts';

/** A pass that only fills in literals is told by its ids alone: nothing need be kept of each document. */
export async function prepareFill(batch: Batch): Promise<Prepared | null> {
  const edits = batch.op.edits.filter(isPlainFill);
  if (edits.length < batch.op.edits.length) throw internalError('a pass of literals holds another edit');
  const found = withinBytes(await candidates(batch, whichApply(edits)), plainIds);
  const last = found.at(-1)?.get('_id');
  if (last === undefined) return null;
  const documents = found.map((document) => ({
    id: document.get('_id') as Value,
    changes: edits.flatMap((_, at): readonly Changed[] =>
      document.get(`e${at}`) === true ? [{ at, names: null, before: null, after: null, isConstant: true }] : [],
    ),
  }));
  const groups = gather(documents);
  const write = async (): Promise<void> => {
    for (const group of groups) {
      const own = group.edits.map(({ at }) => edits[at] as Fill);
      await updateDocuments(batch, group.ids, fillUpdate(own), [
        docOf({ $and: own.map((edit) => anyMayApply([edit])) }),
      ]);
    }
  };
  return { groups, after: [last], kept: [], sample: [], write };
}
