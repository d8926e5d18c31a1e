import { canonical } from '../../state/encode.ts';
import type { Value } from '../../state/value.ts';
import type { Edit, Held } from '../operation.ts';
import { differsAt } from './array.ts';
import { constantOf, moveOf } from './edits.ts';
import { heldAt, namesBeside, type Part, sameHeld } from './held.ts';
import { isInArray, namesOf, slotOf } from './path.ts';

/** What one edit of a pass did to a group of documents; the lists run beside the ids of the group. */
export interface ChangedEdit {
  /** The position of the edit in its pass. */
  readonly at: number;
  /** The names beside the field before, where one of them goes: the same in all documents of the group. */
  readonly names: readonly string[] | null;
  /** What the documents held, and hold since; of an edit within an array the whole array. Null: nothing, or what the edit itself says. */
  readonly before: readonly Value[] | null;
  readonly after: readonly Value[] | null;
}

/** Documents that the same edits of a pass changed in the same way. */
export interface ChangedGroup {
  readonly edits: readonly ChangedEdit[];
  readonly ids: readonly Value[];
}

/** What one edit did to one document. */
export interface Changed {
  readonly at: number;
  readonly names: readonly string[] | null;
  readonly before: Held;
  readonly after: Held;
  /** Whether the values are what the edit says of all documents, and need not be kept. */
  readonly isConstant: boolean;
}

/** The way of an array's path from the array itself. */
export const withinArray = (path: Edit['path']): Edit['path'] => path.slice(slotOf(path).length);

function changedInArray(edit: Edit, at: number, before: Part, after: Part): Changed | null {
  const slot = slotOf(edit.path);
  const [was, is] = [heldAt(before.fields, slot), heldAt(after.fields, slot)];
  if (was === null || is === null || !differsAt(was[0], is[0], withinArray(edit.path))) return null;
  return { at, names: null, before: was, after: is, isConstant: false };
}

/** What an edit did to a document, told from how it was and how it is; null where it did nothing. */
export function changedBy(edit: Edit, at: number, before: Part, after: Part): Changed | null {
  if (isInArray(edit.path)) return changedInArray(edit, at, before, after);
  const path = namesOf(edit.path);
  const [was, is] = [heldAt(before.fields, path), heldAt(after.fields, path)];
  if (sameHeld(was, is)) return null;
  const move = moveOf(edit);
  const goes = is === null || move !== null;
  const isConstant = move !== null || constantOf(edit) !== null;
  return { at, names: goes ? namesBeside(before, path) : null, before: was, after: is, isConstant };
}

const signatureOf = (changes: readonly Changed[]): string =>
  canonical(
    changes.map(({ at, names, before, after, isConstant }) => [
      at,
      names,
      isConstant ? null : before === null,
      isConstant ? null : after === null,
    ]),
  );

const column = (
  rows: readonly (readonly Changed[])[],
  at: number,
  side: 'before' | 'after',
): readonly Value[] | null => {
  const first = rows[0]?.[at];
  if (first === undefined || first.isConstant || first[side] === null) return null;
  return rows.map((row) => (row[at]?.[side] as readonly [Value])[0]);
};

/** Documents gathered by what was done to them, in the order in which they come. Those to which nothing was done are left out. */
export function gather(
  documents: readonly { readonly id: Value; readonly changes: readonly Changed[] }[],
): readonly ChangedGroup[] {
  const groups = new Map<string, { readonly ids: Value[]; readonly rows: (readonly Changed[])[] }>();
  for (const { id, changes } of documents) {
    if (changes.length === 0) continue;
    const key = signatureOf(changes);
    const group = groups.get(key) ?? { ids: [], rows: [] };
    group.ids.push(id);
    group.rows.push(changes);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ ids, rows }) => ({
    ids,
    edits: (rows[0] ?? []).map(({ at, names }, position) => ({
      at,
      names,
      before: column(rows, position, 'before'),
      after: column(rows, position, 'after'),
    })),
  }));
}
