import { readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import jsonPatch, { type Operation } from 'fast-json-patch';
import type { Db, Document } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { emptyFolder, filesIn } from '../support/folder.ts';
import { must, ours, own, useSite } from '../support/site.ts';

const site = useSite('snapshot');

const schema = `
version: 1
collections:
  orders:
    fields: { note: { type: string, default: "-" } }
    indexes:
      - { key: { "2024": 1, a: -1 }, unique: true }
      - { key: { at: 1 }, expireAfterSeconds: 60 }
`;
const more = `${schema}  made: { indexes: [{ key: { m: 1 } }, { key: { n: 1 }, sparse: true }] }\n`;
const less = schema
  .replace('expireAfterSeconds: 60', 'expireAfterSeconds: 90')
  .replace('{ "2024": 1, a: -1 }', '{ b: 1 }');

/** The schema is applied; answers a folder with the files `s.yaml` and `more.yaml`. */
async function applied(): Promise<{ readonly db: Db; readonly cwd: string }> {
  const db = await site.fresh();
  await db.collection('orders').insertOne({ secret: 'squirrel', a: 1 });
  const cwd = await emptyFolder();
  for (const [name, text] of Object.entries({ s: schema, more, less }))
    await writeFile(join(cwd, `${name}.yaml`), text);
  await must(0, site.run(['apply', '--auto-approve', '--schema', 's.yaml'], { cwd }));
  return { db, cwd };
}

const readJson = async (cwd: string, name: string): Promise<Document> =>
  JSON.parse(await readFile(join(cwd, name), 'utf8')) as Document;

/** No server answers there: what succeeds has asked none. */
const nowhere = 'mongodb://127.0.0.1:1/nowhere?serverSelectionTimeoutMS=500';

describe('snapshot', () => {
  test('holds structure, ledger, uuids and server; no document; is 0600, and the same on standard output', async () => {
    const { db, cwd } = await applied();
    const before = await own(db, 'objects');
    const { out } = await must(0, site.run(['snapshot', '--out', 'snap.json'], { cwd }));
    expect(out).toContain(
      `Kept the structure of ${site.name} in snap.json: 2 collections, 2 indexes, 4 applied objects`,
    );
    expect((await stat(join(cwd, 'snap.json'))).mode & 0o777).toBe(0o600);
    expect(Object.keys(await filesIn(cwd))).toEqual(['less.yaml', 'more.yaml', 's.yaml', 'snap.json']);
    const { createdAt: _, ...kept } = await readJson(cwd, 'snap.json');
    expect(kept).toMatchObject({ formatVersion: 1, kind: 'snapshot', target: { database: site.name, server: /./ } });
    expect(Object.keys((kept['structure'] as { collections: object }).collections)).toEqual(['orders', 'other']);
    expect(kept['ledger']).toHaveLength(4);
    expect(JSON.stringify(kept)).not.toMatch(/squirrel|schemactl_runs/);
    const printed = await must(0, site.run(['snapshot'], { cwd }));
    const { createdAt: __, ...again } = JSON.parse(printed.out) as Document;
    expect(again).toEqual(kept);
    expect(await own(db, 'objects')).toEqual(before);
  });

  test('writes nothing to a database that was never applied to, and no link is followed', async () => {
    await site.fresh();
    const cwd = await emptyFolder();
    await writeFile(join(cwd, 'mine'), 'mine');
    await symlink('mine', join(cwd, 'snap.json'));
    await must(65, site.run(['snapshot', '--out', 'snap.json'], { cwd }));
    await must(0, site.run(['snapshot', '--out', 'other.json'], { cwd }));
    expect(await readFile(join(cwd, 'mine'), 'utf8')).toBe('mine');
    expect(await ours(site)).toEqual([]);
  });
});

describe('plan --against snapshot:FILE', () => {
  test('is the plan of the live database, without a server and without asking the data', async () => {
    const { cwd } = await applied();
    await must(0, site.run(['snapshot', '--out', 'snap.json'], { cwd }));
    const args = ['--schema', 'more.yaml', '--format', 'json'];
    const live = await must(0, site.run(['plan', '--against', 'live', '--check-data', 'none', ...args], { cwd }));
    const offline = await must(
      0,
      site.run(['plan', '--against', 'snapshot:snap.json', ...args], { cwd, uri: nowhere }),
    );
    const parsed = (text: string): Document => ({ ...(JSON.parse(text) as Document), createdAt: '' });
    expect(parsed(offline.out)).toEqual(parsed(live.out));
    expect(parsed(offline.out)).toMatchObject({ checkData: 'none', summary: { create: 3 } });
  });

  test('knows what was applied: what is settled needs nothing, what is no longer declared is dropped', async () => {
    const { cwd } = await applied();
    await must(0, site.run(['snapshot', '--out', 'snap.json'], { cwd }));
    const against = ['plan', '--against', 'snapshot:snap.json', '--detailed-exitcode', '--schema'];
    const same = await must(0, site.run([...against, 's.yaml'], { cwd, uri: nowhere }));
    expect(same.out).toContain('Nothing to do.');
    const { out } = await must(20, site.run([...against, 'less.yaml'], { cwd, uri: nowhere }));
    expect(out).toContain('- index');
    expect(out).toContain('for review only');
    expect(out).toContain('not counted');
  });

  test('cannot be applied: 65, nothing written', async () => {
    const { cwd } = await applied();
    await must(0, site.run(['snapshot', '--out', 'snap.json'], { cwd }));
    const against = ['plan', '--against', 'snapshot:snap.json', '--schema', 'more.yaml', '--out', 'plan.json'];
    await must(0, site.run(against, { cwd, uri: nowhere }));
    const before = await site.hash();
    const { err } = await must(65, site.run(['apply', 'plan.json'], { cwd }));
    expect(err).toContain('against a snapshot');
    expect(await site.hash()).toBe(before);
  });

  test.each<[code: number, args: readonly string[]]>([
    [64, ['--against', 'yesterday']],
    [64, ['--against', 'snapshot:']],
    [64, ['--against', 'snapshot:snap.json', '--db', 'x']],
    [64, ['--against', 'snapshot:snap.json', '--ephemeral']],
    [64, ['--against', 'snapshot:snap.json', '--check-data', 'full']],
    [65, ['--against', 'snapshot:s.yaml']],
    [65, ['--against', 'snapshot:missing.json']],
  ])('%i for %j', async (code, args) => {
    const cwd = await emptyFolder();
    await writeFile(join(cwd, 's.yaml'), schema);
    await must(code, site.run(['plan', '--schema', 's.yaml', ...args], { cwd, uri: nowhere }));
  });
});

describe('show PLAN --format jsonpatch', () => {
  test.each(['more.yaml', 'less.yaml'])(
    'brings the structure of a snapshot to what apply makes of %s',
    async (file) => {
      const { cwd } = await applied();
      await must(0, site.run(['snapshot', '--out', 'before.json'], { cwd }));
      await must(0, site.run(['plan', '--schema', file, '--out', 'plan.json', '--allow', 'drop-index'], { cwd }));
      const { out } = await must(0, site.run(['show', 'plan.json', '--format', 'jsonpatch'], { cwd, uri: nowhere }));
      await must(0, site.run(['apply', 'plan.json'], { cwd }));
      await must(0, site.run(['snapshot', '--out', 'after.json'], { cwd }));
      const [before, after] = [await readJson(cwd, 'before.json'), await readJson(cwd, 'after.json')];
      const operations = JSON.parse(out) as Operation[];
      expect(operations.length).toBeGreaterThan(1);
      const { newDocument } = jsonPatch.applyPatch<unknown>(before['structure'], operations, true);
      expect(newDocument).toEqual(after['structure']);
    },
  );

  test('of a plan with nothing to do it is an empty list; another format is 64', async () => {
    const { cwd } = await applied();
    await must(0, site.run(['plan', '--schema', 's.yaml', '--out', 'plan.json'], { cwd }));
    const { out } = await must(0, site.run(['show', 'plan.json', '--format', 'jsonpatch'], { cwd }));
    expect(JSON.parse(out)).toEqual([]);
    await must(64, site.run(['show', 'plan.json', '--format', 'yaml'], { cwd }));
  });
});
