import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Document } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { emptyFolder } from '../support/folder.ts';
import { schemaFile } from '../support/schema.ts';
import { must, ours, until } from '../support/site.ts';
import { things as schema, useThings } from '../support/things.ts';

const { site, scene, run } = useThings('check_cli');

describe('what fails', () => {
  test.each([
    ['any finding', ['--fail-on', 'low'], 2],
    ['as bad as asked for', ['--fail-on', 'medium'], 2],
    ['none that bad', ['--fail-on', 'high'], 0],
    ['selected by its address', ['--only', 'things.fields.size'], 2],
    ['left out', ['--exclude', 'things.fields.*'], 0],
    ['of another milestone', ['--milestone', 'm'], 0],
    ['before the first milestone', ['--through', 'm'], 2],
    ['of an address that is not there', ['--only', 'things.fields.colour'], 64],
    ['--for alone', ['--for', '1h'], 64],
    ['a severity that is none', ['--fail-on', 'bad'], 64],
    ['a report of a format that is none', ['--report', 'xml=x'], 64],
    ['a report without a file', ['--report', 'json='], 64],
    ['a baseline that is not there', ['--baseline', 'nowhere.json'], 65],
  ] as const)('%s', async (_what, args, code) => {
    await run(code, await scene({ kind: 'a', size: 10 }), ...args);
  });

  test.each([
    ['a database that does not exist', () => site.db().dropDatabase()],
    ['a database without any of the collections', () => site.fresh()],
  ])('%s', async (_what, make) => {
    await make();
    const { err } = await run(64, await schemaFile(schema));
    expect(err).toContain('SCH6409');
    expect(err).toContain('"test_check_cli" does not hold the collection "things"');
  });
});

test('what a baseline has is known; what is new, or has grown, is not; it is a json report', async () => {
  const file = await scene({ kind: 'c' });
  const folder = await emptyFolder();
  const baseline = join(folder, 'baseline.json');
  await run(2, file, '--report', `json=${baseline}`);
  expect((await run(0, file, '--baseline', baseline)).out).toContain('nothing new; 1 known from before');
  await site.db().collection('things').insertOne({ kind: 'd' });
  await run(2, file, '--baseline', baseline);
  await site
    .db()
    .collection('things')
    .updateMany({ kind: { $in: ['c', 'd'] } }, { $set: { kind: 'a', lost: true } });
  const { out } = await run(2, file, '--baseline', baseline, '--format', 'json');
  expect(JSON.parse(out)).toMatchObject({
    summary: { critical: 1, high: 0 },
    findings: [{ rule: 'lost', known: false, count: 2 }],
    gone: [{ rule: 'enum', address: 'things.fields.kind', count: 1 }],
  });
});

test('--changed-only says only what has changed since the last time', async () => {
  const file = await scene({ kind: 'c' });
  const state = join(await emptyFolder(), 'state.json');
  expect((await run(2, file, '--changed-only', state)).out).toContain('enum');
  expect((await run(0, file, '--changed-only', state)).out).toBe('');
  await site.db().collection('things').insertOne({ lost: true });
  const { out } = await run(2, file, '--changed-only', state);
  expect(out).toContain('things.checks.lost');
  expect(out).not.toContain('status is not');
  await site.db().collection('things').deleteMany({ lost: true });
  expect((await run(0, file, '--changed-only', state)).out).toContain('1 mended since');
});

describe('what was not looked at is not mended, and is remembered', () => {
  const both = () => scene({ kind: 'c' }, { size: 10 });
  const known = async (state: string): Promise<readonly string[]> => {
    const { findings } = JSON.parse(await readFile(state, 'utf8')) as { findings: { address: string }[] };
    return findings.map(({ address }) => address).sort();
  };
  const all = ['things.fields.kind', 'things.fields.size'];

  test.each([
    ['not selected', ['--only', 'things.fields.kind'], 0],
    ['left out', ['--exclude', 'things.fields.size'], 0],
    ['of another milestone', ['--milestone', 'm'], 0],
  ] as const)('%s', async (_what, args, code) => {
    const file = await both();
    const state = join(await emptyFolder(), 'state.json');
    await run(2, file, '--changed-only', state);
    expect((await run(code, file, '--changed-only', state, ...args)).out).toBe('');
    expect(await known(state)).toEqual(all);
    await site.db().collection('things').deleteMany({ size: 10 });
    expect((await run(0, file, '--changed-only', state)).out).toContain('1 mended since');
    expect(await known(state)).toEqual(['things.fields.kind']);
  });

  test('beside a baseline', async () => {
    const file = await both();
    const baseline = join(await emptyFolder(), 'baseline.json');
    await run(2, file, '--report', `json=${baseline}`);
    const { out } = await run(0, file, '--baseline', baseline, '--only', 'things.fields.kind');
    expect(out).toContain('1 known from before');
    expect(out).not.toContain('mended');
  });

  test('seen in a sample only; an estimate does not replace a count', async () => {
    const db = await site.fresh();
    const documents = Array.from({ length: 2000 }, (_, at) => ({ kind: 'a', size: at % 2 === 0 ? 1 : 10 }));
    await db.collection('things').insertMany([...documents, { kind: 'c' }] as Document[]);
    const file = await schemaFile(schema);
    const state = join(await emptyFolder(), 'state.json');
    await run(2, file, '--changed-only', state);
    const before = await readFile(state, 'utf8');
    expect((await run(0, file, '--changed-only', state, '--sample', '20')).out).toBe('');
    expect(JSON.parse(await readFile(state, 'utf8'))).toMatchObject({ findings: { length: 2 } });
    expect(before).toContain('"count": 1000');
    expect(await readFile(state, 'utf8')).toContain('"count": 1000');
  });
});

