import type { Edit, EditAction, FieldPath } from '../operation.ts';
import { constantOf, moveOf } from './edits.ts';
import { beside, isInArray, slotOf } from './path.ts';

type Restoring = Extract<EditAction, { readonly kind: 'restore' }>;

/** The fields within an array that an edit changes: its own, and the one from which it takes a value away. */
function ownFields({ path, action }: Edit): readonly FieldPath[] {
  if (action.kind === 'restore') return action.inArray?.own ?? [path];
  return action.kind === 'rename' ? [path, beside(path, action.from)] : [path];
}

const allFields = (edit: Edit): readonly FieldPath[] =>
  edit.action.kind === 'restore' ? (edit.action.inArray?.all ?? []) : ownFields(edit);

const sameSlot = (a: Edit, b: Edit): boolean =>
  isInArray(b.path) && slotOf(a.path).join('.') === slotOf(b.path).join('.');

/** What takes an edit of a pass back; taken back itself, it does the same again. `at` is the position of the edit in the pass. */
export function inverseOf(edit: Edit, at: number, pass: readonly Edit[]): Restoring {
  const inArray = isInArray(edit.path)
    ? { own: ownFields(edit), all: pass.filter((other) => sameSlot(edit, other)).flatMap(allFields) }
    : null;
  return { kind: 'restore', edit: at, constant: constantOf(edit), move: moveOf(edit), inArray };
}
