import { type Doc, docOf, type Value } from '../../state/value.ts';
import { appliesExpression, mayApply, stagesOfOne } from './actions.ts';
import type { Change } from './edits.ts';
import { isAmbiguous, isEmpty, joinStages, mayLook, mayMatch } from './join.ts';
import { textOf } from './path.ts';

/** Where it stands, while a question is answered, whether an edit had something to do; no field of a declaration begins with two of these. */
const isOpen = '__schemactl_open';
const wasEmpty = '__schemactl_empty';

const match = (filter: Doc): Doc => docOf({ $match: filter });
const isExact = ({ action }: Change): boolean => action.kind !== 'compute' && action.kind !== 'populate';

/** A filter: documents in which an edit may have something to do. */
const guardOf = (edit: Change): Doc =>
  edit.action.kind === 'populate' ? mayMatch(edit.path, edit.action.join) : mayApply(edit);

/** Marks the documents in which an edit has something to do, and does it. */
function markedBy(edit: Change): readonly Doc[] {
  const { path, action } = edit;
  if (action.kind !== 'populate') {
    const mark = docOf({ [isOpen]: docOf({ $or: [`$${isOpen}`, appliesExpression(edit)] }) });
    return [docOf({ $set: mark }), ...stagesOfOne(edit)];
  }
  const field = `$${textOf(path)}`;
  const { join, ambiguous } = action;
  const marked = (condition: Value): Doc =>
    docOf({ $set: docOf({ [isOpen]: docOf({ $or: [`$${isOpen}`, docOf({ $and: [`$${wasEmpty}`, condition] })] }) }) });
  const stops = docOf({ $and: [...mayLook(join), isAmbiguous(join)] });
  return [
    docOf({ $set: docOf({ [wasEmpty]: isEmpty(field) }) }),
    ...joinStages(path, join, ambiguous === 'fail' ? [marked(stops)] : []),
    marked(docOf({ $not: [isEmpty(field)] })),
  ];
}

/**
 * Stages that leave the documents that these edits of one collection, one after the other, would change, or at which one
 * of them would stop. The first that
 * changes a document finds it as it is, so a document that no edit's own filter finds is changed by none.
 */
export function openStages(edits: readonly Change[]): readonly Doc[] {
  const guards = edits.map(guardOf);
  const found = match(guards.length === 1 ? (guards[0] as Doc) : docOf({ $or: guards }));
  if (edits.every(isExact)) return [found];
  return [found, ...edits.flatMap(markedBy), match(docOf({ [isOpen]: true }))];
}
