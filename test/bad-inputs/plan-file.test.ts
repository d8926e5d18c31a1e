import { chmod, lstat, mkdir, readFile, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Document } from 'mongodb';
import { expect, test } from 'vitest';
import { emptyFolder } from '../support/folder.ts';
import { schemaFile } from '../support/schema.ts';
import { must, ours, useSite } from '../support/site.ts';

/** Plan files that are not what a plan was: refused, and nothing is written. */
const site = useSite('bad_inputs_plan');

const schema = 'version: 1\ncollections: { things: { indexes: [ { key: { a: 1 } } ] } }\n';

async function saved(): Promise<{ folder: string; path: string }> {
  const db = await site.fresh();
  await db.collection('things').insertOne({ a: 1 });
  const folder = await emptyFolder();
  const path = join(folder, 'plan.json');
  await must(0, site.run(['plan', '--schema', await schemaFile(schema), '--out', path]));
  return { folder, path };
}

async function edited(path: string, change: (plan: Document) => void): Promise<void> {
  const plan = JSON.parse(await readFile(path, 'utf8')) as Document;
  change(plan);
  await writeFile(path, JSON.stringify(plan));
}

interface Bad {
  readonly n: number;
  readonly what: string;
  readonly code: number;
  readonly says: string;
  readonly change: (path: string) => Promise<void>;
}

const rows: readonly Bad[] = [
  {
    n: 35,
    what: 'plan file edited: a hazard allowed',
    code: 65,
    says: 'its checksum does not match',
    change: (path) => edited(path, (plan) => (plan['allow'] = ['drop-collection'])),
  },
  {
    n: 35,
    what: 'plan file edited into a shape no plan has',
    code: 65,
    says: 'its checksum does not match',
    change: (path) => edited(path, (plan) => (plan['steps'] = { $doc: 7 })),
  },
  {
    n: 37,
    what: 'plan from another format version',
    code: 65,
    says: 'Plan again with this version',
    change: (path) => edited(path, (plan) => (plan['formatVersion'] = 2)),
  },
];

async function untouched(before: string): Promise<void> {
  expect(await site.hash()).toBe(before);
  expect(await ours(site)).toEqual([]);
}

test.each(rows)('bad input $n: $what: $code', async ({ code, says, change }) => {
  const { path } = await saved();
  await change(path);
  const before = await site.hash();
  const { err } = await must(code, site.run(['apply', path]));
  expect(err).toContain(says);
  await untouched(before);
});

test('bad input 35: where a key is set, a plan that it did not sign is refused, and one that it signed is applied', async () => {
  const { folder, path } = await saved();
  const env = { SCHEMACTL_PLAN_KEY: 'a-key-that-only-the-jobs-know' };
  const before = await site.hash();
  const { err } = await must(65, site.run(['apply', path], { env }));
  expect(err).toContain('This plan is not signed');
  const signed = join(folder, 'signed.json');
  await must(0, site.run(['plan', '--schema', await schemaFile(schema), '--out', signed], { env }));
  await must(65, site.run(['apply', signed], { env: { SCHEMACTL_PLAN_KEY: 'a-key-of-somebody-else' } }));
  await must(65, site.run(['show', signed]));
  await must(78, site.run(['apply', signed], { env: { SCHEMACTL_PLAN_KEY: 'short' } }));
  await untouched(before);
  await must(0, site.run(['show', signed], { env }));
  await must(0, site.run(['apply', signed], { env }));
});

test('bad input 36: plan for another database, or another cluster: 21 by fingerprint', async () => {
  const { path } = await saved();
  const before = await site.hash();
  const { err } = await must(21, site.run(['apply', path, '--db', 'test_bad_inputs_elsewhere']));
  expect(err).toContain('This plan is for database');
  const { checksumOf } = await import('../../src/planner/plan.ts');
  const { decodePlan, encodePlan } = await import('../../src/planner/codec.ts');
  const { checksum: _, ...plan } = decodePlan(await readFile(path, 'utf8'));
  const elsewhere = { ...plan, target: { ...plan.target, identity: 'sha256:of-another-cluster' } };
  await writeFile(path, encodePlan({ ...elsewhere, checksum: checksumOf(elsewhere) }));
  const other = await must(21, site.run(['apply', path]));
  expect(other.err).toContain('another database');
  await untouched(before);
});

test.each([
  { what: 'a symlink', make: (plan: string, place: string) => symlink(plan, place) },
  { what: 'a folder', make: (_: string, place: string) => mkdir(place).then(() => undefined) },
  { what: 'a device', make: (_: string, place: string) => symlink('/dev/zero', place) },
])('bad input 38: plan path is $what: neither read nor written through', async ({ make }) => {
  const { folder, path } = await saved();
  const bytes = await readFile(path);
  const place = join(folder, 'place');
  await make(path, place);
  for (const args of [
    ['apply', place],
    ['show', place],
    ['plan', '--schema', await schemaFile(schema), '--out', place],
  ]) {
    const { err } = await must(65, site.run(args));
    expect(err).toContain('is not a plain file');
  }
  expect((await lstat(place)).isFile()).toBe(false);
  expect((await readFile(path)).equals(bytes)).toBe(true);
  expect(await ours(site)).toEqual([]);
});

test('bad input 38: what lies beside it under a name of ours is neither followed nor kept', async () => {
  const { folder } = await saved();
  const victim = join(folder, 'victim');
  await writeFile(victim, 'mine');
  await symlink(victim, join(folder, `.schemactl-${process.pid}.tmp`));
  const out = join(folder, 'fresh.json');
  await must(0, site.run(['plan', '--schema', await schemaFile(schema), '--out', out]));
  expect(await readFile(victim, 'utf8')).toBe('mine');
  expect((await lstat(out)).isFile()).toBe(true);
  expect((await stat(out)).mode & 0o777).toBe(0o600);
});

test('bad input 22: a plan file of 300 MiB is refused unread: 65', async () => {
  const { folder } = await saved();
  const huge = join(folder, 'huge.json');
  await writeFile(huge, '{');
  await truncate(huge, 300 * 1024 * 1024);
  const { err } = await must(65, site.run(['apply', huge]));
  expect(err).toContain('is larger than 256 MiB');
});

test('bad input 38: plan path with ../ is the file it names, 0600 whatever was there before', async () => {
  const { folder, path } = await saved();
  await mkdir(join(folder, 'deep'));
  await chmod(path, 0o644);
  await must(
    0,
    site.run(['plan', '--schema', await schemaFile(schema), '--out', '../plan.json'], { cwd: join(folder, 'deep') }),
  );
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  await must(0, site.run(['apply', '../plan.json'], { cwd: join(folder, 'deep') }));
});
