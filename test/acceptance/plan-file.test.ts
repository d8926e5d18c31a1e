import { chmod, lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Db, Document } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { schemaFile } from '../support/schema.ts';
import { indexesOf, must, ours, own, useSite } from '../support/site.ts';

const site = useSite('plan_file');

const schema = `
version: 1
collections:
  made: { indexes: [ { key: { b: 1 } } ] }
  things:
    fields: { note: { type: string, default: "-" } }
    indexes: [ { key: { a: 1 } } ]
`;

async function filled(): Promise<Db> {
  const db = await site.fresh();
  await db.collection('things').insertMany(Array.from({ length: 10 }, (_, a) => ({ a })));
  return db;
}

/** Saves a plan; answers its path, in a folder of its own. */
async function saved(text = schema, ...more: readonly string[]): Promise<string> {
  const file = await schemaFile(text);
  const path = join(dirname(file), 'plan.json');
  await must(0, site.run(['plan', '--schema', file, '--out', path, ...more]));
  return path;
}

const read = async (path: string): Promise<Document> => JSON.parse(await readFile(path, 'utf8')) as Document;

const edit = async (path: string, change: (plan: Document) => void): Promise<void> => {
  const plan = await read(path);
  change(plan);
  await writeFile(path, JSON.stringify(plan));
};

describe('apply PLAN', () => {
  test('does exactly what was reviewed, off a terminal, whatever else happened', async () => {
    const db = await filled();
    const path = await saved();
    await db.collection('other').createIndexes([{ key: { x: 1 }, name: 'x_1' }]);
    await db.collection('things').insertOne({ a: 11 });
    await db.collection('another').insertOne({});
    const { out } = await must(0, site.run(['apply', path, '--format', 'json']));
    const events = out.split('\n').map((line) => JSON.parse(line) as Document);
    const done = events.filter(({ event }) => event === 'unit-started').flatMap(({ steps }) => steps as string[]);
    const { steps } = (await read(path)) as { steps: { address: string }[] };
    expect(done.sort()).toEqual(steps.map(({ address }) => address).sort());
    expect(await db.collection('things').countDocuments({ note: '-' })).toBe(11);
    expect(await indexesOf(db, 'things')).toEqual(['a_1']);
    expect(await indexesOf(db, 'made')).toEqual(['b_1']);
  });

  test('a second time does nothing, or refuses; nothing is harmed', async () => {
    const db = await filled();
    const path = await saved();
    await must(0, site.run(['apply', path]));
    await db.collection('things').updateOne({ a: 1 }, { $set: { note: 'of the application' } });
    const after = await site.hash();
    expect([0, 21]).toContain((await site.run(['apply', path])).code);
    expect(await site.hash()).toBe(after);
    expect(await own(db, 'runs')).toHaveLength(1);
    expect((await own(db, 'lock'))[0]).toMatchObject({ owner: null });
  });

  test('hazards that were allowed when planning are in the plan; one that was not is 20 until allowed', async () => {
    const db = await filled();
    await must(0, site.run(['apply', await saved()]));
    const less = schema.replace('key: { a: 1 }', 'key: { a: -1 }');
    const before = await site.hash();
    await must(20, site.run(['apply', await saved(less)]));
    await must(20, site.run(['apply', await saved(less, '--allow', 'drop-index@made.**')]));
    expect(await site.hash()).toBe(before);
    const path = await saved(less, '--allow', 'drop-index@things.**');
    expect(await read(path)).toMatchObject({ allow: ['drop-index@things.**'] });
    await must(0, site.run(['apply', path]));
    expect(await indexesOf(db, 'things')).toEqual(['a_-1']);
    await must(0, site.run(['rollback', '--auto-approve']));
    expect(await site.hash()).toBe(before);
    await must(0, site.run(['apply', await saved(less), '--allow', 'drop-index']));
  });
});

interface Refused {
  readonly what: string;
  readonly code: number;
  readonly says: string;
  readonly change?: (path: string) => Promise<void>;
  readonly args?: readonly string[];
}

