import { roughSize } from '../../state/size.ts';
import { doc, type Doc, docOf, isDoc, isList, type Value } from '../../state/value.ts';
import type { Held } from '../operation.ts';
import { both, equal, hasType, isSame, literal } from './expressions.ts';
import { holdsAt, member } from './walk.ts';

/** What a filter can hold beside the value that is written; of larger values the size alone is compared. */
const mostCompared = 4 * 1024 * 1024;

const sizeOf = (expression: Value): Doc => docOf({ $bsonSize: docOf({ v: expression }) });

/**
 * Whether an object or array is this very one: its members in their order by `$eq`, which follows the collection's
 * collation and calls numbers of all types equal; the size tells apart numbers of different widths.
 */
const isComposite = (expression: string, value: Value): Value =>
  both(
    hasType(expression, isDoc(value) ? 'object' : 'array'),
    equal(sizeOf(expression), sizeOf(literal(value))),
    ...(roughSize(value) > mostCompared ? [] : [equal(expression, literal(value))]),
  );

const isComposed = (value: Value): boolean => isDoc(value) || isList(value);

/** Texts within objects and arrays byte for byte: a schema compares without any collation, but in no order of names. */
function sameTexts([name, ...rest]: readonly string[], value: Value): Doc {
  const inner = rest.length === 0 ? docOf({ enum: [value] }) : sameTexts(rest, value);
  return docOf({ properties: doc([name ?? '', inner]) });
}

/** A filter: the document still holds this at a path that leads through objects, nothing where nothing was. */
export function isUnchanged(path: readonly string[], held: Held): Doc {
  if (held === null) {
    const isThere = holdsAt(path, {
      field: (holder, name) => docOf({ $ne: [docOf({ $type: member(holder, name) }), 'missing'] }),
      item: () => true,
    });
    return docOf({ $expr: docOf({ $not: [isThere] }) });
  }
  const [value] = held;
  const isIt = holdsAt(path, {
    field: (holder, name) => {
      const expression = member(holder, name);
      return isComposed(value) ? isComposite(expression, value) : isSame(expression, value);
    },
    item: () => true,
  });
  const comparesTexts = isComposed(value) && roughSize(value) <= mostCompared / 2;
  return docOf({ $expr: isIt, $jsonSchema: comparesTexts ? sameTexts(path, value) : undefined });
}
