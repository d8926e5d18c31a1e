import { indexName } from '../../state/address.ts';
import { record } from '../../state/normalise.ts';
import type { IndexDeclaration, IndexKey, IndexState } from '../../state/types.ts';
import { type Doc, isDoc, toNumber, type Value } from '../../state/value.ts';
import { optionRow } from '../families/indexes/options.ts';
import { indexCollation } from './collation.ts';

const isOne = (value: Value): boolean => toNumber(value) === 1;

/** A text index is listed with `_fts` and `_ftsx` in the place of its fields, which stand in its weights, by name. */
function declaredKey({ key, options }: IndexState): IndexKey {
  const { weights } = options;
  if (!isDoc(weights) || !key.some(([field]) => field === '_fts')) return key;
  const fields = [...weights.keys()].map((field) => [field, 'text'] as const);
  return key.flatMap((entry): IndexKey => (entry[0] === '_fts' ? fields : entry[0] === '_ftsx' ? [] : [entry]));
}

function weightsThatMatter(weights: Doc): Doc | null {
  const kept = [...weights].filter(([, weight]) => !isOne(weight));
  return kept.length === 0 ? null : new Map(kept);
}

/** What is not the server's default, and not of its own making. */
function declaredOptions({ options }: IndexState, inherited: Value | undefined): Readonly<Record<string, Value>> {
  const entries = Object.entries(options).flatMap(([name, value]): readonly (readonly [string, Value])[] => {
    if (name === 'collation' || optionRow(name).canonical(value) === undefined) return [];
    if (name !== 'weights' || !isDoc(value)) return [[name, value]];
    const weights = weightsThatMatter(value);
    return weights === null ? [] : [[name, weights]];
  });
  const collation = indexCollation(options['collation'], inherited);
  return record(collation === null ? entries : [...entries, ['collation', collation]]);
}

/** Whether listIndexes shows the collection's own order here, which is an option of the collection. */
export const isClustered = ({ options }: IndexState): boolean => options['clustered'] === true;

/**
 * A listed index as it is declared in a collection with this default collation. The name is left out where it is the
 * one that the server and the drivers give the declared key.
 */
export function importIndex(live: string, index: IndexState, inherited: Value | undefined): IndexDeclaration {
  const key = declaredKey(index);
  return {
    key,
    options: declaredOptions(index, inherited),
    name: indexName(key) === live ? null : live,
    milestone: null,
    absent: false,
  };
}
