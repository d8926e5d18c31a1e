import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BSON, type Document, ObjectId } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { emptyFolder } from '../support/folder.ts';
import { schemaFile } from '../support/schema.ts';
import { must, ours, until, useSite } from '../support/site.ts';

const { EJSON } = BSON;
const site = useSite('check_cli');

const schema = `
version: 1
milestones: { m: Later }
collections:
  things:
    fields:
      kind: { type: string, enum: [a, b] }
      size: { type: int, maximum: 9 }
      note: { type: string, nullable: true, default: null, milestone: m }
    checks: { lost: { severity: critical, where: { lost: true } } }
`;

async function scene(...documents: readonly Document[]): Promise<string> {
  const db = await site.fresh();
  await db.collection('things').insertMany([{ kind: 'a', size: 1 }, ...documents]);
  return schemaFile(schema);
}

const run = (code: number, file: string, ...args: readonly string[]) =>
  must(code, site.run(['check', '--schema', file, ...args]));

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

test('collections that do not exist are told in every format, and fail nothing', async () => {
  await scene();
  const file = await schemaFile(`${schema}  lost: { fields: { a: { type: int } } }\n`);
  const printed = async (format: string) => (await run(0, file, '--format', format)).out;
  expect(await printed('text')).toMatch(/Not checked, as there is no such collection: lost\./);
  expect(await printed('markdown')).toContain('Not checked, as there is no such collection: lost.');
  expect(await printed('json')).toContain('"missing":["lost"]');
  expect(await printed('github')).toMatch(/^::notice file=\S+,line=11,col=\d+,title=lost%3A not-checked::not checked/);
  expect(await printed('junit')).toMatch(/name="lost: not-checked">\s*<skipped message="not checked/);
  expect(await printed('sarif')).toMatch(/"toolExecutionNotifications": \[[^\]]*"lost: not checked/);
  expect(await printed('prom')).toMatch(/check_unjudged\{database="test_check_cli",level="note"\} 1/);
  await run(64, file, '--only', 'lost.**');
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

test('what has grown says from how many; the summary counts all findings once, new or known', async () => {
  const file = await scene({ kind: 'c' }, { size: 10 });
  const baseline = join(await emptyFolder(), 'baseline.json');
  await run(2, file, '--report', `json=${baseline}`);
  await site.db().collection('things').insertOne({ kind: 'd' });
  const printed = async (format: string) => (await run(2, file, '--baseline', baseline, '--format', format)).out;
  expect(await printed('text')).toContain('2 documents (50.0 %), was 1');
  expect(await printed('markdown')).toContain('2 documents (50.0 %), was 1');
  expect(JSON.parse(await printed('json'))).toMatchObject({
    summary: { critical: 0, high: 1, medium: 0, low: 0, known: 1 },
    findings: [
      { rule: 'enum', known: false, count: 2, was: 1 },
      { rule: 'range', known: true, count: 1, was: null },
    ],
  });
});

test('annotations, SARIF and JUnit say how many documents; what is below --fail-on is no failure in JUnit', async () => {
  const file = await scene({ kind: 'c' }, { size: 10 });
  const printed = async (format: string) => (await run(2, file, '--fail-on', 'high', '--format', format)).out;
  const said = '1 document (33.3 %): kind is not a or b';
  expect(await printed('github')).toContain(said.replace('%', '%25'));
  expect(await printed('sarif')).toContain(said);
  const junit = await printed('junit');
  expect(junit).toContain(`<failure type="high" message="${said}">`);
  expect(junit).toMatch(/<testsuites name="[^"]+" tests="6" failures="1" errors="0">/);
  expect(junit).toMatch(/<system-out>medium: 1 document \(33\.3 %\): size is not at most 9;/);
});

describe('what is found can be looked up', () => {
  const documents = [
    { _id: new ObjectId('65f0000000000000000000a1'), day: new Date(0), lost: true, sum: 5 },
    { _id: new ObjectId('65f0000000000000000000a2'), day: new Date(0), lost: true, sum: 6 },
    { _id: new ObjectId('65f0000000000000000000a3'), day: new Date(9), lost: true, sum: 7 },
  ];
  test.each([
    ['where', '{ where: { lost: true } }', 3],
    ['where with other types', '{ where: { day: { $gt: { $date: "1970-01-01T00:00:00.000Z" } } } }', 1],
    ['pipeline', '{ pipeline: [{ $match: { sum: { $gt: 5 } } }] }', 2],
    ['duplicate', '{ duplicate: [day] }', 1],
  ])('%s: whole ids, and a query for all of them', async (_what, rule, count) => {
    const db = await site.fresh();
    await db.collection('things').insertMany(documents);
    const file = await schemaFile(`version: 1\ncollections: { things: { checks: { x: ${rule} } } }\n`);
    const { findings } = JSON.parse((await run(2, file, '--format', 'json')).out) as { findings: { query: string }[] };
    const query = findings[0]?.query ?? '';
    const shell = { getCollection: (name: string) => db.collection(name) };
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- as mongosh does
    const typed = new Function('db', 'EJSON', `return ${query}`) as (...of: unknown[]) => {
      toArray: () => Promise<[]>;
    };
    expect(await typed(shell, EJSON).toArray()).toHaveLength(count);
    for (const format of ['text', 'markdown']) {
      const { out } = await run(2, file, '--format', format);
      expect(out).toMatch(/65f0000000000000000000a\d/);
      expect(out).toContain(query);
    }
  });
});

test('an array with a bad item is not called no array', async () => {
  await scene({ list: [{}, 7] });
  const list = '{ list: { type: array, nullable: true, items: { type: object } } }';
  const file = await schemaFile(`version: 1\ncollections: { things: { fields: ${list} } }\n`);
  const { out } = await run(2, file, '--format', 'json');
  expect(out).toContain('list is not array or null, or has an item that is not object');
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

describe('a check that the server cannot answer', () => {
  const failing = schema.replace('checks: {', 'checks: { RULE,');
  const named = { kind: 'Harish Agarwal', lost: true };
  const checks = [
    [
      'an expression',
      'x: { pipeline: [{ $match: { $expr: { $gt: [{ $toInt: $kind }, 1] } } }] }',
      /241 ConversionFailure$/,
    ],
    [
      'an operator that is none',
      'x: { where: { a: { $foo: 1 } } }',
      /cannot run it: 2 BadValue: unknown operator: \$foo/,
    ],
  ] as const;

  test.each(checks)(
    '%s: is told at its line, the rest is judged, and no value is printed',
    async (_what, rule, says) => {
      await scene(named);
      const file = await schemaFile(failing.replace('RULE', rule));
      const { out } = await run(1, file, '--format', 'json', '--fail-on', 'critical');
      const { failed, findings } = JSON.parse(out) as {
        failed: { address: string; source: string; code: string; message: string }[];
        findings: { rule: string }[];
      };
      expect(failed).toMatchObject([{ address: 'things.checks.x', code: 'SCH1003' }]);
      expect(failed[0]?.source).toMatch(/schema\.yaml:10$/);
      expect(failed[0]?.message).toMatch(says);
      expect(findings.map((finding) => finding.rule).sort()).toEqual(['enum', 'lost']);
      const texts = [out];
      for (const format of ['text', 'markdown', 'github', 'sarif', 'junit', 'prom'])
        texts.push((await run(1, file, '--format', format)).out);
      for (const text of texts.slice(0, 6)) expect(text).toMatch(/things\.checks\.x/);
      for (const text of texts) expect(text).not.toContain('Harish');
      expect(texts[1]).toContain('Check: 1 check failed, 1 critical, 1 high');
      expect(texts[5]).toContain('errors="1"');
      expect(texts[6]).toContain('level="error"} 1');
    },
  );

  test('keeps what it found before, and fails every time', async () => {
    const file = await scene({ lost: true });
    const state = join(await emptyFolder(), 'state.json');
    await run(2, file, '--changed-only', state);
    await writeFile(file, schema.replace('{ lost: true }', '{ lost: { $foo: 1 } }'));
    for (let time = 0; time < 2; time += 1)
      expect((await run(1, file, '--changed-only', state)).out).not.toContain('mended');
    expect(await readFile(state, 'utf8')).toContain('things.checks.lost');
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
  await must(0, site.run(['apply', '--auto-approve', '--check-data', 'full', '--schema', file]));
  await run(0, file);
});

test('a sample is said to be one, and scaled to the collection', async () => {
  const db = await site.fresh();
  await db
    .collection('things')
    .insertMany(Array.from({ length: 2000 }, (_, at) => ({ kind: at % 2 === 0 ? 'a' : 'c' })));
  const { out } = await run(2, await schemaFile(schema), '--sample', '50', '--format', 'json');
  const { sampled, findings } = JSON.parse(out) as { sampled: number; findings: { exact: boolean; count: number }[] };
  expect([sampled, findings[0]?.exact]).toEqual([50, false]);
  expect(findings[0]?.count).toBeGreaterThan(300);
  expect(findings[0]?.count).toBeLessThan(1700);
});

test('writes nothing of its own', async () => {
  await run(2, await scene({ kind: 'c' }));
  expect(await ours(site)).toEqual([]);
});
