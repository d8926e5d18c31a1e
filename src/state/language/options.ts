import { anyMap, flag, type JsonSchema, listOf, name, oneOfWords, record, whole } from './schema.ts';

/** Collation, as MongoDB names its parts. */
export const collation: JsonSchema = record(
  'How text is compared and sorted. Not yet supported.',
  {
    locale: name('An ICU locale such as `en`, or `simple`.'),
    strength: whole('1 base letters … 5 identical.', 1, 5),
    caseLevel: flag('Case is compared at strengths 1 and 2.'),
    caseFirst: oneOfWords(['upper', 'lower', 'off'], 'Which case sorts first.'),
    numericOrdering: flag('Digits are compared as numbers.'),
    alternate: oneOfWords(['non-ignorable', 'shifted'], 'Whether spaces and punctuation count.'),
    maxVariable: oneOfWords(['punct', 'space'], 'Which characters `shifted` leaves out.'),
    backwards: flag('Accents are compared from the end.'),
    normalization: flag('Text is normalised before it is compared.'),
    version: name('The ICU version, as a server lists it.'),
  },
  ['locale'],
);

const timeseries: JsonSchema = record(
  'A time series collection.',
  {
    timeField: name('The field that holds the date.'),
    metaField: name('The field that tells series apart.'),
    granularity: oneOfWords(['seconds', 'minutes', 'hours'], 'How far apart measurements are.'),
    bucketMaxSpanSeconds: whole('The longest time in one bucket.', 1),
    bucketRoundingSeconds: whole('To what the start of a bucket is rounded.', 1),
  },
  ['timeField'],
);

const clusteredIndex: JsonSchema = record(
  'Documents are stored in the order of _id.',
  {
    key: record('Always { _id: 1 }.', { _id: { const: 1, description: 'Always 1.' } }, ['_id']),
    unique: { const: true, description: 'Always true.' },
    name: name('The name of the clustered index.'),
  },
  ['key', 'unique'],
);

/** Options that a collection has from its creation. */
export const options: JsonSchema = record('Options of the collection. Not yet supported.', {
  capped: flag('The collection has a fixed size.'),
  size: whole('The size of a capped collection in bytes.', 1),
  max: whole('The most documents of a capped collection.', 0),
  clusteredIndex,
  timeseries,
  collation,
  changeStreamPreAndPostImages: record('Whether change streams can show documents before and after.', {
    enabled: flag('Images are kept.'),
  }),
  expireAfterSeconds: whole('Documents of a clustered or time series collection go after this many seconds.', 0),
  viewOn: name('The collection that the view shows.'),
  pipeline: listOf(anyMap('One stage.'), 'The aggregation of the view.'),
});
