import { collection, unmanaged, validation } from './language/collection.ts';
import { check, field, link } from './language/field.ts';
import { index } from './language/index.ts';
import { collation, options } from './language/options.ts';
import { type JsonSchema, mapOf, oneOfWords, record, ref, severities } from './language/schema.ts';

/**
 * The formats that need no declaration, as patterns that JavaScript and the server (PCRE) read alike.
 * `date` is YYYY-MM-DD; `date-time` is RFC 3339; `uuid` is RFC 4122 in either case.
 */
export const builtInFormats: Readonly<Record<string, string>> = {
  email: '^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$',
  uuid: '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$',
  date: '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$',
  'date-time':
    '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\\.[0-9]+)?([Zz]|[-+]([01][0-9]|2[0-3]):[0-5][0-9])$',
};

const root = record(
  'A schemactl schema: the collections, fields, indexes, links and checks that a MongoDB database should have.',
  {
    version: { const: 1, description: 'The version of this language: 1.' },
    milestones: mapOf(
      { type: 'string' },
      'Named groups of changes in their order, each with a title: the declarative form of numbered migrations.',
    ),
    formats: mapOf(
      { type: 'string', minLength: 1 },
      'Named patterns for `format`, beside email, uuid, date and date-time.',
    ),
    defaults: record('What holds for every collection that does not say otherwise.', { unmanaged: ref('unmanaged') }),
    collections: mapOf(ref('collection'), 'The collections by name. The same collection may stand in one file only.'),
  },
  ['version'],
);

const severity = oneOfWords(severities, 'How bad a finding is. Default: high.');

/** The parts of the language that stand in several places, by name. */
export const definitions: Readonly<Record<string, JsonSchema>> = {
  collection,
  field,
  index,
  link,
  check,
  options,
  validation,
  collation,
  severity,
  unmanaged,
};

/** The whole language of version 1 as a draft-07 JSON Schema, for editors and for the shape of what is parsed. */
export const languageSchema: JsonSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'schemactl schema, version 1',
  ...root,
  definitions,
};

/** What an unknown key of a definition is not; the empty name stands for the file itself. */
export const keyNouns: Readonly<Record<string, string>> = {
  '': 'a key of a schema file',
  collection: 'a key of a collection',
  field: 'a key of a field',
  index: 'an index option',
  link: 'a key of a link',
  check: 'a key of a check',
  options: 'a collection option',
  validation: 'a key of "validation"',
  collation: 'a part of a collation',
};
