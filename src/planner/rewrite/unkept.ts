import { docOf, type Value } from '../../state/value.ts';
import type { FieldPath } from '../operation.ts';
import { choose, hasType, isBeyondDates, literal } from './expressions.ts';
import { holdsAt, member } from './walk.ts';

/** Whether an object holds a name twice: put together anew it holds the last of them alone, and is smaller (6.0.5). */
const isRepeated = (object: string): Value =>
  docOf({ $ne: [docOf({ $bsonSize: object }), docOf({ $bsonSize: docOf({ $mergeObjects: [object] }) })] });

/** An expression: whether an object on the way of a path, below the document itself, holds a name twice. */
export function repeatsOn(path: FieldPath): Value {
  const holders = path
    .slice(1)
    .flatMap((step, at): readonly FieldPath[] => (step === null ? [] : [path.slice(0, at + 1)]));
  const repeated = (value: string): Value => choose(hasType(value, 'object'), isRepeated(value), false);
  return docOf({
    $or: holders.map((holder) => holdsAt(holder, { field: (at, name) => repeated(member(at, name)), item: repeated })),
  });
}

/** Deprecated types that the driver does not send. */
const deprecated = ['undefined', 'dbPointer', 'javascriptWithScope'];

/** An expression: whether what stands at a path is a value that cannot be sent, as far as the server can tell. */
export function cannotBeSent(path: FieldPath): Value {
  const test = (value: string): Value =>
    docOf({
      $or: [
        docOf({ $in: [docOf({ $type: value }), literal(deprecated)] }),
        choose(hasType(value, 'date'), isBeyondDates(value), false),
        choose(hasType(value, 'object'), isRepeated(value), false),
      ],
    });
  return holdsAt(path, { field: (holder, name) => test(member(holder, name)), item: test });
}
