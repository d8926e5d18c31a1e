import { namesOf, overlap } from '../../rewrite/path.ts';
import type { ChangeOf } from '../../change.ts';
import type { FieldPath } from '../../operation.ts';

type At = Pick<ChangeOf<'edit'>, 'path' | 'action'>;

/** The places that an edit changes: its own, and the one from which it takes a value away. */
export function placesOf({ path, action }: At): readonly FieldPath[] {
  return action.kind === 'rename' ? [path, [...path.slice(0, -1), action.from]] : [path];
}

export const touches = (a: At, b: At): boolean =>
  placesOf(a).some((one) => placesOf(b).some((other) => overlap(one, other)));

/** Whether a dotted path, such as an index has, lies at, above or below what an edit changes. */
export const isOver = (change: At, dotted: string): boolean =>
  placesOf(change).some((place) => overlap(namesOf(place), dotted.split('.')));
