import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BSON, type CollectionInfo, type Db, type Document } from 'mongodb';
import semver from 'semver';
import { describe, expect, inject, test } from 'vitest';
import { emptyFolder, filesIn } from '../support/folder.ts';
import { must, type Site, useSite } from '../support/site.ts';

/** What a database can hold, imported whole: needs every option of the language. */
const site = useSite('import');

const collation = { locale: 'fr_CA', strength: 2 };

/** One of every kind of thing that a server of 6.0 lists. */
const everything: readonly Document[] = [
  { create: 'plain' },
  { create: 'capped', capped: true, size: 5000, max: 10 },
  { create: 'large', capped: true, size: 6e9 },
  { create: 'collated', collation },
  { create: 'clustered', clusteredIndex: { key: { _id: 1 }, unique: true }, expireAfterSeconds: 100_000_000 },
  { create: 'clustered_named', clusteredIndex: { key: { _id: 1 }, unique: true, name: 'by id' } },
  {
    create: 'series',
    timeseries: { timeField: 't', metaField: 'm', granularity: 'minutes' },
    expireAfterSeconds: 100_000_000,
  },
  { create: 'series_bare', timeseries: { timeField: 't' } },
  { create: 'images', changeStreamPreAndPostImages: { enabled: true } },
  {
    create: 'validated',
    validator: { $jsonSchema: { required: ['a'] }, '2024': { $gt: new BSON.Long(5n) }, b: /^x/i },
    // As a collMod writes them out.
    validationLevel: 'strict',
    validationAction: 'error',
  },
  { create: 'warned', validator: { a: { $type: 'int' } }, validationLevel: 'moderate', validationAction: 'warn' },
  {
    create: 'view',
    viewOn: 'plain',
    pipeline: [{ $match: { b: 1, a: new BSON.Double(2) } }, { $sort: { z: 1, a: -1 } }],
  },
  { create: 'collated_view', viewOn: 'plain', pipeline: [], collation: { locale: 'de' } },
  { create: 'a/b' },
  { create: 'app.users' },
  { create: 'PLAIN' },
  {
    createIndexes: 'plain',
    indexes: [
      {
        key: new Map([
          ['b', 1],
          ['2024', -1],
          ['a', 1],
        ]),
        name: 'b_1_2024_-1_a_1',
      },
      { key: { u: 1 }, name: 'u_1', unique: true },
      { key: { u: 1 }, name: 'u_sparse', sparse: true },
      { key: { p: 1 }, name: 'p_1', unique: true, partialFilterExpression: { p: { $gt: new BSON.Long(5n) }, a: 1 } },
      { key: { t: 1 }, name: 't_1', expireAfterSeconds: 100_000_000 },
      { key: { h: 1 }, name: 'hide', hidden: true },
      { key: { x: 'hashed' }, name: 'x_hashed' },
      { key: { g: '2dsphere' }, name: 'g_2dsphere' },
      { key: { g: '2dsphere' }, name: 'g_old', '2dsphereIndexVersion': 2, partialFilterExpression: { a: 1 } },
      { key: { l: '2d' }, name: 'l_2d', bits: 20, min: -10, max: 10.5 },
      { key: { m: '2d' }, name: 'm_2d' },
      { key: { '$**': 1 }, name: '$**_1', wildcardProjection: { a: 1, 'b.c': 1, _id: 0 } },
      { key: { 'w.$**': 1 }, name: 'w.$**_1' },
      { key: { c: 1 }, name: 'c_1', collation: { locale: 'en', strength: 2 } },
      { key: { c: 1 }, name: 'c_de', collation: { locale: 'de', caseFirst: 'upper' } },
      { key: { s: 1, y: 'text', k: 'text', z: 1 }, name: 'words', weights: { k: 5 }, default_language: 'none' },
      { key: { e: 1 }, name: 'e_1', storageEngine: { wiredTiger: { configString: '' } } },
      { key: { five: 5 }, name: 'five_5' },
    ],
  },
  {
    createIndexes: 'collated',
    indexes: [
      { key: { a: 1 }, name: 'a_1' },
      { key: { b: 1 }, name: 'b_1', collation: { locale: 'simple' } },
      { key: { c: 1 }, name: 'c_1', collation: { locale: 'en' } },
      { key: { t: 'text' }, name: 't_text', collation: { locale: 'simple' } },
      { key: { p: '2d' }, name: 'p_2d', collation: { locale: 'simple' } },
      { key: { h: 'hashed' }, name: 'h_hashed' },
    ],
  },
  { createIndexes: 'series', indexes: [{ key: { m: 1, t: -1 }, name: 'm_1_t_-1' }] },
  { createIndexes: 'app.users', indexes: [{ key: { '$**': 'text' }, name: '$**_text' }] },
];

