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
  'What to do about indexes and validators that nobody declared: report them (default), ignore them, or drop them (prune). Collections are never dropped by it.',
);

/** How a collection's validator is applied; its presence says that there is one. */
export const validation: JsonSchema = record(
  'The server checks writes: by a $jsonSchema built from `fields`, or by `validator` where that is written. Left out, with `validator` too, the live validator stays as it is.',
  {
    level: oneOfWords(
      ['off', 'moderate', 'strict'],
      'Which writes are checked: all (strict, default), all but updates of documents that already fail (moderate), or none (off).',
    ),
    action: oneOfWords(['warn', 'error'], 'Whether a write that fails is refused (error, default) or only logged.'),
    milestone,
    absent: flag('The collection must not have a validator. Default: false.'),
  },
);

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
  renamedFrom: name('The former name of the collection; it is renamed with everything in it.'),
  options: ref('options'),
  validation: ref('validation'),
  validator: anyMap('A raw validator, such as a query or a $jsonSchema, in place of the one built from `fields`.'),
  absent: flag('The collection must not be there; nothing else is declared of it then. Default: false.'),
});
