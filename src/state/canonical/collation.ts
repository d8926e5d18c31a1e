import { showValue } from '../show.ts';
import { type Doc, doc, equalValues, int, isDoc, type Value } from '../value.ts';
import { byValue } from './number.ts';

/**
 * What the server fills in where a collation leaves a part out. Of all locales only fr_CA has a default of its own
 * (every locale tried on 6.0.5; ICU 57.1 is the same from 4.4 to 6.0). `version` is the server's own (161 if it is sent).
 */
const defaults: readonly (readonly [part: string, value: Value])[] = [
  ['caseLevel', false],
  ['caseFirst', 'off'],
  ['strength', int(3)],
  ['numericOrdering', false],
  ['alternate', 'non-ignorable'],
  ['maxVariable', 'punct'],
  ['normalization', false],
];

/** A collation with every part, in one order; undefined for `simple`, which is the same as none. */
export function canonicalCollation(collation: Value): Doc | undefined {
  if (!isDoc(collation)) return undefined;
  const locale = collation.get('locale') ?? 'simple';
  if (locale === 'simple') return undefined;
  const parts = [...defaults, ['backwards', locale === 'fr_CA'] as const];
  return new Map<string, Value>([
    ['locale', locale],
    ...parts.map(([part, value]) => [part, byValue(collation.get(part) ?? value)] as const),
  ]);
}

/** A collation as a person says it: its locale, and what is not as usual there: `fr, strength 2`. */
export function collationWords(collation: Value): string {
  const own = canonicalCollation(collation);
  if (own === undefined) return 'simple';
  const locale = own.get('locale') ?? '';
  const usual = canonicalCollation(doc(['locale', locale]));
  const parts = [...own].filter(([part, value]) => !equalValues(value, usual?.get(part) ?? null));
  return [String(locale), ...parts.map(([part, value]) => `${part} ${showValue(value)}`)].join(', ');
}

/** What is written to say "no collation" where a collection would hand its own down. */
export const simpleCollation: Doc = new Map([['locale', 'simple']]);
