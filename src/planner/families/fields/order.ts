import { phaseOf } from '../../rewrite/actions.ts';
import type { Change, ChangeOf } from '../../change.ts';
import type { Doc } from '../../../state/value.ts';
import type { Join } from '../../operation.ts';
import { stagesOf } from '../../rewrite/edits.ts';
import { liveNameOf } from '../collections/rename.ts';
import { joinsOf, readsThere } from './joins.ts';
import { isOver, touches } from './places.ts';

type EditChange = ChangeOf<'edit'>;

const cache = new WeakMap<readonly Change[], ReadonlyMap<string, readonly EditChange[]>>();

/** The joins of one collection and milestone stand where they stood, in the order in which they run. */
function inJoinOrder(edits: readonly EditChange[], joins: readonly EditChange[]): readonly EditChange[] {
  const waiting = joins.filter((join) => edits.includes(join));
  return edits.map((edit) => {
    if (edit.action.kind !== 'populate') return edit;
    const at = waiting.findIndex(({ milestone }) => milestone === edit.milestone);
    return waiting.splice(at, 1)[0] ?? edit;
  });
}

/** The edits of a plan by collection, in the order in which they run. */
function byCollection(changes: readonly Change[]): ReadonlyMap<string, readonly EditChange[]> {
  const known = cache.get(changes);
  if (known !== undefined) return known;
  const edits = changes.filter((change): change is EditChange => change.kind === 'edit');
  const joins = [...joinsOf(changes).keys()];
  const own = new Map<string, EditChange[]>();
  for (const edit of edits) {
    const before = own.get(edit.collection);
    if (before === undefined) own.set(edit.collection, [edit]);
    else before.push(edit);
  }
  const found = new Map([...own].map(([name, all]) => [name, inJoinOrder(all, joins)]));
  cache.set(changes, found);
  return found;
}

/** The edits of a collection, in the order in which they run. */
export const editsOf = (collection: string, changes: readonly Change[]): readonly EditChange[] =>
  byCollection(changes).get(collection) ?? [];

/** What this plan does, before a join runs, to the documents that it reads; nothing where it reads none of that. */
function aheadOf(change: EditChange, join: Join, changes: readonly Change[]): Join['ahead'] {
  const needed = new Set(neededEdits(change, changes));
  const at = changes.indexOf(change);
  const isBefore = (other: EditChange): boolean =>
    needed.has(other) || (other.milestone !== change.milestone && changes.indexOf(other) < at);
  const before = editsOf(join.collection, changes).filter(isBefore);
  const edits = before.slice(0, before.findLastIndex((other) => readsThere(join, other)) + 1);
  if (edits.length === 0) return undefined;
  const compared = join.match.map(([, other]) => other);
  return {
    stages: stagesOf(edits.map((edit) => askedEdit(edit, changes))),
    changed: compared.filter((field) => edits.some((edit) => isOver(edit, field))),
  };
}

/** An edit as the data can be asked about it: what it joins with still has its former name, and is as it will be then. */
export function askedEdit(edit: EditChange, changes: readonly Change[]): EditChange {
  const { action } = edit;
  if (action.kind !== 'populate') return edit;
  const collection = liveNameOf(action.join.collection, changes);
  const ahead = aheadOf(edit, action.join, changes);
  return { ...edit, action: { ...action, join: { ...action.join, collection, ...(ahead && { ahead }) } } };
}

/** Stages that show documents of a collection as all edits of the plan leave them, for a question asked beforehand. */
export const stagesAhead = (collection: string, changes: readonly Change[]): readonly Doc[] =>
  stagesOf(editsOf(collection, changes).map((edit) => askedEdit(edit, changes)));

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
    const there = editsOf(action.join.collection, changes).filter(isSame);
    return [
      ...there.filter((other) => other.action.kind !== 'remove' && other.action.kind !== 'populate'),
      ...(joinsOf(changes).get(change) ?? []),
    ];
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
