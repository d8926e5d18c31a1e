import type { IndexDescription } from 'mongodb';
import { expect, test } from 'vitest';
import { schemaFile } from '../support/schema.ts';
import { must, useSite } from '../support/site.ts';

/** Values that an index which is there already could not hold are found before the first is written. */
const site = useSite('indexable');

const ofField = (fields: string, more = ''): string =>
  `version: 1\ncollections: { c: { fields: { ${fields} }${more} } }`;
const link = `version: 1
collections:
  c:
    fields: { u: { type: int }, sid: { type: any } }
    links: { l: { field: sid, references: s.at, optional: true, populate: { match: { u: u } } } }
  s: { fields: { u: { type: int }, at: { type: any } } }
`;
const list = ofField('d: { type: array, default: [] }');
const computed = ofField('d: { type: array, compute: ["$b"] }');
const renamed = ofField('loc: { type: any, renamedFrom: old }');
const point = { type: 'Point', coordinates: [1, 2] };
const own = { b: 1, list: [1, 2] };

interface Row {
  readonly schema: string;
  readonly index: IndexDescription;
  readonly documents: readonly object[];
  readonly found: readonly (readonly [code: string, count: number])[];
}

const rows: Readonly<Record<string, Row>> = {
  'arrays beside a default': {
    ...{ schema: list, index: { key: { list: 1, d: 1 } }, documents: [own, own, { b: 1 }] },
    found: [['parallel-arrays', 2]],
  },
  'arrays beside what is computed': {
    ...{ schema: computed, index: { key: { list: 1, d: 1 } }, documents: [own, { b: 1 }] },
    found: [['parallel-arrays', 1]],
  },
  'no place in what a link takes': {
    ...{ schema: link, index: { key: { sid: '2dsphere' } }, documents: [{ u: 1 }, { u: 2 }] },
    found: [['not-indexable', 1]],
  },
  'arrays outside the filter': {
    schema: list,
    index: { key: { list: 1, d: 1 }, partialFilterExpression: { b: 2 } },
    ...{ documents: [own], found: [] },
  },
  'arrays that the filter lets in': {
    schema: ofField('s: { type: string, default: on }'),
    index: { key: { list: 1, other: 1 }, partialFilterExpression: { s: 'on' } },
    ...{ documents: [{ list: [1], other: [1] }, own], found: [['parallel-arrays', 1]] },
  },
  'an array in a hashed index': {
    ...{ schema: list, index: { key: { d: 'hashed' } }, documents: [own], found: [['parallel-arrays', 1]] },
  },
  'an array above the key': {
    ...{ schema: list, index: { key: { 'd.x': 'hashed' } }, documents: [own], found: [['parallel-arrays', 1]] },
  },
  'no place on the sphere': {
    ...{ schema: renamed, index: { key: { loc: '2dsphere' } }, documents: [{ old: { x: 'a' } }, { old: point }] },
    found: [['not-indexable', 1]],
  },
  'no place on the plane': {
    schema: ofField('p: { type: array, default: [500, 500] }'),
    ...{ index: { key: { p: '2d' } }, documents: [own, own], found: [['not-indexable', 2]] },
  },
  'an unknown language': {
    schema: ofField('language: { type: string, default: klingon }'),
    ...{ index: { key: { b: 'text' } }, documents: [own], found: [['not-indexable', 1]] },
  },
  'an unknown language beside a text within': {
    schema: ofField('s: { type: object, fields: { tongue: { type: string, default: klingon } } }'),
    index: { key: { 's.b': 'text' }, language_override: 'tongue' },
    ...{ documents: [{ s: {} }, {}], found: [['not-indexable', 1]] },
  },
  'an index of other fields': {
    ...{ schema: list, index: { key: { list: 1, b: 1 } }, documents: [own], found: [] },
  },
  'an index that goes': {
    schema: ofField('d: { type: array, default: [] }', ', indexes: [ { key: { list: 1, d: 1 }, absent: true } ]'),
    ...{ index: { key: { list: 1, d: 1 } }, documents: [own], found: [] },
  },
};

test.each(Object.entries(rows))('%s', async (_, { schema, index, documents, found }) => {
  const db = await site.fresh();
  await db.collection('s').insertOne({ u: 1, at: { x: 'a' } });
  await db.collection('c').insertMany(documents.map((each) => ({ ...each })));
  await db.collection('c').createIndexes([index]);
  const file = await schemaFile(schema);
  const { out } = await must(0, site.run(['plan', '--format', 'json', '--schema', file]));
  const { violations } = JSON.parse(out) as { violations: { code: string; count: number }[] };
  expect(violations.map(({ code, count }) => [code, count])).toEqual(found);
  const before = await site.hash();
  const run = ['apply', '--auto-approve', '--allow', 'drop-index', '--schema', file];
  await must(found.length > 0 ? 22 : 0, site.run(run));
  if (found.length > 0) expect(await site.hash()).toBe(before);
});
