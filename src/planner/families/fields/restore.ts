import type { Change, ChangeOf } from '../../change.ts';
import { type CountedHazard, dropKey, type Family, isDropped, nameBytes, notKept, secondsOf } from '../family.ts';
import { validatorFirst } from '../validators/validator.ts';
import { largeRewrite, withoutUndo } from './edit.ts';
import type { FieldPath, Operation } from '../../operation.ts';
import { isScalar } from '../../../state/value.ts';
import { plural } from '../../../state/words.ts';
import { isExpiring, reversalBeside } from '../indexes/expiry.ts';
import { isReadingDrop, readsAny, without } from './standing.ts';

type RestoreChange = ChangeOf<'restore'>;

const isCreation = (other: Change): boolean => other.kind === 'collection' && other.after !== null;

/** Documents without the field share the key null, so a unique index has to go before the values do. */
const isUniqueDrop = (other: Change): boolean =>
  other.kind === 'index' && other.before?.options['unique'] === true && other.after?.options['unique'] !== true;

/** A document that is taken back is also looked up and compared (measured on 6.0.5: 1.5 to 2.7 times what the edit took). */
const timesAnEdit = 2;

type At = Pick<RestoreChange, 'path' | 'action'>;

const beside = ({ path }: At, name: string): FieldPath => [...path.slice(0, -1), name];

/** Where values come back. */
const backAt = (change: At): FieldPath =>
  change.action.move === null ? change.path : beside(change, change.action.move.from);

/** What reads a field would refuse values of it, or delete documents: it goes before they come back. */
function makesWay(other: Change, change: At): other is ChangeOf<'index'> {
  const { move } = change.action;
  return isReadingDrop(other, move === null ? [change.path] : [beside(change, move.from), beside(change, move.to)]);
}

/** The values lie in the undo data, so as many as there are may expire. */
function expiryHazards(change: RestoreChange, documents: number, changes: readonly Change[]): readonly CountedHazard[] {
  const { constant } = change.action;
  const value = constant?.before?.[0];
  const isDate = constant === null ? change.mayBeDates : isScalar(value) && value.type === 'date';
  if (!isDate || documents === 0) return [];
  return without(
    change.indexes,
    changes.filter((other) => makesWay(other, change)),
  )
    .filter((index) => isExpiring(index) && readsAny(index, [backAt(change)]))
    .map(({ name }) => ({
      code: 'ttl-expiry',
      address: change.address,
      message: `by its index "${name}" the server may delete up to ${plural(documents, 'document')} once their dates are back`,
      count: documents,
    }));
}

/** Takes an edit back in exactly the documents it changed, where what it left still stands. */
export const restoreFamily: Family<RestoreChange> = {
  needs(change, others) {
    const within = others.filter(({ collection }) => collection === change.collection);
    return within.filter(
      (other) =>
        isCreation(other) ||
        isUniqueDrop(other) ||
        makesWay(other, change) ||
        (other.kind === 'validator' && validatorFirst(other)),
    );
  },

  questions: () => [],

  review(change, context) {
    const { changes, undo } = context;
    const { path, action, was, again } = change;
    const isGone = isDropped(change.collection, changes);
    const documents = isGone ? 0 : change.documents;
    const expiring = expiryHazards(change, documents, changes);
    const value = action.constant?.before?.[0] ?? null;
    return {
      action: 'write',
      kind: 'restore',
      route: null,
      before: { path, value: action.constant?.after ?? null },
      after: { path, was, again, constant: action.constant, move: action.move },
      hazards: [
        ...expiring,
        ...largeRewrite(change.address, documents),
        ...withoutUndo(change.address, documents, context),
      ],
      violations: [],
      notes: [],
      estimate: {
        ...{ documents, exact: true, bytes: documents * nameBytes(path, value) },
        ...secondsOf(change.collection, documents * timesAnEdit, context.facts),
      },
      reversal: undo ? reversalBeside(expiring, isGone ? 0 : change.undoBytes) : notKept,
    };
  },

  patch: () => [],

  unitKey: (change, others) =>
    isDropped(change.collection, others)
      ? dropKey(change.collection)
      : `restore ${change.pass.run} ${change.pass.unit}`,

  lower(changes, { changes: all, mode, undo }) {
    const [first] = changes;
    if (first === undefined || isDropped(first.change.collection, all)) return [];
    const { collection, pass } = first.change;
    const edits = changes.map(({ change, step }) => ({ step, path: change.path, action: change.action }));
    const scope = { kind: 'changed-by', run: pass.run, unit: pass.unit } as const;
    return [{ kind: 'rewrite', collection, scope, edits, undo, mode }] satisfies Operation[];
  },
};
