import { doc, docOf, type Value } from '../../../state/value.ts';
import type { NamedIndex } from '../../operation.ts';

/** A field of the key, read from `root` on. */
interface Path {
  readonly root: string;
  readonly steps: readonly string[];
  /** False for geo fields, whose arrays are coordinates. */
  readonly expands: boolean;
}

/** One field of a key: still to be read, or what the key holds of it. */
type Part = Path | { readonly held: Value };

const isPath = (part: Part): part is Path => 'root' in part;
const textOf = (root: string, steps: readonly string[]): string => `${root}${steps.join('.')}`;
const typeOf = (value: string): Value => docOf({ $type: value });

const missing = docOf({ $literal: docOf({ v: null }) });
/** An array without elements is a key of its own, the same as the old type undefined. */
const empty = docOf({ $literal: docOf({ empty: true }) });

/** What a key holds of a value: wrapped, so that null, nothing and an empty array can be told from documents. */
function holding(value: string): Value {
  const isNothing = docOf({ $in: [typeOf(value), ['missing', 'null']] });
  const branches = [
    docOf({ case: isNothing, then: missing }),
    docOf({ case: docOf({ $eq: [typeOf(value), 'undefined'] }), then: empty }),
  ];
  return docOf({ $switch: docOf({ branches, default: docOf({ v: value }) }) });
}

/** The key of a document without arrays along it; a sparse index has none where each of its fields is missing. */
function oneKey(parts: readonly Part[], isSparse: boolean): Value {
  const held = parts.map((part) => (isPath(part) ? holding(textOf(part.root, part.steps)) : part.held));
  const key = [new Map(held.map((value, at) => [`k${at}`, value] as const))];
  if (!isSparse || !parts.every(isPath)) return key;
  const absent = parts.map((part) => docOf({ $eq: [typeOf(textOf(part.root, part.steps)), 'missing'] }));
  return docOf({ $cond: [docOf({ $and: absent }), [], key] });
}

/** Where the first array of a key may lie. */
interface Place {
  readonly root: string;
  readonly steps: readonly string[];
}

/** The nearest first: a path through an array answers with an array too. */
function placesOf(parts: readonly Part[]): readonly Place[] {
  const found = new Map<string, Place>();
  for (const { root, steps } of parts.filter(isPath).filter(({ expands }) => expands)) {
    steps.forEach((_, at) => {
      const place = { root, steps: steps.slice(0, at + 1) };
      found.set(textOf(root, place.steps), place);
    });
  }
  return [...found.values()].sort((a, b) => a.steps.length - b.steps.length);
}

const leadsThrough = (part: Part, { root, steps }: Place): part is Path =>
  isPath(part) && part.expands && part.root === root && steps.every((step, at) => part.steps[at] === step);

/** Keys with one element of the array in them: of one that is no object, all that leads on is missing. */
function keysOfElement(parts: readonly Part[], place: Place, isSparse: boolean, depth: number): Value {
  const [element, object] = [`e${depth}`, `o${depth}`];
  const inner = parts.map((part): Part => {
    if (!leadsThrough(part, place)) return part;
    const steps = part.steps.slice(place.steps.length);
    return steps.length === 0 ? { held: holding(`$$${element}`) } : { ...part, root: `$$${object}.`, steps };
  });
  const isObject = docOf({ $eq: [typeOf(`$$${element}`), 'object'] });
  const vars = doc([object, docOf({ $cond: [isObject, `$$${element}`, docOf({ $literal: docOf({}) })] })]);
  return docOf({ $let: docOf({ vars, in: keysOf(inner, isSparse, depth + 1) }) });
}

function keysOfArray(parts: readonly Part[], place: Place, isSparse: boolean, depth: number): Value {
  const array = textOf(place.root, place.steps);
  const each = docOf({
    $map: docOf({ input: array, as: `e${depth}`, in: keysOfElement(parts, place, isSparse, depth) }),
  });
  const all = docOf({
    $reduce: docOf({ input: each, initialValue: [], in: docOf({ $concatArrays: ['$$value', '$$this'] }) }),
  });
  const nowhere = parts.map((part): Part => {
    if (!leadsThrough(part, place)) return part;
    return part.steps.length === place.steps.length ? { held: empty } : { ...part, root: '$$REMOVE', steps: [] };
  });
  return docOf({ $cond: [docOf({ $eq: [array, []] }), oneKey(nowhere, isSparse), all] });
}

function keysOf(parts: readonly Part[], isSparse: boolean, depth: number): Value {
  const branches = placesOf(parts).map((place) =>
    docOf({
      case: docOf({ $isArray: textOf(place.root, place.steps) }),
      then: keysOfArray(parts, place, isSparse, depth),
    }),
  );
  const plain = oneKey(parts, isSparse);
  return branches.length === 0 ? plain : docOf({ $switch: docOf({ branches, default: plain }) });
}

const isGeo = (direction: Value): boolean => direction === '2d' || direction === '2dsphere';

/**
 * The keys that an index holds of a document, as an expression: a list of `{ k0, k1, … }`, each key once under the
 * collation of the aggregation. Fields that lead through the same array go together, element by element; one array
 * is followed at a time, as the server does (4.4 to 6.0).
 */
export function indexKeys({ key, options }: NamedIndex): Value {
  const parts = key.map(
    ([field, direction]): Part => ({ root: '$', steps: field.split('.'), expands: !isGeo(direction) }),
  );
  return docOf({ $setUnion: [keysOf(parts, options['sparse'] === true, 0)] });
}
