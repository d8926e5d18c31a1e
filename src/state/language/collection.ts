import {
  anyMap,
  flag,
  type JsonSchema,
  listOf,
  mapOf,
  milestone,
  name,
  oneOfWords,
  record,
  ref,
  text,
} from './schema.ts';

/** What to do about live objects that nobody declared. */
export const unmanaged: JsonSchema = oneOfWords(
  ['report', 'ignore', 'prune'],
  'What to do about indexes and validators that nobody declared: report them (default), ignore them, or drop them (prune; not yet supported).',
);

const validation: JsonSchema = record('A validator built from `fields` is managed. Not yet supported.', {
  level: oneOfWords(['off', 'moderate', 'strict'], 'Which documents are held to it.'),
  action: oneOfWords(['warn', 'error'], 'Whether a failing write is refused.'),
  milestone,
  absent: flag('The collection has no validator.'),
});

/** One collection and everything that is declared of it. */
export const collection: JsonSchema = record('One collection. What it does not mention stays as it is.', {
  description: text('What the collection holds, for people.'),
  milestone,
  mustExist: flag('A missing collection is refused, never created. Default: false.'),
  protect: flag('Dropping or recreating it is refused, also when this entry is deleted. Default: false.'),
  unmanaged: ref('unmanaged'),
  fields: mapOf(ref('field'), 'The fields of its documents, in the order in which defaults are written.'),
  indexes: listOf(ref('index'), 'Its indexes; the index on _id is always there.'),
  links: mapOf(ref('link'), 'References to other collections, by a name of your choice.'),
  checks: mapOf(
    ref('check'),
    'Rules on the data beyond types, enums, ranges, formats and links, by a name of your choice.',
  ),
  renamedFrom: name('The former name of the collection. Not yet supported.'),
  options: ref('options'),
  validation: validation,
  validator: anyMap('A raw validator in place of the generated one. Not yet supported.'),
  absent: flag('The collection must not be there. Not yet supported.'),
});
