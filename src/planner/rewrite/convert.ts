import type { FieldType } from '../../state/types.ts';
import type { Declares } from '../change.ts';
import { type Doc, doc, docOf, type Value } from '../../state/value.ts';
import { both, choose, equal, hasType, isBeyondDates, literal, sameText } from './expressions.ts';

/** What `$type` answers for values of a declared type; those of `number` are any number. */
const fitting: Readonly<Record<FieldType, readonly string[]>> = {
  string: ['string'],
  int: ['int'],
  long: ['long'],
  double: ['double'],
  decimal: ['decimal'],
  number: ['int', 'long', 'double', 'decimal'],
  bool: ['bool'],
  date: ['date'],
  timestamp: ['timestamp'],
  objectId: ['objectId'],
  object: ['object'],
  array: ['array'],
  binary: ['binData'],
  regex: ['regex'],
  null: ['null'],
  any: [],
};

/** Types that `$convert` takes as a target (4.4 to 6.0). */
const targets = new Set(['string', 'int', 'long', 'double', 'decimal', 'bool', 'date', 'objectId']);

const targetsOf = (types: readonly FieldType[]): readonly string[] => [
  ...new Set(types.flatMap((type) => fitting[type]).filter((type) => targets.has(type))),
];

const converted = (input: Value, to: Value): Doc =>
  docOf({ $convert: docOf({ input, to, onError: null, onNull: null }) });

/** Every text is true to `$toBool`, so only the words themselves are taken. */
const fromWord = (value: string): Doc =>
  docOf({
    $switch: docOf({
      branches: [
        docOf({ case: sameText(value, 'true'), then: true }),
        docOf({ case: sameText(value, 'false'), then: false }),
      ],
      default: null,
    }),
  });

const isoForms = ['%Y-%m-%dT%H:%M:%S.%LZ', '%Y-%m-%dT%H:%M:%SZ', '%Y-%m-%d'] as const;

/** A text that is a date in one of the forms that are read back as they were. */
const isIsoOf = (text: string, date: string): Value =>
  docOf({
    $or: isoForms.map((format) => sameText(text, docOf({ $dateToString: docOf({ date, format, onNull: '' }) }))),
  });

/** Whether the conversion can be taken back: the result can be kept, and as a value of the old type it is the old value. */
function isExact(value: string, result: string, to: string): Value {
  const back = converted(result, docOf({ $type: value }));
  const isSame = equal(doc(['$ifNull', [back, literal(null)]]), value);
  const same = to === 'date' ? both(isSame, docOf({ $not: [isBeyondDates(result)] })) : isSame;
  const sameAsText = sameText(
    value,
    docOf({ $convert: docOf({ input: result, to: 'string', onError: '', onNull: '' }) }),
  );
  const ofText = to === 'date' ? isIsoOf(value, result) : sameAsText;
  return choose(hasType(value, 'string'), ofText, same);
}

/** `{ value }` where the value becomes one of this type without loss, else null. */
function tryOne(value: string, to: string, depth: number): Doc {
  const name = `c${depth}`;
  const result =
    to === 'bool' ? choose(hasType(value, 'string'), fromWord(value), converted(value, to)) : converted(value, to);
  const isDone = both(docOf({ $ne: [`$$${name}`, null] }), isExact(value, `$$${name}`, to));
  return docOf({
    $let: docOf({
      vars: doc([name, result]),
      in: choose(docOf({ $eq: [`$$${name}`, null] }), null, choose(isDone, docOf({ value: `$$${name}` }), null)),
    }),
  });
}

/** An expression: whether a stored value is of another type than declared; null and missing are left alone. */
export function isForeign(value: string, types: readonly FieldType[]): Value {
  const kept = [...new Set([...types.flatMap((type) => fitting[type]), 'null', 'missing', 'undefined'])];
  return docOf({ $not: [docOf({ $in: [docOf({ $type: value }), literal(kept)] })] });
}

/** An expression: whether a value is not one that its field declares; nothing at all is left alone. */
export function isUndeclared(value: Value, { types, nullable }: Declares): Value {
  const declared = [...new Set([...types.flatMap((type) => fitting[type]), ...(nullable ? ['null'] : []), 'missing'])];
  return docOf({ $not: [docOf({ $in: [docOf({ $type: value }), literal(declared)] })] });
}

/** An expression: `{ value }` with the first of the types that takes the value without loss, or null. */
export function conversion(value: string, types: readonly FieldType[]): Value {
  const [first, ...rest] = targetsOf(types).map((to, depth) => tryOne(value, to, depth));
  if (first === undefined) return null;
  return rest.reduce<Value>((found, next) => docOf({ $ifNull: [found, next] }), first);
}
