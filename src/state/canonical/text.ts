import type { IndexKey, IndexState } from '../types.ts';
import { int, isDoc, toNumber, type Value } from '../value.ts';

const isTextPart = ([field, direction]: IndexKey[number]): boolean => direction === 'text' || field === '_ftsx';

export function isText({ key }: Pick<IndexState, 'key'>): boolean {
  return key.some(([, direction]) => direction === 'text');
}

/** The server keeps whole weights: 2.5 becomes 2 (4.4 to 6.0). */
const weightOf = (value: Value): Value => int(Math.trunc(toNumber(value) ?? 1));

/**
 * A text index as servers list it: the text fields, which must stand together, are `_fts` and `_ftsx` in the key,
 * and what they were is in the weights; their order is lost.
 */
export function canonicalText(index: IndexState): IndexState {
  const fields = index.key.filter(([field, direction]) => direction === 'text' && field !== '_fts');
  const declared = index.options['weights'];
  const weights = new Map<string, Value>([
    ...fields.map(([field]) => [field, int(1)] as const),
    ...(isDoc(declared) ? [...declared].map(([field, weight]) => [field, weightOf(weight)] as const) : []),
  ]);
  const at = index.key.findIndex(isTextPart);
  const others = (part: IndexKey): IndexKey => part.filter((one) => !isTextPart(one));
  return {
    key: [...others(index.key.slice(0, at)), ['_fts', 'text'], ['_ftsx', int(1)], ...others(index.key.slice(at))],
    options: { ...index.options, weights: new Map([...weights].sort(([a], [b]) => (a < b ? -1 : 1))) },
  };
}

/** Of text indexes of version 3 (manual, "Text Search Languages"; seen on 4.4.2 to 6.0.27). */
export const textLanguages = [
  ...['none', 'danish', 'dutch', 'english', 'finnish', 'french', 'german', 'hungarian', 'italian', 'norwegian'],
  ...['portuguese', 'romanian', 'russian', 'spanish', 'swedish', 'turkish'],
  ...['da', 'nl', 'en', 'fi', 'fr', 'de', 'hu', 'it', 'nb', 'pt', 'ro', 'ru', 'es', 'sv', 'tr'],
];
