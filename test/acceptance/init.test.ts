import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Db } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { emptyFolder, filesIn } from '../support/folder.ts';
import { must, ours, useSite } from '../support/site.ts';

const site = useSite('init');

describe('init, from nothing', () => {
  test('writes an example that is valid, plans to nothing, and is found without a flag', async () => {
    await site.fresh();
    const cwd = await emptyFolder();
    const { out, err } = await must(0, site.run(['init'], { cwd }));
    expect(out).toContain('Wrote schema/collections.yaml');
    expect(err).toBe('');
    expect(Object.keys(await filesIn(join(cwd, 'schema')))).toEqual(['collections.yaml']);
    await must(0, site.run(['validate'], { cwd }));
    const planned = await must(0, site.run(['plan', '--detailed-exitcode'], { cwd }));
    expect(planned.out).toContain('Nothing to do.');
  });

  test('connects to nothing', async () => {
    const cwd = await emptyFolder();
    await must(0, site.run(['init', '--format', 'json'], { cwd, uri: 'mongodb://127.0.0.1:1/x' }));
  });

  test('writes over nothing without --force, and lists what is in the way', async () => {
    const cwd = await emptyFolder();
    await mkdir(join(cwd, 'db'));
    await writeFile(join(cwd, 'db/collections.yaml'), 'mine');
    const { err } = await must(64, site.run(['init', '--out', 'db'], { cwd }));
    expect(err).toContain('db/collections.yaml');
    expect(err).toContain('--force');
    expect(await filesIn(join(cwd, 'db'))).toEqual({ 'collections.yaml': 'mine' });
    await must(0, site.run(['init', '--out', 'db', '--force'], { cwd }));
    expect((await filesIn(join(cwd, 'db')))['collections.yaml']).toContain('version: 1');
  });

  test.each(['a file for a folder', 'a link for a file'])('%s is refused, with --force too', async (what) => {
    const cwd = await emptyFolder();
    await writeFile(join(cwd, 'target'), 'mine');
    if (what === 'a file for a folder') await writeFile(join(cwd, 'schema'), 'mine');
    else {
      await mkdir(join(cwd, 'schema'));
      await symlink('../target', join(cwd, 'schema/collections.yaml'));
    }
    await must(64, site.run(['init', '--force'], { cwd }));
    expect((await filesIn(cwd).catch(() => ({ target: 'mine' })))['target']).toBe('mine');
  });

  test('--sample without --from-live: 64', async () => {
    await must(64, site.run(['init', '--sample', '5'], { cwd: await emptyFolder() }));
  });
});

/** Plain collections and indexes, with what an import must not do to them. */
async function filled(): Promise<Db> {
  const db = await site.fresh();
  await db.collection('people').insertMany(
    Array.from({ length: 40 }, (_, at) => ({
      email: `secret${at}@example.com`,
      ...(at % 4 === 0 ? {} : { age: at % 2 === 0 ? at : null }),
      address: { city: 'Secretville', at: new Date(0) },
    })),
  );
  await db.collection('people').createIndexes([
    { key: { email: 1 }, name: 'email_1', unique: true },
    { key: { '2024': 1, age: -1 }, name: 'by_year', sparse: true },
    { key: { 'address.at': 1 }, name: 'address.at_1', expireAfterSeconds: 2_000_000_000, hidden: true },
  ]);
  await db.createCollection('a/b');
  await db.createCollection('People');
  return db;
}

