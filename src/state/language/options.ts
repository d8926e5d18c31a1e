import { anyMap, flag, type JsonSchema, listOf, name, oneOfWords, record, ref, whole } from './schema.ts';

/** Collation, as MongoDB names its parts, in the order in which a server lists them. */
export const collation: JsonSchema = record(
  'How text is compared and sorted. What is left out is the default of the locale.',
  {
    locale: name('An ICU locale such as `en`, or `simple` for byte order.'),
    caseLevel: flag('Case is compared at strengths 1 and 2. Default: false.'),
    caseFirst: oneOfWords(['upper', 'lower', 'off'], 'Which case sorts first. Default: off.'),
    strength: whole('1 base letters, 2 accents too, 3 case too (default) … 5 identical.', 1, 5),
    numericOrdering: flag('Digits are compared as numbers, so that 10 follows 2. Default: false.'),
    alternate: oneOfWords(
      ['non-ignorable', 'shifted'],
      'Whether spaces and punctuation count as letters do. Default: non-ignorable.',
    ),
    maxVariable: oneOfWords(['punct', 'space'], 'Which characters `shifted` leaves out. Default: punct.'),
    normalization: flag('Text is normalised before it is compared. Default: false.'),
    backwards: flag('Accents are compared from the end, as in Canadian French. Default: false.'),
    version: name('The ICU version, as a server lists it; it is left out of comparisons.'),
  },
  ['locale'],
);

const timeseries: JsonSchema = record(
  'Makes it a time series collection, from server 5.0 on.',
  {
    timeField: name('The field that holds the date of each document.'),
    metaField: name('The field that tells series apart.'),
    granularity: oneOfWords(
      ['seconds', 'minutes', 'hours'],
      'How far apart measurements are. Default: seconds. It can only be raised later.',
    ),
    bucketMaxSpanSeconds: whole(
      'The longest time in one bucket. Up to server 6.0 it can only be what the granularity means: 3600, 86400 or 2592000.',
      1,
    ),
    bucketRoundingSeconds: whole('To what the start of a bucket is rounded, from server 6.3 on.', 1),
  },
  ['timeField'],
);

const clusteredIndex: JsonSchema = record(
  'Documents are stored in the order of _id, from server 5.3 on.',
  {
    v: whole('The version, as a server lists it; it is left out of comparisons.'),
    key: record('Always { _id: 1 }.', { _id: { const: 1, description: 'Always 1.' } }, ['_id']),
    name: name('The name of the clustered index. Default: _id_.'),
    unique: { const: true, description: 'Always true.' },
  },
  ['key', 'unique'],
);

/** The most that a server takes as the size of a capped collection: a pebibyte. */
const maxCappedSize = 2 ** 50;

/** Options of a collection; most of them it has from its creation only. */
export const options: JsonSchema = record(
  'Options of the collection, view or time series. What is not mentioned stays as it is.',
  {
    capped: flag('The collection has a fixed size, and new documents push out the oldest. Default: false.'),
    size: whole(
      'The size of a capped collection in bytes; servers round it up to a multiple of 256.',
      1,
      maxCappedSize,
    ),
    max: whole('The most documents of a capped collection; 0 is no limit.', 0, 2 ** 31 - 1),
    storageEngine: anyMap('Settings of the storage engine, such as { wiredTiger: { configString: "…" } }.'),
    indexOptionDefaults: anyMap('The `storageEngine` that new indexes of the collection get.'),
    collation: ref('collation'),
    clusteredIndex,
    timeseries,
    expireAfterSeconds: {
      type: ['integer', 'string'],
      minimum: 0,
      pattern: '^off$',
      description: 'Documents of a clustered or time series collection go after this many seconds; off: never.',
    },
    changeStreamPreAndPostImages: record(
      'Whether change streams can show documents before and after a change, from server 6.0 on.',
      { enabled: flag('Images are kept.') },
      ['enabled'],
    ),
    recordPreImages: flag(
      'Change streams can show documents before a change: the form of servers 4.4 and 5.0. Default: false.',
    ),
    viewOn: name('Makes it a view: the collection or view that it shows.'),
    pipeline: listOf(
      { type: 'object', minProperties: 1, maxProperties: 1 },
      'The read-only aggregation through which a view shows its collection; without it the view shows everything.',
    ),
  },
);
