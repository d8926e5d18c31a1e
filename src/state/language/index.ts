import { anyMap, flag, type JsonSchema, milestone, name, record, ref, someMap, text, whole } from './schema.ts';

/** Directions of an index field beside numbers. */
export const indexKinds = ['text', '2d', '2dsphere', 'hashed'] as const;

const key: JsonSchema = {
  type: 'object',
  minProperties: 1,
  additionalProperties: { anyOf: [{ type: 'number' }, { type: 'string', enum: indexKinds }] },
  description:
    'The fields in order, each with 1 (ascending), -1 (descending), text, 2d, 2dsphere or hashed. The order is meaning. `$**` stands for every field.',
};

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
    partialFilterExpression: anyMap(
      'Only documents that match are indexed. Servers before 6.0 take equality, $gt, $gte, $lt, $lte, $type, $exists: true and one $and; 6.0 takes $or, $in, $geoWithin and nesting too.',
    ),
    collation: ref('collation'),
    wildcardProjection: someMap(
      'The fields that an index on { $**: 1 } keeps (1), or those that it leaves out (0); `_id` may differ.',
    ),
    weights: {
      type: 'object',
      additionalProperties: { type: 'number' },
      description: 'How much each field of a text index counts: more than 0, less than 100000. Default: 1 each.',
    },
    default_language: name('The language of a text index, which decides stop words and stems. Default: english.'),
    language_override: name("The field that names a document's language, for a text index. Default: language."),
    bits: whole('The precision of a 2d index. Default: 26.', 1, 32),
    min: { type: 'number', description: 'The lower bound of the coordinates of a 2d index. Default: -180.' },
    max: { type: 'number', description: 'The upper bound of the coordinates of a 2d index. Default: 180.' },
    storageEngine: someMap('Settings of the storage engine, such as { wiredTiger: { configString: "…" } }.'),
    absent: flag('The index must not be there; only its key, and its name if it matters, is given. Default: false.'),
  },
  ['key'],
);
