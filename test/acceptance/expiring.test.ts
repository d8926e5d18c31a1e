import { expect, test } from 'vitest';
import { schemaFile } from '../support/schema.ts';
import { must, useSite } from '../support/site.ts';

/** What an edit writes under a TTL index that is there already: the server deletes it, whoever wrote it. */
const site = useSite('expiring');

const [old, ahead] = [new Date(0), new Date('2099-01-01')];
const ofField = (fields: string, more = ''): string =>
  `version: 1\ncollections: { c: { fields: { ${fields} }${more} } }`;
const link = `version: 1
collections:
  c:
    fields: { u: { type: int }, exp: { type: date, nullable: true } }
    links: { l: { field: exp, references: s.at, optional: true, populate: { match: { u: u } } } }
  s: { fields: { u: { type: int }, at: { type: date } } }
`;

interface Seen {
  readonly hazards: readonly { readonly code: string; readonly count?: number }[];
  readonly steps: readonly { readonly address: string; readonly reversal: { readonly kind: string } }[];
}

async function planned(file: string, ...more: readonly string[]): Promise<Seen> {
  return JSON.parse((await must(0, site.run(['plan', '--format', 'json', '--schema', file, ...more]))).out) as Seen;
}

const expired = (seen: Seen): readonly (number | undefined)[] =>
  seen.hazards.flatMap(({ code, count }) => (code === 'ttl-expiry' ? [count] : []));

const computed = ofField('exp: { type: date, compute: "$created" }');
const partial = { partialFilterExpression: { state: 'done' } };

test.each([
  ['computed', computed, [{ created: old }, { created: old }, { created: ahead }, {}], {}, [2]],
  ['converted', ofField('exp: { type: date, convert: true }'), [{ exp: '1970-01-02' }, { exp: '2099-01-02' }], {}, [1]],
  ['a default', ofField('exp: { type: date, default: 2020-01-01T00:00:00Z }'), [{}, {}, { exp: ahead }], {}, [2]],
  ['renamed', ofField('exp: { type: date, renamedFrom: until }'), [{ until: old }, { until: ahead }], {}, [1]],
  ['populated', link, [{ u: 1 }, { u: 2 }], {}, [1]],
  ['in the filter', ofField('state: { type: string, default: done }'), [{ exp: old }, { exp: ahead }], partial, [1]],
  ['not in the filter', computed, [{ created: old }], partial, []],
  ['of other fields', ofField('note: { type: string, default: x }'), [{ created: old }], {}, []],
  [
    'gone before',
    computed.replace(/ } }$/, ', indexes: [ { key: { exp: 1 }, absent: true } ] } }'),
    [{ created: old }],
    {},
    [],
  ],
] as const)('%s', async (_, schema, documents, options, counts) => {
  const db = await site.fresh();
  await db.collection('s').insertMany([
    { u: 1, at: old },
    { u: 2, at: ahead },
  ]);
  await db.collection('c').insertMany(documents.map((each) => ({ ...each })));
  await db.collection('c').createIndexes([{ key: { exp: 1 }, expireAfterSeconds: 3600, ...options }]);
  const file = await schemaFile(schema);
  const seen = await planned(file);
  expect(expired(seen)).toEqual(counts);
  expect(seen.steps.some(({ reversal }) => reversal.kind === 'lossy')).toBe(counts.length > 0);
  await must(
    counts.length > 0 ? 20 : 0,
    site.run(['apply', '--auto-approve', '--allow', 'drop-index,convert-type', '--schema', file]),
  );
});

test('what expires by now is counted again before a saved plan runs, by each index and each edit of a field', async () => {
  const db = await site.fresh();
  await db
    .collection('c')
    .insertMany([{ until: '1970-01-02' }, { exp: '1970-01-02' }, { until: ahead }, { until: old }]);
  await db.collection('c').createIndexes([
    { key: { exp: 1 }, expireAfterSeconds: 3600 },
    { key: { exp: 1 }, name: 'de', collation: { locale: 'de' }, expireAfterSeconds: 60 },
  ]);
  const file = await schemaFile(ofField('exp: { type: date, renamedFrom: until, convert: true }'));
  const allow = ['--allow', 'ttl-expiry,convert-type'];
  expect(expired(await planned(file))).toEqual([1, 1, 2, 2]);
  const saved = `${file}.plan.json`;
  await must(0, site.run(['plan', '--schema', file, ...allow, '--out', saved]));
  await db.collection('c').insertMany(Array.from({ length: 300 }, () => ({ exp: '1970-01-02' })));
  const { err } = await must(21, site.run(['apply', saved]));
  expect(err).toContain('c.fields.exp: ttl-expiry concerned 2 documents, now 302');
  expect(err).not.toContain('concerned 1 ');
  await must(0, site.run(['plan', '--schema', file, ...allow, '--out', saved]));
  await must(0, site.run(['apply', saved]));
});

test.each([
  ['removed dates come back', 'exp: { absent: true }', [{ exp: ahead }, { exp: ahead }, {}], [2]],
  ['dates come back under a former name', 'until: { renamedFrom: exp }', [{ exp: ahead }], [1]],
  ['dates that were texts', 'exp: { type: date, convert: true }', [{ exp: '2099-01-02' }], []],
  ['dates that were not there', 'exp: { type: date, default: 2099-01-01T00:00:00Z }', [{}], []],
  ['of other fields', 'note: { absent: true }', [{ note: 1, exp: ahead }], []],
  ['computed dates go', 'exp: { type: date, compute: "$at" }', [{ at: ahead }], []],
  ['dates go back to another name', 'exp: { renamedFrom: until }', [{ until: ahead }], []],
] as const)('taken back: %s', async (_, fields, documents, counts) => {
  const db = await site.fresh();
  await db.collection('c').insertMany(documents.map((each) => ({ ...each })));
  await db.collection('c').createIndexes([{ key: { exp: 1 }, expireAfterSeconds: 3600 }]);
  const before = await site.hash();
  const file = await schemaFile(ofField(fields));
  await must(0, site.run(['apply', '--schema', file, '--auto-approve', '--allow', 'drop-field,convert-type']));
  const { out } = await must(0, site.run(['rollback', '--plan-only', '--format', 'json']));
  const seen = JSON.parse(out) as Seen;
  expect(expired(seen)).toEqual(counts);
  expect(seen.steps.map(({ reversal }) => reversal.kind)).toEqual([counts.length === 0 ? 'exact' : 'lossy']);
  if (counts.length > 0) await must(20, site.run(['rollback', '--auto-approve']));
  await must(0, site.run(['rollback', '--auto-approve', '--allow', 'ttl-expiry,convert-type']));
  expect(await site.hash()).toBe(before);
});
