import { type Doc, docOf, int } from '../../../state/value.ts';
import type { Change, ChangeOf } from '../../change.ts';
import type { Question } from '../../questions.ts';
import { constantOf, moveOf } from '../../rewrite/edits.ts';
import { mayApply } from '../../rewrite/actions.ts';
import { fieldNames, itemBytes, valueBytes } from '../../rewrite/expressions.ts';
import { isInArray, slotOf } from '../../rewrite/path.ts';
import { type PlanContext, undoBytesPerDocument } from '../family.ts';
import { stagesBefore } from './order.ts';
import { passesOf } from './passes.ts';

type EditChange = ChangeOf<'edit'>;

/** Where a size stands while a question is answered; no field of a declaration begins with two of these. */
const sizeBefore = '__schemactl_before';

/** Whether what stood there, and stands since, is kept of each document: not where the edit says it of all. */
const keepsValues = (change: EditChange): boolean => constantOf(change) === null && moveOf(change) === null;

/** Stages around those of an edit, after which the sums below are known. */
export function measuredAround(change: EditChange, stages: readonly Doc[]): readonly Doc[] {
  if (!keepsValues(change)) return [];
  const slot = `$${slotOf(change.path).join('.')}`;
  return [docOf({ $set: docOf({ [sizeBefore]: itemBytes(slot) }) }), ...stages];
}

/**
 * What is kept of the documents that an edit changes: their ids, and of each what stood there and stands since (`bytes`);
 * and of that what is written (`written`).
 */
export function keptSums(change: EditChange): Doc {
  const ids = docOf({ $sum: itemBytes('$_id') });
  if (!keepsValues(change)) return docOf({ ids });
  const slot = `$${slotOf(change.path).join('.')}`;
  const bytes = docOf({ $sum: docOf({ $add: [`$${sizeBefore}`, itemBytes(slot)] }) });
  const written = change.action.kind === 'remove' && !isInArray(change.path) ? int(0) : valueBytes(slot);
  return docOf({ ids, bytes, written: docOf({ $sum: written }) });
}

/** Documents that are looked at for how many lists of names there are among them. */
const looked = 500;
/** What a group of documents with one list of names takes beside that list. */
const groupBytes = 120;

const namesId = ({ address, action }: EditChange): string => `${address} ${action.kind} names`;
const needsNames = ({ path, action }: EditChange): boolean =>
  path.length === 1 && (action.kind === 'rename' || action.kind === 'remove');

/** How many lists of names there are among some of the documents from which a field goes: each is kept once a batch. */
export function namesQuestion(change: EditChange, { changes, undo }: PlanContext): readonly Question[] {
  if (!undo || !needsNames(change)) return [];
  const bytes = docOf({
    $sum: docOf({
      $map: docOf({ input: '$_id', in: docOf({ $add: [docOf({ $strLenBytes: '$$this' }), int(10)] }) }),
    }),
  });
  const pipeline = [
    ...stagesBefore(change, changes),
    docOf({ $match: mayApply(change) }),
    docOf({ $limit: int(looked) }),
    docOf({ $group: docOf({ _id: fieldNames, n: docOf({ $sum: int(1) }) }) }),
    docOf({
      $group: docOf({
        _id: null,
        n: docOf({ $sum: '$n' }),
        bytes: docOf({ $sum: docOf({ $add: [bytes, int(groupBytes)] }) }),
      }),
    }),
  ];
  return [
    {
      id: namesId(change),
      collection: change.collection,
      pipeline,
      mayEstimate: true,
      collation: docOf({ locale: 'simple' }),
    },
  ];
}

/** Bytes of names for so many documents: as often as among those that were looked at. */
function namesBytes(change: EditChange, documents: number, { facts }: PlanContext): number {
  const answer = facts?.answers.get(namesId(change));
  return answer === undefined || answer.count === 0
    ? 0
    : Math.round((documents * (answer.sums?.get('bytes') ?? 0)) / answer.count);
}

type Asked = (
  change: EditChange,
) => { readonly count: number; readonly sums?: ReadonlyMap<string, number> } | undefined;

const passOf = (change: EditChange, changes: readonly Change[]): readonly EditChange[] =>
  passesOf(change.collection, changes).find((edits) => edits.includes(change)) ?? [change];

/** What is kept once for several edits is counted with the one of which it is most. */
function countedOnce(change: EditChange, edits: readonly EditChange[], bytesOf: (edit: EditChange) => number): number {
  const bytes = edits.map(bytesOf);
  const most = Math.max(...bytes);
  return edits[bytes.indexOf(most)] === change ? most : 0;
}

/** The ids of a pass are kept once for all its edits. */
const idsOf = (change: EditChange, changes: readonly Change[], asked: Asked): number =>
  countedOnce(
    change,
    passOf(change, changes),
    (edit) => asked(edit)?.sums?.get('ids') ?? (asked(edit)?.count ?? 0) * undoBytesPerDocument,
  );

const placeOf = ({ path }: EditChange): string => slotOf(path).join('.');

/** A sum over what stands in a place; an array within which several edits change something counts once for all. */
function valuesOf(change: EditChange, changes: readonly Change[], asked: Asked, sum: 'bytes' | 'written'): number {
  const place = placeOf(change);
  const sharing = isInArray(change.path) ? passOf(change, changes).filter((edit) => placeOf(edit) === place) : [change];
  return countedOnce(change, sharing, (edit) => asked(edit)?.sums?.get(sum) ?? 0);
}

/** What an edit writes of values that are not the same in all documents. */
export const writtenBytesOf = (change: EditChange, { changes }: PlanContext, asked: Asked): number =>
  valuesOf(change, changes, asked, 'written');

/** What is kept to take an edit back with. */
export function undoBytesOf(change: EditChange, context: PlanContext, asked: Asked): number {
  const answer = asked(change);
  return (
    valuesOf(change, context.changes, asked, 'bytes') +
    namesBytes(change, answer?.count ?? 0, context) +
    idsOf(change, context.changes, asked)
  );
}