test('--every looks again, says what is new and ends at it with --fail-fast', async () => {
  const file = await scene();
  const heard: string[] = [];
  const args = ['check', '--schema', file, '--every', '1s', '--for', '10m', '--fail-fast'];
  const running = site.run(args, { heard: (text) => void heard.push(text) });
  await until(() => Promise.resolve(heard.join('').includes('nothing found')));
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await site.db().collection('things').insertOne({ kind: 'c' });
  const { code, out } = await running;
  expect(code).toBe(2);
  expect(out.match(/nothing found/g)).toHaveLength(1);
  expect(out).toContain('things.fields.kind  enum');
  const times = [...out.matchAll(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/gm)];
  expect(times).toHaveLength(2);
  expect(out).toMatch(
    /UTC  Looked \d times in \d(?:\.\d)? s: 1 finding now; since the first look 1 new, 0 mended\.\n?$/,
  );
});

test.each(['0s', '0ms', '999ms'])('--every %s would leave the server no rest', async (every) => {
  const { err } = await run(64, await scene(), '--every', every, '--for', '2s');
  expect(err).toContain('--every takes at least 1s');
});

test('beside another format than text, what was seen stands on stderr', async () => {
  const { out, err } = await run(0, await scene(), '--every', '1s', '--for', '1s', '--format', 'json');
  expect(
    out
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { rules: number }).rules).length,
  ).toBe(1);
  expect(err).toContain('Looked ');
});

test('--for ends it', async () => {
  const { out } = await run(0, await scene(), '--every', '1s', '--for', '2.5s');
  expect(out.match(/nothing found/g)).toHaveLength(1);
  expect(out).toMatch(/Looked [23] times in \d(?:\.\d)? s: 0 findings now; since the first look 0 new, 0 mended\.\n?$/);
});

test('every report is written, and names no id where none is wanted', async () => {
  const file = await scene({ _id: 'secret' as never, kind: 'c' });
  const folder = await emptyFolder();
  const formats = ['text', 'json', 'markdown', 'github', 'sarif', 'junit', 'prom'];
  const reports = formats.flatMap((format) => ['--report', `${format}=${join(folder, format)}`]);
  await run(2, file, ...reports);
  const texts = await Promise.all(formats.map((format) => readFile(join(folder, format), 'utf8')));
  for (const text of texts) expect(text).toContain('things.fields.kind');
  expect(texts[0]).toContain('secret');
  const { out } = await run(2, file, '--no-samples', ...reports);
  const again = await Promise.all(formats.map((format) => readFile(join(folder, format), 'utf8')));
  for (const text of [out, ...again]) expect(text).not.toContain('secret');
});

test('documents that came without a field after it was filled in are found, and mended as is said', async () => {
  const file = await scene();
  await must(0, site.run(['apply', '--auto-approve', '--schema', file]));
  await run(0, file);
  await site.db().collection('things').insertOne({ kind: 'a' });
  const { out } = await run(2, file);
  expect(out).toContain('things.fields.note  settled');
  expect(out).toContain('schemactl apply --check-data full');
  for (const format of ['text', 'json', 'markdown', 'github']) {
    const aimed = await run(2, file, '--db', site.name, '--format', format);
    expect(aimed.out.replaceAll(/\s+/g, ' ').replaceAll('\\', '')).toContain(
      `schemactl apply --db ${site.name} --check-data full`,
    );
  }
  await must(0, site.run(['apply', '--auto-approve', '--check-data', 'full', '--schema', file]));
  await run(0, file);
});

test('a sample is said to be one, and scaled to the collection', async () => {
  const db = await site.fresh();
  await db
    .collection('things')
    .insertMany(Array.from({ length: 2000 }, (_, at) => ({ kind: at % 2 === 0 ? 'a' : 'c' })));
  const file = await schemaFile(schema);
  for (const format of ['text', 'markdown'])
    expect((await run(2, file, '--sample', '50', '--format', format)).out).toContain('A sample misses what is rare');
  const { out } = await run(2, file, '--sample', '50', '--format', 'json');
  const { sampled, findings } = JSON.parse(out) as { sampled: number; findings: { exact: boolean; count: number }[] };
  expect([sampled, findings[0]?.exact]).toEqual([50, false]);
  expect(findings[0]?.count).toBeGreaterThan(300);
  expect(findings[0]?.count).toBeLessThan(1700);
});

test('a pattern judges the form alone, and can be told to end where the text does, as explain says', async () => {
  await scene({ a: '560001\n', b: '560001\n', c: '2025-02-30' });
  const fields = `{ a: { pattern: "^[0-9]{6}$" }, b: { pattern: '^[0-9]{6}(?![\\s\\S])' }, c: { format: date } }`;
  const file = await schemaFile(`version: 1\ncollections: { things: { fields: ${fields} } }\n`);
  const { out } = await run(2, file, '--format', 'json');
  expect((JSON.parse(out) as { findings: { address: string }[] }).findings.map(({ address }) => address)).toEqual([
    'things.fields.b',
  ]);
  expect((await must(0, site.run(['explain', 'format']))).out.replaceAll(/\s+/g, ' ')).toContain('(?![\\s\\S])');
});

test('writes nothing of its own', async () => {
  await run(2, await scene({ kind: 'c' }));
  expect(await ours(site)).toEqual([]);
});
