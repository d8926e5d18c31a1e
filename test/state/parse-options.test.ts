import { describe, expect, test } from 'vitest';
import type { CollectionType } from '../../src/state/types.ts';
import { int, scalar, type Value } from '../../src/state/value.ts';
import { collectionOf, expectRefused } from './support.ts';

const map = (...entries: readonly (readonly [string, Value])[]): Value => new Map(entries);
const long = (text: string): Value => scalar('long', text);

const key = '{ key: { _id: 1 }, unique: true }';

const sound: readonly (readonly [string, CollectionType, Readonly<Record<string, Value>>])[] = [
  ['{}', 'collection', {}],
  ['{ capped: false }', 'collection', { capped: false }],
  ['{ max: 0, size: 4096.0, capped: true }', 'collection', { capped: true, max: int(0), size: int(4096) }],
  ['{ capped: true, size: 5000000000 }', 'collection', { capped: true, size: long('5000000000') }],
  [
    '{ collation: { version: "57.1", strength: 2.0, locale: fr_CA, backwards: true } }',
    'collection',
    { collation: map(['locale', 'fr_CA'], ['strength', int(2)], ['backwards', true]) },
  ],
  [
    `{ clusteredIndex: { unique: true, name: mine, v: 2, key: { _id: 1.0 } }, expireAfterSeconds: 0 }`,
    'collection',
    {
      clusteredIndex: map(['key', map(['_id', int(1)])], ['name', 'mine'], ['unique', true]),
      expireAfterSeconds: int(0),
    },
  ],
  [
    `{ clusteredIndex: ${key}, capped: false }`,
    'collection',
    {
      capped: false,
      clusteredIndex: map(['key', map(['_id', int(1)])], ['unique', true]),
    },
  ],
  [
    '{ changeStreamPreAndPostImages: { enabled: false }, recordPreImages: true }',
    'collection',
    { changeStreamPreAndPostImages: map(['enabled', false]), recordPreImages: true },
  ],
  ['{ recordPreImages: false }', 'collection', { recordPreImages: false }],
  [
    '{ storageEngine: { wiredTiger: { configString: a } }, indexOptionDefaults: { storageEngine: { wiredTiger: {} } } }',
    'collection',
    {
      indexOptionDefaults: map(['storageEngine', map(['wiredTiger', map()])]),
      storageEngine: map(['wiredTiger', map(['configString', 'a'])]),
    },
  ],
  [
    '{ timeseries: { granularity: hours, bucketMaxSpanSeconds: 2592000, metaField: m, timeField: t }, expireAfterSeconds: 86400, capped: false }',
    'timeseries',
    {
      capped: false,
      expireAfterSeconds: int(86400),
      timeseries: map(
        ['timeField', 't'],
        ['metaField', 'm'],
        ['granularity', 'hours'],
        ['bucketMaxSpanSeconds', int(2592000)],
      ),
    },
  ],
  ['{ viewOn: a.b }', 'view', { viewOn: 'a.b' }],
  [
    '{ collation: { locale: en }, pipeline: [{ $match: { "2": 1, a: { $numberLong: 5 } } }, { $limit: 1.0 }], viewOn: a }',
    'view',
    {
      collation: map(['locale', 'en']),
      pipeline: [map(['$match', map(['2', int(1)], ['a', long('5')])]), map(['$limit', scalar('double', '1.0')])],
      viewOn: 'a',
    },
  ],
];

describe('options as they are declared', () => {
  test.each(sound)('%s', (flow, type, options) => {
    const collection = collectionOf(`{ options: ${flow} }`);
    expect(collection.options).toEqual(options);
    expect(Object.keys(collection.options)).toEqual([...Object.keys(options)].sort());
    expect(collection.type).toBe(type);
  });

  test('the order of the file shows nowhere', () => {
    const [one, other] = ['{ capped: true, size: 1, max: 1 }', '{ max: 1, size: 1, capped: true }'].map((flow) =>
      JSON.stringify(collectionOf(`{ options: ${flow} }`).options),
    );
    expect(one).toBe(other);
  });

  test('a view may have fields, links and checks, a time series plain indexes too', () => {
    const rest =
      'fields: { f: { type: int, required: true } }, links: { l: { field: f, references: c.f } }, checks: { k: { where: { f: 1 } } }';
    expect(collectionOf(`{ options: { viewOn: a }, ${rest} }`).links).toHaveLength(1);
    const indexes =
      '[{ key: { m: 1 } }, { key: { _id: 1 } }, { key: { m: 1, t: 1 }, partialFilterExpression: { m: 1 } }]';
    const series = collectionOf(
      `{ options: { timeseries: { timeField: t, metaField: m } }, ${rest}, indexes: ${indexes} }`,
    );
    expect(series.indexes).toHaveLength(3);
  });
});

