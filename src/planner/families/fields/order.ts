import { namesOf, overlap } from '../../rewrite/path.ts';
import { phaseOf } from '../../rewrite/actions.ts';
import type { Change, ChangeOf } from '../../change.ts';
import type { Doc } from '../../../state/value.ts';
import type { FieldPath } from '../../operation.ts';
import { stagesOf } from '../../rewrite/edits.ts';
import { liveNameOf } from '../collections/rename.ts';

type EditChange = ChangeOf<'edit'>;

const cache = new WeakMap<readonly Change[], ReadonlyMap<string, readonly EditChange[]>>();

/** The edits of a plan by collection, in the order in which they are planned. */
function byCollection(changes: readonly Change[]): ReadonlyMap<string, readonly EditChange[]> {
  const known = cache.get(changes);
  if (known !== undefined) return known;
  const found = new Map<string, EditChange[]>();
  for (const change of changes) {
    if (change.kind !== 'edit') continue;
    const own = found.get(change.collection);
    if (own === undefined) found.set(change.collection, [change]);
    else own.push(change);
  }
  cache.set(changes, found);
  return found;
}

/** The edits of a collection, in the order in which they run. */
export const editsOf = (collection: string, changes: readonly Change[]): readonly EditChange[] =>
  byCollection(changes).get(collection) ?? [];

/** An edit as the data can be asked about it: what it joins with still has its former name. */
export function askedEdit(edit: EditChange, changes: readonly Change[]): EditChange {
  const { action } = edit;
  if (action.kind !== 'populate') return edit;
  const collection = liveNameOf(action.join.collection, changes);
  return { ...edit, action: { ...action, join: { ...action.join, collection } } };
}

/** Stages that show documents of a collection as all edits of the plan leave them, for a question asked beforehand. */
export const stagesAhead = (collection: string, changes: readonly Change[]): readonly Doc[] =>
  stagesOf(editsOf(collection, changes).map((edit) => askedEdit(edit, changes)));

/** The places that an edit changes: its own, and the one from which it takes a value away. */
export function placesOf({ path, action }: Pick<EditChange, 'path' | 'action'>): readonly FieldPath[] {
  return action.kind === 'rename' ? [path, [...path.slice(0, -1), action.from]] : [path];
}

export const touches = (a: Pick<EditChange, 'path' | 'action'>, b: Pick<EditChange, 'path' | 'action'>): boolean =>
  placesOf(a).some((one) => placesOf(b).some((other) => overlap(one, other)));

/** Whether a dotted path, such as an index has, lies at, above or below what an edit changes. */
export const isOver = (change: Pick<EditChange, 'path' | 'action'>, dotted: string): boolean =>
  placesOf(change).some((place) => overlap(namesOf(place), dotted.split('.')));

/** Expressions and joins read any field of the document; what is removed may have been read. */
const readsOthers = ({ action }: EditChange): boolean =>
  action.kind === 'compute' || action.kind === 'populate' || action.kind === 'remove';

function earlierOf(change: EditChange, changes: readonly Change[]): readonly EditChange[] {
  const own = editsOf(change.collection, changes);
  const at = own.indexOf(change);
  return at < 0 ? own : own.slice(0, at);
}

/** Edits of the same documents that must be done, or be in the same pass before it. */
export function neededEdits(change: EditChange, changes: readonly Change[]): readonly EditChange[] {
  const reads = (other: EditChange): boolean =>
    readsOthers(change) && other.milestone === change.milestone && phaseOf(other.action) < phaseOf(change.action);
  return [
    ...earlierOf(change, changes).filter((other) => touches(other, change) || reads(other)),
    ...acrossCollections(change, changes),
  ];
}

/** A join needs what fills the documents that it reads; what it reads is removed after it. */
function acrossCollections(change: EditChange, changes: readonly Change[]): readonly EditChange[] {
  const { action, milestone } = change;
  const isSame = (other: EditChange): boolean =>
    other.milestone === milestone && other.collection !== change.collection;
  if (action.kind === 'populate') {
    const { collection, match, take } = action.join;
    const read = [take, ...match.map(([, other]) => other)];
    return editsOf(collection, changes).filter(
      (other) =>
        isSame(other) &&
        other.action.kind !== 'remove' &&
        (other.action.kind !== 'populate' || read.some((field) => isOver(other, field))),
    );
  }
  if (action.kind !== 'remove') return [];
  return changes.filter(
    (other): other is EditChange =>
      other.kind === 'edit' &&
      isSame(other) &&
      other.action.kind === 'populate' &&
      other.action.join.collection === change.collection,
  );
}

/**
 * Edits of one collection and milestone run in one pass, one scan and one write a document, but for those on the same place:
 * each must be told apart to be taken back alone. A join is a pass of its own.
 */
function roundOf(change: EditChange, changes: readonly Change[]): number {
  const earlier = earlierOf(change, changes).filter(
    (other) => other.milestone === change.milestone && other.action.kind !== 'populate',
  );
  return earlier.reduce((round, other) => {
    if (touches(other, change)) return Math.max(round, roundOf(other, changes) + 1);
    return readsOthers(change) ? Math.max(round, roundOf(other, changes)) : round;
  }, 0);
}

export function passKey(change: EditChange, changes: readonly Change[]): string {
  const { collection, milestone, action, address } = change;
  if (action.kind === 'populate') return `populate ${address}`;
  return `pass ${collection} ${milestone ?? ''} ${roundOf(change, changes)}`;
}

/** Stages that show documents as the edits before it leave them, as far as an edit depends on them. */
export function stagesBefore(change: EditChange, changes: readonly Change[]): readonly Doc[] {
  const earlier = earlierOf(change, changes);
  const before = readsOthers(change) ? earlier : earlier.filter((other) => touches(other, change));
  return stagesOf(before.map((edit) => askedEdit(edit, changes)));
}
