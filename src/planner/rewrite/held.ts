import { equalValues, isDoc, isRawHolder, type Doc, type Value } from '../../state/value.ts';
import type { Held } from '../operation.ts';

/** The fields of a document that a pass is about, as they were read, and the names of all its fields where they were. */
export interface Part {
  readonly id: Value;
  readonly fields: Doc;
  readonly names: readonly string[] | null;
  /** What the server says stands at paths that may lead into an object that is kept as bytes, by their text. */
  readonly asked: ReadonlyMap<string, Held>;
}

/** What stands at a path that leads through objects only. */
export function heldAt(fields: Doc, path: readonly string[]): Held {
  const holder = holderOf(fields, path);
  const value = holder?.get(path.at(-1) ?? '');
  return value === undefined ? null : [value];
}

/** The object in which the last name of a path stands; null where there is none. */
export function holderOf(fields: Doc, path: readonly string[]): Doc | null {
  let holder: Doc = fields;
  for (const name of path.slice(0, -1)) {
    const next = holder.get(name);
    if (!isDoc(next)) return null;
    holder = next;
  }
  return holder;
}

/** Whether the path leads into an object that is kept as bytes, so that nobody can say what stands there. */
export function isHidden(fields: Doc, path: readonly string[]): boolean {
  let value: Value | undefined = fields;
  for (const name of path.slice(0, -1)) {
    value = isDoc(value) ? value.get(name) : undefined;
    if (isRawHolder(value)) return true;
  }
  return false;
}

/** What stands at a path, as this side reads it, else as the server does. */
export const heldIn = ({ fields, asked }: Part, path: readonly string[]): Held =>
  isHidden(fields, path) ? (asked.get(path.join('.')) ?? null) : heldAt(fields, path);

/** The names beside the last of a path, itself included; null where they were not read. */
export function namesBeside({ fields, names }: Part, path: readonly string[]): readonly string[] | null {
  if (path.length === 1) return names;
  const holder = holderOf(fields, path);
  return holder === null ? null : [...holder.keys()];
}

/** Equal in type, value and order of names; nothing equals nothing alone. */
export function sameHeld(a: Held, b: Held): boolean {
  return a === null || b === null ? a === b : equalValues(a[0], b[0]);
}
