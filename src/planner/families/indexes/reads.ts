import { isDoc, isList, type Value } from '../../../state/value.ts';
import type { NamedIndex } from '../../operation.ts';
import { languageFields } from './text-language.ts';

/** The fields that a filter asks. */
function filterFields(filter: Value | undefined): readonly string[] {
  if (!isDoc(filter)) return [];
  return [...filter].flatMap(([name, value]) => {
    if (!name.startsWith('$')) return [name];
    return isList(value) ? value.flatMap(filterFields) : filterFields(value);
  });
}

/** The dotted fields that decide what an index holds of a document: those of its key, of its filter, and the languages of its text. */
export const fieldsReadBy = (index: NamedIndex): readonly string[] => [
  ...index.key.map(([field]) => field),
  ...filterFields(index.options['partialFilterExpression']),
  ...languageFields(index),
];
