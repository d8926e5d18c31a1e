import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bundle } from '../../scripts/bundle-action.js';
import { must, own, until, useSite } from '../support/site.ts';
import { startForge } from './forge.ts';
import { type Runner, startRunner, step } from './runner.ts';

const site = useSite('action');
const pull = { pull_request: { number: 7 } };
const token = { token: 'secret' };

async function declare({ folder }: Runner, text: string): Promise<void> {
  await mkdir(join(folder, 'schema'), { recursive: true });
  await writeFile(join(folder, 'schema', 'c.yaml'), `version: 1\ncollections:\n${text}\n`);
}

const plain = '  c: { indexes: [{ key: { a: 1 } }] }';
const unique = '  c: { indexes: [{ key: { a: 1 }, unique: true }] }';

test('the entry is the bundle of its source: npm run action', async () => {
  expect(await readFile(new URL('../../action/index.cjs', import.meta.url), 'utf8')).toBe(await bundle(false));
});

test('one comment on a pull request, written anew in its place, found behind others', async () => {
  const db = await site.fresh();
  const forge = await startForge();
  for (let id = 1; id <= 130; id++)
    forge.comments.push({ id, number: id, body: 'a word about <!-- schemactl plan  -->' });
  const runner = await startRunner(site.uri(), forge, pull);
  await declare(runner, plain);
  const first = await step(runner, { inputs: token });
  expect(first.code, first.out).toBe(0);
  expect(first.outputs).toMatchObject({ changes: '2', drops: '0', blocked: 'false', 'exit-code': '2' });
  expect(JSON.parse(await readFile(first.outputs['plan-file']!, 'utf8'))).toMatchObject({
    formatVersion: 1,
    noop: false,
  });
  expect(await readFile(first.outputs['html-file']!, 'utf8')).toContain('<h1>Ready</h1>');
  expect(first.summary).toContain('### schemactl plan: 2 to create — ready');
  expect(forge.comments).toHaveLength(131);
  expect(forge.comments[130]!.body).toMatch(/^<!-- schemactl plan  -->\n### schemactl plan: 2 to create — ready\n/);
  expect(forge.comments[130]!.body).toContain('/team/shop/actions/runs/42');

  await db.collection('c').insertMany([{ a: 1 }, { a: 1 }]);
  await declare(runner, unique);
  const second = await step(runner, { inputs: token });
  expect(second.code).toBe(22);
  expect(second.outputs).toMatchObject({ changes: '1', blocked: 'true', 'exit-code': '22' });
  expect(second.out).toMatch(/^::error file=schema\/c\.yaml,line=3,col=\d+,title=c\.indexes\.a_1%3A duplicate::/m);
  expect(forge.comments).toHaveLength(131);
  expect(forge.comments[130]!.body).toContain('blocked: the data forbids 1 change');
  expect(forge.asked.filter((each) => !each.startsWith('GET'))).toEqual([
    'POST issues/7/comments',
    'PATCH issues/comments/131',
  ]);
});

test('a plan that became empty says so; one that was always empty makes no comment', async () => {
  await site.fresh();
  const forge = await startForge();
  const runner = await startRunner(site.uri(), forge, pull);
  await declare(runner, '  other: {}');
  expect((await step(runner, { inputs: token })).outputs['changes']).toBe('0');
  expect(forge.comments).toEqual([]);
  await declare(runner, plain);
  await step(runner, { inputs: token });
  await declare(runner, '  other: {}');
  await step(runner, { inputs: token });
  expect(forge.comments.map(({ body }) => body.split('\n')[1])).toEqual(['### schemactl plan: nothing to do']);
});

test('invalid files fail the step, and are told in the comment and at their lines', async () => {
  const forge = await startForge();
  const runner = await startRunner(site.uri(), forge, pull);
  await declare(runner, unique.replace('unique', 'unqiue'));
  const { code, out, outputs } = await step(runner, { inputs: token });
  expect([code, outputs['plan-file'], outputs['blocked']]).toEqual([65, '', 'false']);
  expect(out).toMatch(/^::error file=schema\/c\.yaml,line=3,/m);
  expect(forge.comments[0]!.body).toContain('schemactl plan failed');
  expect(forge.comments[0]!.body).toContain('did you mean "unique"?');
});

test.each([
  ['may not comment', true, 'secret'],
  ['is not known', false, 'other'],
])('where the token %s, the job summary has it and the step goes on', async (_, refuse, given) => {
  await site.fresh();
  const forge = await startForge(refuse);
  const runner = await startRunner(site.uri(), forge, pull);
  await declare(runner, plain);
  const { code, out, summary } = await step(runner, { inputs: { token: given } });
  expect([code, forge.comments]).toEqual([0, []]);
  expect(out).toMatch(/^::notice::schemactl could not comment \(the forge answered 40[13]\)/m);
  expect(summary).toContain('2 to create');
});

test('without a pull request, or a token, or a forge, nothing is asked or waited for', async () => {
  await site.fresh();
  const forge = await startForge();
  const pushed = await startRunner(site.uri(), forge, {});
  await declare(pushed, plain);
  expect((await step(pushed, { inputs: token })).code).toBe(0);
  expect(forge.asked).toEqual([]);
  const gone = await startRunner(site.uri(), null, pull);
  await declare(gone, plain);
  expect((await step(gone, { inputs: {} })).code).toBe(0);
  expect((await step(gone, { inputs: token })).out).toContain('::notice::schemactl could not comment');
  const missing = await step(gone, { inputs: { schemactl: '/no/such/program' } });
  expect([missing.code, missing.summary.includes('could not be run (exit 127)')]).toEqual([127, true]);
});

test('an issue is opened when something is found, kept up to date, and closed once it is mended', async () => {
  const db = await site.fresh();
  const forge = await startForge();
  const runner = await startRunner(site.uri(), forge, {});
  await db.createCollection('c');
  await declare(runner, '  c: { fields: { a: { type: int } } }');
  const check = () =>
    step(runner, {
      inputs: { ...token, command: 'check', issue: 'true', key: 'prod uction', args: '--no-samples\n--fail-on=low' },
    });
  expect((await check()).code).toBe(0);
  expect(forge.issues).toEqual([]);
  await db.collection('c').insertOne({ a: 'x' });
  expect((await check()).code).toBe(2);
  expect(forge.issues).toMatchObject([{ title: 'schemactl check (prod uction)', state: 'open' }]);
  expect(forge.issues[0]!.body).toMatch(/^<!-- schemactl check prod_uction -->\n### schemactl check: 1 high/);
  const before = forge.asked.length;
  await check();
  expect(forge.asked.slice(before)).toEqual(['GET issues']);
  await db.collection('c').insertOne({ a: 'y' });
  await check();
  expect(forge.issues[0]!.body).toContain('2 documents');
  await db.collection('c').deleteMany({});
  expect((await check()).code).toBe(0);
  expect(forge.issues).toMatchObject([{ state: 'closed' }]);
  expect(forge.comments[0]!.body).toContain('nothing found');
  await db.collection('c').insertOne({ a: 'x' });
  await check();
  expect(forge.issues.map(({ state }) => state)).toEqual(['closed', 'open']);
});

test('an issue stays as it is where nothing was judged, or only what is new', async () => {
  const db = await site.fresh();
  const forge = await startForge();
  const runner = await startRunner(site.uri(), forge, {});
  await declare(runner, plain);
  const drift = (args = '') =>
    step(runner, { inputs: { ...token, command: 'drift', issue: 'true', args: `--fail-on=medium\n${args}` } });
  expect((await drift()).code).toBe(2);
  expect(forge.issues).toMatchObject([{ state: 'open' }]);
  expect((await drift('--changed-only=state.json')).code).toBe(2);
  expect((await drift('--changed-only=state.json')).code).toBe(0);
  expect(forge.issues).toMatchObject([{ state: 'open' }]);
  await db.collection('c').insertMany(Array.from({ length: 40 }, (_, n) => ({ n })));
  await declare(runner, '  c: { fields: { x: { default: 1 } } }');
  const schema = join(runner.folder, 'schema');
  const apply = site.spawn(['apply', '--auto-approve', '--throttle', '10/s', '--schema', schema]);
  await until(async () => (await own(db, 'steps')).some(({ state }) => state === 'started'));
  expect((await drift()).out).toContain('in progress');
  expect(forge.issues).toMatchObject([{ state: 'open' }]);
  await must(0, apply.done);
  expect((await drift()).code).toBe(0);
  expect(forge.issues).toMatchObject([{ state: 'closed' }]);
});

test('annotations name files from the top of the repository', async () => {
  await site.fresh();
  const runner = await startRunner(site.uri(), null, pull);
  const folder = join(runner.folder, 'db');
  await declare({ ...runner, folder }, unique.replace('unique', 'unqiue'));
  const { out } = await step(runner, { inputs: { 'working-directory': 'db' } });
  expect(out).toMatch(/^::error file=db\/schema\/c\.yaml,line=3,/m);
});
