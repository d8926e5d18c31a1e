import { internalError } from '../../errors.ts';
import { type Doc, doc, docOf, type Value } from '../../state/value.ts';
import type { Edit, EditAction, FieldPath, Former } from '../operation.ts';
import { conversion, isForeign } from './convert.ts';
import { both, choose, hasType, literal, sameText } from './expressions.ts';
import { joinStages } from './join.ts';
import { rootOf } from './path.ts';
import { changedAt, holdsAt, member } from './walk.ts';

type Declared = Exclude<EditAction, { readonly kind: 'restore' | 'populate' }>;

const isMissing = (expression: string): Value => hasType(expression, 'missing');
const isThere = (expression: string): Value => docOf({ $ne: [docOf({ $type: expression }), 'missing'] });

/** The members of an object but one; names are compared byte for byte, whatever the collection's collation. */
export function without(holder: string, name: string): Value {
  const isOther = docOf({ $not: [sameText('$$this.k', name)] });
  return docOf({
    $arrayToObject: docOf({ $filter: docOf({ input: docOf({ $objectToArray: holder }), cond: isOther }) }),
  });
}

/** The value at the place, converted where that loses nothing. */
function convertedValue(value: string, action: Extract<Declared, { readonly kind: 'convert' }>): Value {
  const found = docOf({
    $let: docOf({
      vars: docOf({ found: conversion(value, action.types) }),
      in: choose(docOf({ $eq: ['$$found', null] }), value, '$$found.value'),
    }),
  });
  return choose(isForeign(value, action.types), found, value);
}

/** Everything that the server is told of one kind of edit. */
interface Row<A extends Declared> {
  /** Passes run their edits in this order: what moves or changes first, what reads others after it, removals last. */
  readonly phase: number;
  /** Whether the edit has something to do in this holder. */
  readonly applies: (action: A, holder: string | null, name: string) => Value;
  /** The value of a field of the document afterwards, beside others that change with it. */
  readonly set: (action: A, name: string) => readonly (readonly [name: string, value: Value])[];
  /** The holder of a nested field afterwards. */
  readonly holder: (action: A, holder: string, name: string) => Value;
}

type Rows = { readonly [K in Declared['kind']]: Row<Extract<Declared, { readonly kind: K }>> };

const merged = (holder: string, name: string, value: Value): Value =>
  docOf({ $mergeObjects: [holder, doc([name, value])] });

/** Nothing is there, nor may anything come from a former name. */
const isOpen = (holder: string | null, name: string, { former }: Former): Value =>
  both(isMissing(member(holder, name)), ...(former === undefined ? [] : [isMissing(member(holder, former))]));

const canMove = (from: string, to: string): Value => both(isThere(from), isMissing(to));

const rows: Rows = {
  rename: {
    phase: 0,
    applies: ({ from }, holder, name) => canMove(member(holder, from), member(holder, name)),
    set: ({ from }, name) => [
      [name, choose(canMove(`$${from}`, `$${name}`), `$${from}`, `$${name}`)],
      [from, choose(canMove(`$${from}`, `$${name}`), '$$REMOVE', `$${from}`)],
    ],
    holder: ({ from }, holder, name) => {
      const moved = docOf({ $mergeObjects: [without(holder, from), doc([name, member(holder, from)])] });
      return choose(canMove(member(holder, from), member(holder, name)), moved, holder);
    },
  },
  convert: {
    phase: 1,
    applies: ({ types }, holder, name) => {
      const value = member(holder, name);
      const isConvertible = docOf({ $ne: [conversion(value, types), null] });
      return choose(isForeign(value, types), isConvertible, false);
    },
    set: (action, name) => [[name, convertedValue(`$${name}`, action)]],
    holder: (action, holder, name) => merged(holder, name, convertedValue(member(holder, name), action)),
  },
  fill: {
    phase: 2,
    applies: (action, holder, name) => isOpen(holder, name, action),
    set: (action, name) => [[name, choose(isOpen(null, name, action), literal(action.value), `$${name}`)]],
    holder: (action, holder, name) =>
      choose(isOpen(holder, name, action), merged(holder, name, literal(action.value)), holder),
  },
  compute: {
    phase: 3,
    applies: (action, holder, name) =>
      choose(isOpen(holder, name, action), docOf({ $ne: [docOf({ $type: [action.expression] }), 'missing'] }), false),
    set: (action, name) => [[name, choose(isOpen(null, name, action), action.expression, `$${name}`)]],
    holder: (action, holder, name) =>
      choose(isOpen(holder, name, action), merged(holder, name, action.expression), holder),
  },
  remove: {
    phase: 5,
    applies: (_, holder, name) => isThere(member(holder, name)),
    set: (_, name) => [[name, '$$REMOVE']],
    holder: (_, holder, name) => without(holder, name),
  },
};

