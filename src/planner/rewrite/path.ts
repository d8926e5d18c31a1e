import type { FieldPath } from '../operation.ts';

/** The names of a path, array items left out: as it stands in an address. */
export function namesOf(path: FieldPath): readonly string[] {
  return path.filter((step) => step !== null);
}

export const textOf = (path: FieldPath): string => namesOf(path).join('.');

/** The field of the document itself in which the path begins. */
export const rootOf = (path: FieldPath): string => path[0] ?? '';

/** The part of a path that leads through objects only: the whole of it, or to the first array. */
export function slotOf(path: FieldPath): readonly string[] {
  const at = path.indexOf(null);
  return namesOf(at < 0 ? path : path.slice(0, at));
}

export const isInArray = (path: FieldPath): boolean => path.includes(null);

/** Whether one path is, or leads to, the other, whatever arrays lie between. */
export function overlap(a: FieldPath, b: FieldPath): boolean {
  const [left, right] = [namesOf(a), namesOf(b)];
  const length = Math.min(left.length, right.length);
  return left.slice(0, length).every((name, at) => name === right[at]);
}

/** The same object, another name in it. */
export const beside = (path: FieldPath, name: string): FieldPath => [...path.slice(0, -1), name];