type Row = readonly [what: string, text: string, ...expected: string[]];

const collection = (body: string): string => `version: 1\ncollections: { c: ${body} }\n`;
const options = (body: string): string => collection(`{ options: ${body} }`);
const series = (rest: string): string => options(`{ timeseries: { timeField: t }, ${rest} }`);
const view = (rest: string): string => collection(`{ options: { viewOn: a }, ${rest} }`);
const inSeries = (rest: string): string => collection(`{ options: { timeseries: { timeField: t } }, ${rest} }`);

const shapes: readonly Row[] = [
  ['a size of 0', options('{ capped: true, size: ‸0 }'), 'SCH2103 "size" must be at least 1'],
  ['more than a pebibyte', options('{ capped: true, size: ‸1125899906842625 }'), 'SCH2103 "size" must be at most'],
  [
    'images that are neither on nor off',
    options('{ ‸changeStreamPreAndPostImages: {} }'),
    'SCH2103 "changeStreamPreAndPostImages" lacks "enabled"',
  ],
  ['a collation of nothing', options('{ ‸collation: { strength: 2 } }'), 'SCH2103 "collation" lacks "locale"'],
  [
    'clustered by a field',
    options('{ clusteredIndex: { key: { ‸a: 1 }, unique: true } }').replace('key', '‸key'),
    'SCH2103 "key" lacks "_id"',
    'SCH2104 "a" is not a known key here | known: _id',
  ],
  [
    'clustered, not unique',
    options('{ clusteredIndex: { key: { _id: 1 }, unique: ‸false } }'),
    'SCH2103 "unique" must be true',
  ],
  [
    'two stages in one',
    options('{ viewOn: a, pipeline: [‸{ $match: {}, $limit: 1 }] }'),
    'SCH2103 item 1 of "pipeline" must have exactly 1 key',
  ],
  ['no stage', options('{ viewOn: a, pipeline: [{ ‸match: {} }] }'), 'SCH2103 "match" is not a pipeline stage'],
];

const together: readonly Row[] = [
  ['capped without size', options('{ ‸capped: true }'), 'SCH2116 "capped" needs "size" | write how many bytes'],
  [
    'a size without capped',
    options('{ ‸size: 1, ‸max: 1 }'),
    'SCH2116 "size" needs "capped"',
    'SCH2116 "max" needs "capped"',
  ],
  [
    'a size of one not capped',
    options('{ capped: false, ‸size: 1 }'),
    'SCH2116 "size" needs "capped" | write "capped: true"',
  ],
  [
    'capped and clustered',
    options(`{ ‸capped: true, size: 1, clusteredIndex: ${key} }`),
    'SCH2116 "capped" and "clusteredIndex" exclude each other',
  ],
  [
    'expiry of nothing',
    options('{ ‸expireAfterSeconds: 1 }'),
    'SCH2116 "expireAfterSeconds" needs "clusteredIndex" or "timeseries" | elsewhere documents expire by an index',
  ],
  ['a pipeline of nothing', options('{ ‸pipeline: [] }'), 'SCH2116 "pipeline" needs "viewOn"'],
  [
    'both kinds of images',
    options('{ ‸recordPreImages: true, changeStreamPreAndPostImages: { enabled: true } }'),
    'SCH2116 "recordPreImages" and "changeStreamPreAndPostImages" exclude each other',
  ],
  ['a capped time series', series('‸capped: true, size: 1'), 'SCH2116 "capped" and "timeseries" exclude each other'],
  [
    'a clustered time series',
    series(`‸clusteredIndex: ${key}`),
    'SCH2116 "clusteredIndex" and "timeseries" exclude each other',
  ],
  [
    'images of a time series',
    series('‸changeStreamPreAndPostImages: { enabled: false }'),
    'SCH2116 "changeStreamPreAndPostImages" and "timeseries"',
  ],
  ['old images of a time series', series('‸recordPreImages: false'), 'SCH2116 "recordPreImages" and "timeseries"'],
  [
    'a path as time',
    options('{ timeseries: { timeField: ‸a.b } }'),
    'SCH2111 "timeField" must be a field of the document itself',
  ],
  [
    'the time as meta',
    options('{ timeseries: { timeField: t, metaField: ‸t } }'),
    'SCH2116 "metaField" cannot be the time field',
  ],
  ['_id as meta', options('{ timeseries: { timeField: t, metaField: ‸_id } }'), 'SCH2116 "metaField" cannot be _id'],
];

