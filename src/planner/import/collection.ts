import { record } from '../../state/normalise.ts';
import type { CollectionDeclaration, CollectionState, ValidationDeclaration } from '../../state/types.ts';
import { type Doc, isDoc, isList, isNumber, scalar, type Value } from '../../state/value.ts';
import { collectionOption } from '../families/collections/options.ts';
import { importCollation } from './collation.ts';
import { importIndex, isClustered } from './indexes.ts';

/** Sizes and times are listed as int, long or double by what was sent (4.4 to 6.0); whole ones mean the same in each. */
function wholeNumbers(value: Value): Value {
  if (isDoc(value)) return new Map([...value].map(([name, item]) => [name, wholeNumbers(item)]));
  if (isList(value)) return value.map(wholeNumbers);
  if (!isNumber(value) || value.type === 'decimal') return value;
  const number = Number(value.text);
  if (!Number.isSafeInteger(number)) return value;
  return scalar(Math.abs(number) < 2 ** 31 ? 'int' : 'long', String(number));
}

/** The version of a clustered index's format is the server's own. */
const clusteredIndex = (listed: Doc): Doc => new Map([...listed].filter(([name]) => name !== 'v'));

/** A listed option as it is declared. A pipeline is the user's own and stays as it is. */
function importOption(name: string, listed: Value): Value {
  if (name === 'pipeline') return listed;
  const value = wholeNumbers(listed);
  if (!isDoc(value)) return value;
  if (name === 'collation') return importCollation(value);
  return name === 'clusteredIndex' ? clusteredIndex(value) : value;
}

const validation = (validator: Doc): ValidationDeclaration => ({ source: 'raw', validator, milestone: null });

/**
 * A live collection as it is declared: structure whole, no fields, nothing said of documents.
 * A plan from it against the same collection is empty.
 */
export function importCollection(name: string, state: CollectionState): CollectionDeclaration {
  const inherited = state.options['collation'];
  const indexes = Object.entries(state.indexes).filter(([, index]) => !isClustered(index));
  return {
    name,
    description: null,
    mustExist: false,
    protect: false,
    unmanaged: 'report',
    milestone: null,
    renamedFrom: null,
    absent: false,
    type: state.type,
    options: record(
      Object.entries(state.options)
        .filter(([option, value]) => collectionOption(option).canonical(value) !== undefined)
        .map(([option, value]) => [option, importOption(option, value)] as const),
    ),
    validation: state.validator === null ? null : validation(state.validator),
    fields: [],
    indexes: indexes.map(([live, index]) => importIndex(live, index, inherited)),
    links: [],
    checks: [],
  };
}
