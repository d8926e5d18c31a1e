import { doc, docOf, type Value } from '../../state/value.ts';
import type { FieldPath } from '../operation.ts';
import { choose, hasType } from './expressions.ts';

/**
 * Expressions that follow a path through a document on the server. A name leads on only where its holder is an object,
 * an array step only where there is an array; everything else is left as it is. `null` as a holder is the document.
 */

/** A name in an object; the document itself has no expression that a name could be put behind. */
export const member = (holder: string | null, name: string): string =>
  holder === null ? `$${name}` : `${holder}.${name}`;

/** What is asked, or made, at the end of a path: of a field of a holder, or of an array's item itself. */
interface End {
  readonly field: (holder: string | null, name: string) => Value;
  readonly item: (item: string) => Value;
}

function holdsWithin(at: string, rest: FieldPath, depth: number, { field, item }: End): Value {
  const [step, ...further] = rest;
  if (step === undefined) return item(at);
  if (step === null) {
    const name = `e${depth}`;
    const any = docOf({
      $anyElementTrue: [
        docOf({
          $map: docOf({ input: at, as: name, in: holdsWithin(`$$${name}`, further, depth + 1, { field, item }) }),
        }),
      ],
    });
    return choose(hasType(at, 'array'), any, false);
  }
  const then = further.length === 0 ? field(at, step) : holdsWithin(member(at, step), further, depth, { field, item });
  return choose(hasType(at, 'object'), then, false);
}

/** An expression: whether something holds at the end of a path, in any item where arrays lie between. */
export function holdsAt(path: FieldPath, end: End): Value {
  const [root, ...rest] = path as readonly [string, ...FieldPath];
  return rest.length === 0 ? end.field(null, root) : holdsWithin(member(null, root), rest, 0, end);
}

/** What the end of a path becomes: its holder with the field changed, or the item. */
interface Change {
  readonly holder: (holder: string, name: string) => Value;
  readonly item: (item: string) => Value;
}

function changedWithin(at: string, rest: FieldPath, depth: number, change: Change): Value {
  const [step, ...further] = rest;
  if (step === undefined) return change.item(at);
  if (step === null) {
    const name = `e${depth}`;
    const mapped = docOf({ input: at, as: name, in: changedWithin(`$$${name}`, further, depth + 1, change) });
    return choose(hasType(at, 'array'), docOf({ $map: mapped }), at);
  }
  const inner = changedWithin(member(at, step), further, depth, change);
  const then = further.length === 0 ? change.holder(at, step) : docOf({ $mergeObjects: [at, doc([step, inner])] });
  return choose(hasType(at, 'object'), then, at);
}

/** The value of the field of the document in which a path of several steps begins, with its end changed. */
export function changedAt(path: FieldPath, change: Change): Value {
  const [root, ...rest] = path as readonly [string, ...FieldPath];
  return changedWithin(member(null, root), rest, 0, change);
}