const views: readonly Row[] = [
  ['a view of itself', options('{ viewOn: ‸c }'), 'SCH2116 the view "c" cannot show itself'],
  [
    'a capped view',
    options('{ viewOn: a, ‸capped: false, ‸timeseries: { timeField: t } }'),
    'SCH2116 "capped" is no option of a view',
    'SCH2116 "timeseries" is no option of a view',
  ],
  [
    'a view that writes',
    options('{ viewOn: a, pipeline: [{ ‸$out: x }] }'),
    'SCH2117 "$out" writes, and a view may only read',
  ],
  [
    'a view that merges',
    options('{ viewOn: a, pipeline: [{ $unionWith: { coll: b, pipeline: [{ ‸$merge: x }] } }] }'),
    'SCH2117 "$merge" writes',
  ],
  [
    'JavaScript in a view',
    options('{ viewOn: a, pipeline: [{ $set: { x: { ‸$function: {} } } }] }'),
    'SCH2117 "$function" runs JavaScript in the server, which a view may not',
  ],
  ['indexes', view('‸indexes: []'), 'SCH2116 a view cannot have "indexes"'],
  [
    'a validator',
    view('‸validator: { a: 1 }, ‸validation: {}'),
    'SCH2116 a view cannot have "validator"',
    'SCH2116 a view cannot have "validation"',
  ],
  ['a former name', view('‸renamedFrom: b'), 'SCH2116 a view cannot have "renamedFrom"'],
  [
    'a default',
    view('fields: { f: { type: int, ‸default: 1 } }'),
    'SCH2116 "default" writes documents, and those of a view cannot be rewritten',
  ],
  [
    'a nested default',
    view('fields: { o: { type: object, fields: { f: { type: int, ‸default: 1 } } } }'),
    'SCH2116 "default" writes documents',
  ],
];

const timeSeries: readonly Row[] = [
  ['a validator', inSeries('‸validation: {}'), 'SCH2116 a time series cannot have "validation"'],
  ['a former name', inSeries('‸renamedFrom: b'), 'SCH2116 a time series cannot have "renamedFrom"'],
  [
    'a default',
    inSeries('fields: { f: { type: int, ‸default: 1 } }'),
    'SCH2116 "default" writes documents, and those of a time series',
  ],
  [
    'a default in items',
    inSeries('fields: { l: { type: array, items: { type: object, fields: { f: { ‸default: 1 } } } } }'),
    'SCH2116 "default" writes documents',
  ],
  [
    'a field that is removed',
    inSeries('fields: { f: { ‸absent: true } }'),
    'SCH2116 "absent" writes documents, and those of a time series',
  ],
  [
    'a link that is filled',
    inSeries('fields: { f: {}, g: {} }, links: { l: { field: f, references: c.f, ‸populate: { match: { g: g } } } }'),
    'SCH2116 "populate" writes documents, and those of a time series',
  ],
  [
    'a unique index',
    inSeries('indexes: [{ key: { m: 1 }, ‸unique: true }]'),
    'SCH2119 a time series cannot have a unique index',
  ],
  [
    'a TTL index',
    inSeries('indexes: [{ key: { t: 1 }, ‸expireAfterSeconds: 1 }]'),
    'SCH2119 a time series cannot have a TTL index',
  ],
  [
    'a text index',
    inSeries('indexes: [{ key: { m: 1, ‸a: text } }]'),
    'SCH2119 a time series cannot have a text index',
  ],
];

describe.each([
  ['shapes', shapes],
  ['options together', together],
  ['views', views],
  ['time series', timeSeries],
])('what no server can have: %s', (_kind, rows) => {
  test.each(rows)('%s', (_what, text, ...expected) => expectRefused(text, expected));
});
