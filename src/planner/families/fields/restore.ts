import type { Change, ChangeOf } from '../../change.ts';
import { dropKey, exactly, type Family, isDropped, nameBytes, notKept, secondsOf } from '../family.ts';
import { validatorFirst } from '../validators/validator.ts';
import { largeRewrite, withoutUndo } from './edit.ts';
import type { Operation } from '../../operation.ts';

type RestoreChange = ChangeOf<'restore'>;

const isCreation = (other: Change): boolean => other.kind === 'collection' && other.after !== null;

/** Documents without the field share the key null, so a unique index has to go before the values do. */
const isUniqueDrop = (other: Change): boolean =>
  other.kind === 'index' && other.before?.options['unique'] === true && other.after?.options['unique'] !== true;

/** Takes an edit back in exactly the documents it changed, where what it left still stands. */
export const restoreFamily: Family<RestoreChange> = {
  needs(change, others) {
    const within = others.filter(({ collection }) => collection === change.collection);
    return within.filter(
      (other) => isCreation(other) || isUniqueDrop(other) || (other.kind === 'validator' && validatorFirst(other)),
    );
  },

  questions: () => [],

  review(change, context) {
    const { changes, undo } = context;
    const { path, action, was, again } = change;
    const isGone = isDropped(change.collection, changes);
    const documents = isGone ? 0 : change.documents;
    const value = action.constant?.before?.[0] ?? null;
    return {
      action: 'write',
      kind: 'restore',
      route: null,
      before: { path, value: action.constant?.after ?? null },
      after: { path, was, again, constant: action.constant, move: action.move },
      hazards: [...largeRewrite(change.address, documents), ...withoutUndo(change.address, documents, context)],
      violations: [],
      notes: [],
      estimate: {
        ...{ documents, exact: true, bytes: documents * nameBytes(path, value) },
        ...secondsOf(change.collection, documents, context.facts),
      },
      reversal: undo ? exactly(isGone ? 0 : change.undoBytes) : notKept,
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
