import { isScalar } from '../../../state/value.ts';
import type { IndexState } from '../../../state/types.ts';

/** Of these an index does not hold every document, is not used, or compares otherwise than a link does. */
const excluding = ['partialFilterExpression', 'hidden', 'collation'];

/** Whether looking a value of the field up is no scan: an index begins with it, by order or by hash. */
export function servesLookup({ key, options }: IndexState, field: string): boolean {
  const [first] = key;
  if (first === undefined || first[0] !== field) return false;
  const isUsable = isScalar(first[1]) || first[1] === 'hashed';
  return isUsable && excluding.every((name) => options[name] === undefined || options[name] === false);
}
