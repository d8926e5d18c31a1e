import { describe, expect, test } from 'vitest';
import { here } from '../support/here.ts';
import { schemaFile } from '../support/schema.ts';
import { must, useSite } from '../support/site.ts';

/** What ran, and what can still be taken back. */
const site = useSite('history');
const run = (code: number, ...args: readonly string[]) => must(code, here(site.uri(), args));
const json = async <T>(...args: readonly string[]): Promise<T> =>
  JSON.parse((await run(0, ...args, '--format', 'json')).out) as T;

const milestones = 'milestones: { m: First }';
const schema = (collections: string): Promise<string> =>
  schemaFile(`version: 1\n${milestones}\ncollections: { ${collections} }\n`);

const filled =
  'orders: { fields: { note: { type: string, default: x, milestone: m } }, indexes: [ { key: { a: 1 } } ] }';

async function twoRuns(): Promise<string> {
  const db = await site.fresh();
  await db.collection('orders').insertMany(Array.from({ length: 40 }, (_, n) => ({ n })));
  await run(0, 'apply', '--auto-approve', '--schema', await schema(`${filled}, logs: {}`));
  const file = await schema(filled);
  await run(0, 'apply', '--auto-approve', '--allow', 'drop-collection', '--schema', file);
  return file;
}

interface Known {
  readonly run: number;
  readonly wayBack: string;
  readonly takenBackBy: number | null;
}

const ways = async (): Promise<readonly string[]> => {
  const { runs } = await json<{ runs: readonly Known[] }>('history');
  return runs.map(
    ({ run: n, wayBack, takenBackBy }) => `${n} ${wayBack}${takenBackBy === null ? '' : ` by ${takenBackBy}`}`,
  );
};

/** What is said of a run is so: alone it can be planned or is refused, and every command that is shown can be planned. */
async function expectTold(): Promise<void> {
  for (const way of await ways()) {
    const [n = '', state = ''] = way.split(' ');
    const { err } = await here(site.uri(), ['rollback', '--run', n, '--plan-only']);
    if (state === 'possible') expect(err, way).toBe('');
    if (state === 'partly' || state === 'with-later') expect(err, way).toContain('error SCH');
    const { out } = await run(0, 'history', n);
    const commands = [...out.matchAll(/^  schemactl (rollback .*)$/gm)].map(([, command = '']) => command.split(' '));
    expect(commands.length > 0, way).toBe(['possible', 'partly', 'with-later'].includes(state));
    for (const command of commands)
      expect((await here(site.uri(), [...command, '--plan-only'])).err, command.join(' ')).toBe('');
  }
}

test('what later runs changed is not taken back alone', async () => {
  const db = await site.fresh();
  await db.collection('orders').insertMany(Array.from({ length: 40 }, (_, n) => ({ n })));
  const kept = ', indexes: [ { key: { a: 1 } } ]';
  for (const options of ['unique: true', 'sparse: true', 'hidden: true', '']) {
    const key = `{ key: { n: 1 }, name: n_once${options === '' ? '' : `, ${options}`} }`;
    const file = await schema(`orders: { indexes: [ ${key} ] }, users: { fields: {} ${options === '' ? kept : ''} }`);
    await run(0, 'apply', '--auto-approve', '--allow', 'index-gap,drop-index', '--schema', file);
  }
  expect(await ways()).toEqual(['1 with-later', '2 with-later', '3 with-later', '4 possible']);
  await expectTold();
  const { out } = await run(0, 'history', '2');
  expect(out).toContain('Cannot be taken back alone');
  expect(out).toContain('Runs 3, 4 changed it since');
  const file = await schema('orders: {}');
  expect((await run(0, 'status', '--schema', file)).out).toContain('1 (with those after it)');
});

describe('what can still be taken back of each run', () => {
  test.each([
    ['all of it', [], ['1 partly', '2 possible']],
    ['the last was', [['rollback']], ['1 possible', '2 taken-back by 3', '3 possible']],
    [
      'the rollback was itself',
      [['rollback'], ['rollback', '--run', '3']],
      ['1 partly', '2 possible', '3 taken-back by 4', '4 possible'],
    ],
    ['all was', [['rollback', '--all']], ['1 taken-back by 3', '2 taken-back by 3', '3 possible']],
    [
      'one object was',
      [['rollback', '--run', '1', '--only', 'orders.indexes.*']],
      ['1 partly by 3', '2 possible', '3 possible'],
    ],
    ['it was purged', [['purge', '--all']], ['1 partly', '2 purged']],
  ])('%s', async (_, commands, expected) => {
    await twoRuns();
    for (const command of commands) await run(0, ...command, '--auto-approve');
    expect(await ways()).toEqual(expected);
    await expectTold();
    const possible = expected
      .filter((one) => / (?:possible|partly|with-later)/.test(one))
      .map((one) => Number(one.split(' ')[0]));
    const { undo } = await json<{ undo: { runs: readonly Known[] } }>('status', '--schema', await schema(filled));
    expect(undo.runs.map(({ run: n }) => n)).toEqual(possible);
  });
});

test('a run says who, when, what, how much, and what is kept for it', async () => {
  const file = await twoRuns();
  expect(await json('history', '1')).toMatchObject({
    run: 1,
    by: 'test',
    host: expect.any(String) as string,
    documents: 40,
    wayBack: 'partly',
    laterRuns: [2],
    purgedAt: null,
    objects: [
      { address: 'logs', action: 'create', milestone: null, state: 'done', documents: 0 },
      { address: 'orders.indexes.a_1', action: 'create', documents: 0 },
      { address: 'orders.fields.note', action: 'write', milestone: 'm', documents: 40, kept: 0 },
    ],
  });
  const { undoBytes } = await json<{ undoBytes: number }>('history', '1');
  expect(undoBytes).toBeGreaterThan(40 * 12);
  await site
    .db()
    .collection('orders')
    .updateMany({ n: { $lt: 5 } }, { $set: { note: 'y' } });
  await run(0, 'rollback', '--run', '1', '--auto-approve', '--exclude', 'logs');
  expect((await run(0, 'history', '3')).out).toContain('35 documents, 5 documents left, as changed since');
  expect((await run(0, 'status', '--schema', file)).out).toMatch(/^m +First +pending +0\/1$/m);
  await run(64, 'history', '9');
});

test('status counts what is pending and what drifted by the same verdicts as drift', async () => {
  const file = await twoRuns();
  const state = async (): Promise<unknown> => (await json<{ others: unknown }>('status', '--schema', file)).others;
  expect(await state()).toMatchObject({ state: 'completed', done: 2, total: 2 });
  await site.db().collection('orders').dropIndex('a_1');
  expect(await state()).toMatchObject({
    state: 'drifted',
    done: 1,
    total: 2,
    drift: ['orders.indexes.a_1 was dropped by hand'],
  });
  await site.db().collection('orders').drop();
  await site.db().createCollection('orders', { viewOn: 'other', pipeline: [] });
  await run(2, 'status', '--schema', file, '--detailed-exitcode');
});
