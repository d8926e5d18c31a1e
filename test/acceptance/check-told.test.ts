import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BSON, ObjectId } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { emptyFolder } from '../support/folder.ts';
import { schemaFile } from '../support/schema.ts';
import { things as schema, useThings } from '../support/things.ts';

/** What people and machines are told of what was found, and of what was not looked at. */
const { site, scene, run } = useThings('check_told');
const { EJSON } = BSON;

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
  expect(await printed('prom')).toMatch(/check_unjudged\{database="test_check_told",level="note"\} 1/);
  await run(64, file, '--only', 'lost.**');
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
