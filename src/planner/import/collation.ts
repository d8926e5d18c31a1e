import { canonicalCollation, simpleCollation } from '../../state/canonical/collation.ts';
import { type Doc, docOf, equalValues, isDoc, type Value } from '../../state/value.ts';

/** A listed collation as it is declared: its locale, and what is not filled in for that locale of itself. */
export function importCollation(listed: Value): Doc {
  const whole = canonicalCollation(listed);
  const locale = isDoc(listed) ? listed.get('locale') : undefined;
  const filledIn = canonicalCollation(docOf({ locale }));
  if (whole === undefined || filledIn === undefined) return simpleCollation;
  return new Map(
    [...whole].filter(([part, value]) => part === 'locale' || !equalValues(value, filledIn.get(part) ?? null)),
  );
}

/** The collation that an index must name to be as it is listed, beside what it would inherit; null where it must name none. */
export function indexCollation(listed: Value | undefined, inherited: Value | undefined): Doc | null {
  const own = canonicalCollation(listed ?? null);
  const handedDown = canonicalCollation(inherited ?? null);
  if (own === undefined) return handedDown === undefined ? null : simpleCollation;
  return handedDown !== undefined && equalValues(own, handedDown) ? null : importCollation(own);
}