const refused: readonly Refused[] = [
  {
    what: 'a hazard allowed by hand',
    code: 65,
    says: 'checksum',
    change: (path) => edit(path, (plan) => (plan['allow'] = ['drop-index'])),
  },
  {
    what: 'the database changed by hand',
    code: 65,
    says: 'checksum',
    change: (path) => edit(path, ({ target }) => ((target as Document)['database'] = 'elsewhere')),
  },
  {
    what: 'an operation taken out',
    code: 65,
    says: 'checksum',
    change: (path) => edit(path, ({ units }) => void (units as unknown[]).pop()),
  },
  {
    what: 'without its checksum',
    code: 65,
    says: 'checksum',
    change: (path) => edit(path, (plan) => delete plan['checksum']),
  },
  {
    what: 'another format',
    code: 65,
    says: 'format 2',
    change: (path) => edit(path, (plan) => (plan['formatVersion'] = 2)),
  },
  { what: 'not JSON', code: 65, says: 'not JSON', change: (path) => writeFile(path, 'version: 1\n') },
  {
    what: 'half of one',
    code: 65,
    says: 'not JSON',
    change: async (path) => writeFile(path, (await readFile(path, 'utf8')).slice(0, 500)),
  },
  { what: 'empty', code: 65, says: 'not JSON', change: (path) => writeFile(path, '') },
  { what: 'a list', code: 65, says: 'formatVersion', change: (path) => writeFile(path, '[]') },
  {
    what: 'nothing but a version',
    code: 65,
    says: 'checksum',
    change: (path) => writeFile(path, '{"formatVersion":1}'),
  },
  { what: 'another --db', code: 21, says: 'test_plan_file', args: ['--db', 'test_elsewhere'] },
  { what: '--milestone', code: 64, says: 'applied whole', args: ['--milestone', '001'] },
  { what: '--through', code: 64, says: 'applied whole', args: ['--through', '001'] },
  { what: '--only', code: 64, says: 'applied whole', args: ['--only', 'things.**'] },
  { what: '--exclude', code: 64, says: 'applied whole', args: ['--exclude', 'made'] },
];

let reviewed: Promise<string> | null = null;

/** The text of one plan, made once: no row of the table changes the database. */
const reviewedText = (): Promise<string> =>
  (reviewed ??= filled()
    .then(() => saved())
    .then((path) => readFile(path, 'utf8')));

test.each(refused)('a plan file, $what: $code, nothing written', async ({ code, says, change, args = [] }) => {
  const text = await reviewedText();
  const path = await schemaFile(text);
  await change?.(path);
  const before = await site.hash();
  const { err } = await must(code, site.run(['apply', path, ...args]));
  expect(err).toContain(says);
  expect(err).not.toContain('    at ');
  expect(await site.hash()).toBe(before);
  expect(await ours(site)).toEqual([]);
});

test('the plan of these rows, as it was written, can be applied', async () => {
  const text = await reviewedText();
  await must(0, site.run(['apply', await schemaFile(text)]));
});

const stale: readonly (readonly [string, string, (db: Db) => Promise<unknown>])[] = [
  [
    'an index made by hand',
    'things.indexes.c_1: was added',
    (db) => db.collection('things').createIndexes([{ key: { c: 1 }, name: 'c_1' }]),
  ],
  [
    'the declared index made by hand',
    'things.indexes.a_1: was added',
    (db) => db.collection('things').createIndexes([{ key: { a: 1 }, name: 'a_1' }]),
  ],
  [
    'a validator set by hand',
    'things.validator: was changed',
    (db) => db.command({ collMod: 'things', validator: { a: { $type: 'int' } } }),
  ],
  [
    'a collection made again',
    'things: was dropped and created again',
    async (db) => {
      await db.collection('things').drop();
      await db.createCollection('things');
    },
  ],
  ['a collection dropped', 'things: is gone', (db) => db.collection('things').drop()],
  ['a collection made meanwhile', 'made: was created meanwhile', (db) => db.createCollection('made')],
];