async function imported(at: Site, cwd: string): Promise<string> {
  const { err, out } = await must(0, at.run(['init', '--from-live', '--out', 'schema'], { cwd }));
  expect(err).toBe('');
  expect(out).toContain('Verified: a plan from these files changes nothing.');
  return join(cwd, 'schema');
}

async function expectsNothing(at: Site, schema: string): Promise<void> {
  const { out } = await must(0, at.run(['plan', '--schema', schema, '--format', 'json']));
  const plan = JSON.parse(out) as Document;
  expect(plan).toMatchObject({ noop: true, unmanaged: [] });
}

/** Everything that the server lists, but what is its own. */
async function listing(db: Db): Promise<Document[]> {
  const infos = await db.listCollections().toArray();
  const own = infos.filter(({ name }) => !/^(?:system\.|schemactl_)/.test(name));
  const sorted = own.sort((a, b) => (a.name < b.name ? -1 : 1));
  return Promise.all(
    sorted.map(async (info) => {
      const { name, type, options = {} } = info as CollectionInfo;
      const indexes = type === 'view' ? [] : await db.collection(name).listIndexes().toArray();
      const nameOf = (index: Document): string => String(index['name']);
      return {
        name,
        type,
        options,
        indexes: indexes.sort((a: Document, b: Document) => (nameOf(a) < nameOf(b) ? -1 : 1)),
      };
    }),
  );
}

/** In lines, without the versions that a new index gets: an older one is the same index. */
function comparable(listed: readonly Document[]): readonly string[] {
  const canonical: unknown = BSON.EJSON.serialize(listed, { relaxed: false });
  const lines = JSON.stringify(canonical, (name, value: unknown) => (name === '2dsphereIndexVersion' ? 0 : value), 1);
  return lines.split('\n');
}

async function run(db: Db, commands: readonly Document[]): Promise<void> {
  for (const command of commands) await db.command(command);
}

/** Servers before 6.0 know neither clustered collections nor images. */
const isSince6 = semver.gte(inject('server'), '6.0.0');

describe.runIf(isSince6)('init --from-live loses nothing', () => {
  test('of everything that a server lists: the plan is empty, and before and after taking over it is the same', async () => {
    const db = await site.fresh();
    await run(db, everything);
    const before = await listing(db);
    const cwd = await emptyFolder();
    const schema = await imported(site, cwd);
    const files = await filesIn(schema);
    expect(Object.keys(files)).toHaveLength(17);
    await expectsNothing(site, schema);
    await must(0, site.run(['apply', '--auto-approve', '--schema', schema]));
    await expectsNothing(site, schema);
    expect(await listing(db)).toEqual(before);
  });

  test('the same structure comes about in an empty database', async () => {
    const db = await site.fresh();
    await run(db, everything);
    const schema = await imported(site, await emptyFolder());
    const wanted = comparable(await listing(db));
    await site.fresh();
    await must(0, site.run(['apply', '--auto-approve', '--schema', schema]));
    expect(comparable(await listing(db))).toEqual(wanted);
  });

  test('every file is what people write: names and collations only where they tell something', async () => {
    const db = await site.fresh();
    await run(db, everything);
    const files = await filesIn(await imported(site, await emptyFolder()));
    const plain = Object.values(files).find((text) => text.includes('\n  plain:')) ?? '';
    expect(files['collated.yaml']).toContain('- { key: { a: 1 } }\n');
    expect(files['collated.yaml']).toContain('- { key: { b: 1 }, collation: { locale: simple } }\n');
    expect(files['collated.yaml']).toContain('- { key: { c: 1 }, collation: { locale: en } }\n');
    expect(plain).toContain('- { key: { b: 1, "2024": -1, a: 1 } }\n');
    expect(plain).toContain('name: u_sparse');
  });

  test('documents without a validator of ours stay as they are: no fields are declared', async () => {
    const db = await site.fresh();
    await db.collection('plain').insertMany([{ a: 1 }, { a: 'x', b: null }]);
    const schema = await imported(site, await emptyFolder());
    expect((await filesIn(schema))['plain.yaml']).toContain('    #   a: { type: [int, string] }');
    await expectsNothing(site, schema);
  });
});

const app = (name: string): URL => new URL(`../apps/${name}.json`, import.meta.url);

/** Real applications' databases, as their public repositories make them. */
test.each(['shellhub', 'overleaf'])('the database of %s is imported whole, and the plan is empty', async (name) => {
  const { live } = BSON.EJSON.parse(await readFile(app(name), 'utf8'), { relaxed: false }) as { live: Document[] };
  const db = await site.fresh();
  await run(db, live);
  await expectsNothing(site, await imported(site, await emptyFolder()));
});
