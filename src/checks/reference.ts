import { fieldAt } from '../state/field-at.ts';
import type { FieldDeclaration, LinkDeclaration } from '../state/types.ts';

/** Which of the references that hold no value are orphans. */
export interface Nulls {
  /** A field that is null. */
  readonly alone: boolean;
  readonly missing: boolean;
  /** An element of an array that is null. */
  readonly item: boolean;
}

/** A link as its orphans are looked for. */
export interface Reference {
  readonly link: LinkDeclaration;
  readonly nulls: Nulls;
}

/** Whether a field of null has the wrong type. */
export const refusesNull = ({ types, nullable }: FieldDeclaration): boolean =>
  types.length > 0 && !nullable && !types.includes('any') && !types.includes('null');

/** A null element is told by the type of the items; an array that may not be one at all, by the field's own. */
function countsItem({ types, items }: FieldDeclaration): boolean {
  return items === null ? types.includes('array') || types.includes('any') : !refusesNull(items);
}

/**
 * A link with what counts. Null in a field whose type refuses it is told by `type`, a required field that is missing by
 * `required`: one document is told for one cause. `required` within an object says nothing where that object is missing.
 */
export function referenceOf(link: LinkDeclaration, fields: readonly FieldDeclaration[]): Reference {
  if (link.optional) return { link, nulls: { alone: false, missing: false, item: false } };
  const path = link.field.split('.');
  const field = fieldAt(fields, path);
  const alone = field === undefined || !refusesNull(field);
  const item = field === undefined || countsItem(field);
  return { link, nulls: { alone, missing: path.length > 1 || field?.required !== true, item } };
}

export const countsNone = ({ alone, missing, item }: Nulls): boolean => !alone && !missing && !item;
export const countsAll = ({ alone, missing, item }: Nulls): boolean => alone && missing && item;