describe('init --from-live', () => {
  test('one file a collection; the plan from them is empty, apply takes everything over', async () => {
    await filled();
    const cwd = await emptyFolder();
    const before = await site.hash();
    const { out, err } = await must(0, site.run(['init', '--from-live'], { cwd }));
    expect(err).toBe('');
    expect(out).toContain('Imported: 4 collections, 3 indexes.');
    expect(out).toContain('Verified: a plan from these files changes nothing.');
    const files = await filesIn(join(cwd, 'schema'));
    const names = Object.keys(files).map((name) => name.replace(/-[0-9a-f]{6}/, '-X'));
    expect(names.sort()).toEqual(['People.yaml', 'a-b-X.yaml', 'other.yaml', 'people-X.yaml']);
    expect(await site.hash()).toBe(before);
    expect(await ours(site)).toEqual([]);
    await must(0, site.run(['validate'], { cwd }));
    const planned = await must(0, site.run(['plan', '--detailed-exitcode'], { cwd }));
    expect(planned.out).toContain('7 objects to record');
    expect(planned.out).not.toContain('unmanaged');
    await must(0, site.run(['apply', '--auto-approve'], { cwd }));
    const again = await must(0, site.run(['init', '--from-live', '--out', 'again'], { cwd }));
    expect(again.out).toContain('Imported: 4 collections');
    expect(await filesIn(join(cwd, 'again'))).toEqual(files);
  });

  test('fields with their shares are comments, which can be taken over; no value is written', async () => {
    await filled();
    const cwd = await emptyFolder();
    await must(0, site.run(['init', '--from-live'], { cwd }));
    const files = await filesIn(join(cwd, 'schema'));
    const [name, text = ''] = Object.entries(files).find(([, each]) => each.includes('  people:')) ?? [];
    expect(text).toBe(
      [
        '# yaml-language-server: $schema=../node_modules/schemactl/dist/schema.json',
        `# Imported from the database "${site.name}".`,
        'version: 1',
        'collections:',
        '  people:',
        '    indexes:',
        '      - { key: { address.at: 1 }, hidden: true, expireAfterSeconds: 2000000000 }',
        '      - { key: { "2024": 1, age: -1 }, name: by_year, sparse: true }',
        '      - { key: { email: 1 }, unique: true }',
        '',
        '    # Fields as found in all 40 documents. Nothing here is enforced:',
        '    # to declare one, take away "# " before it and before "fields:".',
        '    # fields:',
        '    #   _id: { type: objectId }             # objectId; in all documents',
        '    #   email: { type: string }             # string; in all documents',
        '    #   age: { type: int, nullable: true }  # null 67%, int 33%; in 75% of documents',
        '    #   address:                            # object; in all documents',
        '    #     type: object',
        '    #     fields:',
        '    #       city: { type: string }  # string; in all objects',
        '    #       at: { type: date }      # date; in all objects',
        '',
      ].join('\n'),
    );
    expect(Object.values(files).join()).not.toMatch(/secret/i);
    const bare = text.replace(/ {4}# Fields[^]*?(?= {4}# fields:)/, '').replaceAll(/^ {4}# /gm, '    ');
    await writeFile(join(cwd, 'schema', name ?? ''), bare);
    await must(0, site.run(['validate'], { cwd }));
  });

  test('a sample is a sample; --sample 0 looks at no document', async () => {
    await filled();
    const cwd = await emptyFolder();
    await must(0, site.run(['init', '--from-live', '--sample', '5'], { cwd }));
    const sampled = Object.values(await filesIn(join(cwd, 'schema'))).join();
    expect(sampled).toContain('Fields as found in a sample of 5 of 40 documents.');
    await must(0, site.run(['init', '--from-live', '--sample', '0', '--force'], { cwd }));
    expect(Object.values(await filesIn(join(cwd, 'schema'))).join()).not.toContain('Fields');
    await must(64, site.run(['init', '--from-live', '--sample', 'few'], { cwd }));
  });

  test('files in the way: 64, each is listed, none is written; other schema files are pointed at', async () => {
    await filled();
    const cwd = await emptyFolder();
    await mkdir(join(cwd, 'schema'));
    const mine = { 'People.yaml': 'mine', 'mine.yaml': 'mine', 'other.yaml': 'mine' };
    for (const [name, text] of Object.entries(mine)) await writeFile(join(cwd, 'schema', name), text);
    const { err } = await must(64, site.run(['init', '--from-live'], { cwd }));
    expect(err).toContain('schema/People.yaml\n  schema/other.yaml\n');
    expect(await filesIn(join(cwd, 'schema'))).toEqual(mine);
    const forced = await must(0, site.run(['init', '--from-live', '--force'], { cwd }));
    expect(forced.err).toContain('also holds mine.yaml');
    expect((await filesIn(join(cwd, 'schema')))['other.yaml']).toContain('version: 1');
  });

  test('a database without collections: 64, nothing written', async () => {
    const cwd = await emptyFolder();
    const { err } = await must(64, site.run(['init', '--from-live', '--db', 'test_init_nowhere'], { cwd }));
    expect(err).toContain('test_init_nowhere');
    expect(await filesIn(cwd)).toEqual({});
  });

  test('what cannot be said is a comment and a warning, and is left alone', async () => {
    const db = await site.fresh();
    await db.command({ create: 'ends.' });
    await db.command({ createIndexes: 'other', indexes: [{ key: { a: 1 }, name: 'a_1', prepareUnique: true }] });
    const cwd = await emptyFolder();
    const { out, err } = await must(0, site.run(['init', '--from-live'], { cwd }));
    expect(err.split('\n')).toEqual([
      expect.stringMatching(
        /^warning: \["ends\."\] is not declared, because .* \(a comment in schema\/ends_-\w{6}\.yaml\)$/,
      ),
      'warning: other.indexes.a_1 is not declared, because "prepareUnique" is not an index option (a comment in schema/other.yaml)',
    ]);
    expect(out).toContain('Left as they are: 2 objects');
    expect((await filesIn(join(cwd, 'schema')))['other.yaml']).toContain(
      '    # Not declared, because "prepareUnique" is not an index option (other.indexes.a_1):\n    #   indexes: [{ key: { a: 1 }, prepareUnique: true }]\n',
    );
    const planned = await must(0, site.run(['plan', '--detailed-exitcode'], { cwd }));
    expect(planned.out).toContain('matches');
  });

  test('as JSON', async () => {
    const db = await site.fresh();
    await db.command({ createIndexes: 'other', indexes: [{ key: { a: 1 }, name: 'a_1', prepareUnique: true }] });
    const cwd = await emptyFolder();
    const { out } = await must(0, site.run(['init', '--from-live', '--format', 'json'], { cwd }));
    expect(JSON.parse(out)).toEqual({
      formatVersion: 1,
      database: site.name,
      files: ['schema/other.yaml'],
      refused: [
        { address: 'other.indexes.a_1', message: '"prepareUnique" is not an index option', file: 'schema/other.yaml' },
      ],
      differing: [],
    });
  });
});