describe('stale plan: the database has left it behind', () => {
  test.each(stale)('%s: 21 saying "%s", nothing written; it can be shown', async (_, says, move) => {
    const db = await filled();
    const path = await saved();
    await move(db);
    const before = await site.hash();
    const { err } = await must(21, site.run(['apply', path]));
    expect(err).toContain(says);
    expect(await site.hash()).toBe(before);
    expect(await ours(site)).toEqual([]);
    const { out } = await must(0, site.run(['show', path]));
    expect(out).toContain('made');
  });

  test('on a database that was applied before, the lock is free afterwards and no run is made', async () => {
    const db = await filled();
    await must(0, site.run(['apply', await saved()]));
    const path = await saved(schema.replace('key: { b: 1 }', 'key: { b: 1, c: 1 }'), '--allow', 'drop-index');
    await db.collection('made').createIndexes([{ key: { d: 1 }, name: 'd_1' }]);
    const { err } = await must(21, site.run(['apply', path]));
    expect(err).toContain('made.indexes.d_1: was added');
    expect(await own(db, 'runs')).toHaveLength(1);
    expect((await own(db, 'lock'))[0]).toMatchObject({ owner: null });
    const again = schema.replace('key: { b: 1 }', 'key: { b: 1, c: 1 }');
    await must(0, site.run(['apply', await saved(again, '--allow', 'drop-index')]));
  });

  test('an earlier database of the same name: 21', async () => {
    await filled();
    await must(0, site.run(['apply', await saved()]));
    const path = await saved(schema.replace('key: { b: 1 }', 'key: { b: 1, c: 1 }'), '--allow', 'drop-index');
    await filled();
    const { err } = await must(21, site.run(['apply', path]));
    expect(err).toContain('another database');
    expect(await ours(site)).toEqual([]);
  });
});

describe('the file', () => {
  test('is 0600, also over one that was not, and no other is left beside it', async () => {
    await filled();
    const path = await saved();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await chmod(path, 0o644);
    const again = ['plan', '--schema', join(dirname(path), 'schema.yaml'), '--out', path];
    await must(0, site.run(again));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await readdir(dirname(path))).sort()).toEqual(['plan.json', 'schema.yaml']);
  });

  test.each([
    ['a symlink', (path: string, place: string) => symlink(path, place)],
    ['a folder', (_: string, place: string) => mkdir(place)],
    ['not there', () => Promise.resolve()],
  ])('%s: 65 in apply and show, and never written through', async (what, make) => {
    await filled();
    const path = await saved();
    const bytes = await readFile(path);
    const place = join(dirname(path), 'place');
    await make(path, place);
    for (const command of ['apply', 'show']) {
      const { err } = await must(65, site.run([command, place]));
      expect(err).toContain('place');
    }
    if (what !== 'not there') {
      await must(65, site.run(['plan', '--schema', join(dirname(path), 'schema.yaml'), '--out', place]));
      expect((await lstat(place)).isFile()).toBe(false);
    }
    expect((await readFile(path)).equals(bytes)).toBe(true);
    expect(await ours(site)).toEqual([]);
  });

  test('show --format json prints it byte by byte and connects to nothing', async () => {
    await filled();
    const path = await saved();
    const { out } = await must(0, site.run(['show', path, '--format', 'json'], { uri: 'mongodb://127.0.0.1:1/x' }));
    expect(`${out}\n`).toBe(await readFile(path, 'utf8'));
  });

  test('holds no password and no document contents', async () => {
    const db = await filled();
    await db.collection('things').insertMany([
      { _id: 'twin one' as never, a: 3, secret: 'of a person' },
      { _id: 'twin two' as never, a: 3 },
    ]);
    const text = await readFile(await saved(schema.replace('{ key: { a: 1 } }', '{ key: { a: 1 }, unique: true }')));
    expect(text.toString()).toContain('twin two');
    expect(text.toString()).not.toContain('of a person');
    expect(text.toString()).not.toContain('mongodb://');
  });
});
