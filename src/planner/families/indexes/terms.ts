import { canonicalCollation } from '../../../state/canonical/collation.ts';
import { docOf, isDoc } from '../../../state/value.ts';
import type { NamedIndex } from '../../operation.ts';
import { counted, nowhere, type Question } from '../../questions.ts';

/** Whether the server understands the filter and the collation of an index that is to be built. */
export function termsQuestion(address: string, { options }: NamedIndex): readonly Question[] {
  const { partialFilterExpression: filter, collation } = options;
  const own = collation === undefined ? undefined : canonicalCollation(collation);
  if (!isDoc(filter) && own === undefined) return [];
  const pipeline = [...(isDoc(filter) ? [docOf({ $match: filter })] : []), ...counted];
  const asked = { id: `${address} terms`, collection: nowhere, pipeline, mayEstimate: false, blames: address };
  return [own === undefined ? asked : { ...asked, collation: own }];
}

/** Whether the server understands the collation of a collection that is to be made. */
export function collationQuestion(address: string, options: NamedIndex['options']): readonly Question[] {
  const { collation } = options;
  return collation === undefined ? [] : termsQuestion(address, { name: '', key: [], options: { collation } });
}