/** When a populated field is filled, among the phases above. */
const populatePhase = 4;

const rowOf = (action: Declared): Row<Declared> => rows[action.kind] as unknown as Row<Declared>;

export const phaseOf = (action: EditAction): number =>
  action.kind === 'restore' || action.kind === 'populate' ? populatePhase : rowOf(action).phase;

const asDeclared = (action: EditAction): Declared => {
  if (action.kind === 'restore' || action.kind === 'populate')
    throw internalError(`a ${action.kind} is no expression on one document`);
  return action;
};

/** An expression: whether an edit has something to do in a document as it is; not for a join, nor for what is recorded. */
export function appliesExpression({ path, action }: Pick<Edit, 'path' | 'action'>): Value {
  const declared = asDeclared(action);
  const row = rowOf(declared);
  const item = (value: string): Value => {
    if (declared.kind !== 'convert') throw internalError(`an item of an array has no ${declared.kind}`);
    const isConvertible = docOf({ $ne: [conversion(value, declared.types), null] });
    return choose(isForeign(value, declared.types), isConvertible, false);
  };
  return holdsAt(path, { field: (holder, name) => row.applies(declared, holder, name), item });
}

/** Stages of an update, or of a question, after which a document is as the edit leaves it. */
export function stagesOfOne({ path, action }: Pick<Edit, 'path' | 'action'>): readonly Doc[] {
  if (action.kind === 'populate') return joinStages(path, action.join);
  const declared = asDeclared(action);
  const row = rowOf(declared);
  if (path.length === 1) return [docOf({ $set: new Map(row.set(declared, rootOf(path))) })];
  const value = changedAt(path, {
    holder: (holder, name) => row.holder(declared, holder, name),
    item: (item) => (declared.kind === 'convert' ? convertedValue(item, declared) : item),
  });
  return [docOf({ $set: doc([rootOf(path), value]) })];
}

/** A condition on a plain path, for a filter; null where only an expression can say it. */
function plainCondition(path: FieldPath, action: EditAction): Doc | null {
  const name = rootOf(path);
  const exists = (field: string, is: boolean): Doc => doc([field, docOf({ $exists: is })]);
  if (path.length > 1) return null;
  switch (action.kind) {
    case 'fill':
    case 'compute':
      return action.former === undefined
        ? exists(name, false)
        : docOf({ $and: [exists(name, false), exists(action.former, false)] });
    case 'remove':
      return exists(name, true);
    case 'rename':
      return docOf({ $and: [exists(action.from, true), exists(name, false)] });
    case 'populate':
      return doc([name, null]);
    default:
      return null;
  }
}

/**
 * A filter: documents in which the edit may have something to do. Exact but for `compute`, which asks only whether the field
 * is missing, and `populate`, which asks only whether it is empty: what they yield may depend on other edits.
 */
export function mayApply(edit: Pick<Edit, 'path' | 'action'>): Doc {
  const { path, action } = edit;
  const plain = plainCondition(path, action);
  if (plain !== null) return plain;
  if (action.kind === 'populate')
    return docOf({ $expr: docOf({ $eq: [docOf({ $ifNull: [`$${path.join('.')}`, null] }), null] }) });
  const asked = action.kind === 'compute' ? ({ ...action, kind: 'fill', value: null } as const) : action;
  return docOf({ $expr: appliesExpression({ path, action: asked }) });
}
