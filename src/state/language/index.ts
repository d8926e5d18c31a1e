import { collation } from './options.ts';
import { anyMap, flag, type JsonSchema, milestone, name, record, text, whole } from './schema.ts';

/** Directions of an index field beside numbers. */
export const indexKinds = ['text', '2d', '2dsphere', 'hashed'] as const;

const key: JsonSchema = {
  type: 'object',
  minProperties: 1,
  additionalProperties: { anyOf: [{ type: 'number' }, { type: 'string', enum: indexKinds }] },
  description: 'The fields in order, each with 1 (ascending) or -1 (descending). The order is meaning.',
};

/** What an index option cannot do yet; the reader reports these at their key. */
export const unsupportedIndexOptions = [
  'partialFilterExpression',
  'collation',
  'wildcardProjection',
  'weights',
  'default_language',
  'language_override',
  'bits',
  'min',
  'max',
  'storageEngine',
] as const;

/** The largest TTL that every supported server takes, in seconds. */
export const maxExpireAfterSeconds = 2147483647;

/** One index. */
export const index: JsonSchema = record(
  'One index. An option that is left out is its default.',
  {
    key,
    name: name(
      "Only if the name matters to you; without it the server's usual name is used, such as user_id_1_status_1.",
    ),
    description: text('What the index is for, for people.'),
    milestone,
    unique: flag('No two documents share a key. Default: false.'),
    sparse: flag('Documents that lack every key field are left out. Default: false.'),
    hidden: flag('The planner of queries does not use it. Default: false.'),
    expireAfterSeconds: whole(
      'Documents go this many seconds after the date in the field; for an index of one field.',
      0,
      maxExpireAfterSeconds,
    ),
    partialFilterExpression: anyMap('Only documents that match are indexed. Not yet supported.'),
    collation,
    wildcardProjection: anyMap('The fields of a wildcard index. Not yet supported.'),
    weights: {
      type: 'object',
      additionalProperties: { type: 'number' },
      description: 'The weight of each field of a text index. Not yet supported.',
    },
    default_language: text('The language of a text index. Not yet supported.'),
    language_override: text("The field that names a document's language, for a text index. Not yet supported."),
    bits: whole('The precision of a 2d index. Not yet supported.', 1, 32),
    min: { type: 'number', description: 'The lower bound of a 2d index. Not yet supported.' },
    max: { type: 'number', description: 'The upper bound of a 2d index. Not yet supported.' },
    storageEngine: anyMap('Options of the storage engine. Not yet supported.'),
    absent: flag('The index must not be there. Not yet supported.'),
  },
  ['key'],
);
