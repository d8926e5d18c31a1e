import type { Value } from '../../state/value.ts';
import type { Edit, EditAction, Held } from '../operation.ts';
import { restoredArray } from './array.ts';
import { heldAt, heldIn, holderOf, isHidden, namesBeside, type Part, sameHeld } from './held.ts';
import { isInArray, namesOf, slotOf } from './path.ts';
import { type Changed, type ChangedEdit, withinArray } from './record.ts';

export type Restore = Edit & { readonly action: Extract<EditAction, { readonly kind: 'restore' }> };

/** One field of a document as it is to be: put among the names that stood before it, or taken out. */
export interface Put {
  readonly path: readonly string[];
  readonly value: Held;
  /** The field beside it from which the server takes the value; null: it is sent. */
  readonly from: string | null;
  /** Null where the field is there and keeps its place. */
  readonly names: readonly string[] | null;
}

/** What is to be done to a document to take one edit back, and what is then recorded of it. */
export interface Restoring {
  readonly puts: readonly Put[];
  readonly changed: Changed;
}

/** `kept`: the value is no longer what the pass left, so it stays. `done`: it is as it was before already. */
export type Decision = Restoring | 'kept' | 'done';

/** What the pass recorded of one document. */
export interface Recorded {
  readonly names: readonly string[] | null;
  readonly before: Held;
  readonly after: Held;
}

/** What a group recorded of its n-th document by one of its edits. */
export function recordedOf(edit: ChangedEdit, { action }: Restore, n: number): Recorded {
  const at = (column: readonly Value[] | null): Held => (column === null ? null : [column[n] as Value]);
  const { constant } = action;
  return constant === null
    ? { names: edit.names, before: at(edit.before), after: at(edit.after) }
    : { names: edit.names, ...constant };
}

function takeArrayBack(edit: Restore, at: number, recorded: Recorded, live: Part): Decision {
  const slot = slotOf(edit.path);
  const now = heldAt(live.fields, slot);
  const { before, after } = recorded;
  const { inArray } = edit.action;
  if (before === null || after === null || inArray === null || now === null) return 'kept';
  const sides = { before: before[0], after: after[0], live: now[0] };
  const value = restoredArray(sides, inArray.own.map(withinArray), inArray.all.map(withinArray));
  if (value === null) return sameHeld(now, before) ? 'done' : 'kept';
  if (sameHeld([value], now)) return 'done';
  return {
    puts: [{ path: slot, value: [value], from: null, names: null }],
    changed: { at, names: null, before: now, after: [value], isConstant: false },
  };
}

/** The value stands under the name that it was given: it is carried back, whatever it is by now. */
function moveBack(edit: Restore, at: number, { names }: Recorded, live: Part): Decision {
  const { move } = edit.action;
  const path = namesOf(edit.path);
  if (move === null) return 'kept';
  const [given, former] = [move.to, move.from].map((name) => [...path.slice(0, -1), name]) as [string[], string[]];
  if (isHidden(live.fields, path)) return 'kept';
  const [now, old] = [heldAt(live.fields, given), heldAt(live.fields, former)];
  if (now === null) return old === null ? 'kept' : 'done';
  if (old !== null) return 'kept';
  return {
    puts: [
      { path: former, value: now, from: move.to, names: names ?? [] },
      { path: given, value: null, from: null, names: null },
    ],
    changed: { at, names: namesBeside(live, path), before: null, after: null, isConstant: true },
  };
}

function putBack(edit: Restore, at: number, { before, after, names }: Recorded, live: Part): Decision {
  const path = namesOf(edit.path);
  const now = heldIn(live, path);
  if (!sameHeld(now, after)) return sameHeld(now, before) ? 'done' : 'kept';
  if (before !== null && holderOf(live.fields, path) === null) return 'kept';
  return {
    puts: [{ path, value: before, from: null, names: now === null ? (names ?? []) : null }],
    changed: {
      at,
      names: before === null ? namesBeside(live, path) : null,
      before: now,
      after: before,
      isConstant: edit.action.constant !== null,
    },
  };
}

/** What becomes of one document when an edit is taken back in it; `at` is the position of the restoring edit in its pass. */
export function takeBack(edit: Restore, at: number, recorded: Recorded, live: Part): Decision {
  if (isInArray(edit.path)) return takeArrayBack(edit, at, recorded, live);
  return edit.action.move === null ? putBack(edit, at, recorded, live) : moveBack(edit, at, recorded, live);
}
