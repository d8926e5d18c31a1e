import { afterEach, describe, expect, test } from 'vitest';
import { building, calm, failCommand, failPoint } from '../support/faults.ts';
import { schemaFile } from '../support/schema.ts';
import { indexesOf, must, own, sleep, useSite } from '../support/site.ts';

const site = useSite('failure', {});

/** Two collections: the fault hits the index of the second, after the first is done. */
const schema = `
version: 1
milestones: { "001": Fields, "002": Indexes }
collections:
  alpha:
    fields: { note: { type: string, nullable: true, default: null, milestone: "001" } }
    indexes: [ { key: { a: 1 }, milestone: "002" } ]
  beta:
    fields: { note: { type: string, default: none, milestone: "001" } }
    indexes: [ { key: { b: 1 }, milestone: "002" } ]
`;

afterEach(() => calm(site.client()));

async function filled(): Promise<string> {
  const db = await site.fresh();
  await db.collection('alpha').insertMany(Array.from({ length: 30 }, (_, a) => ({ a })));
  await db
    .collection('beta')
    .insertMany(Array.from({ length: 30 }, (_, b) => ({ b, ...(b % 3 === 0 ? { note: null } : {}) })));
  return schemaFile(schema);
}

async function complete(file: string): Promise<void> {
  const db = site.db();
  await must(0, site.run(['plan', '--detailed-exitcode', '--check-data', 'full', '--schema', file]));
  expect(await indexesOf(db, 'alpha')).toEqual(['a_1']);
  expect(await indexesOf(db, 'beta')).toEqual(['b_1']);
  expect(await db.collection('beta').countDocuments({ note: 'none' })).toBe(20);
}

const noBuild = { failCommands: ['createIndexes'], namespace: 'test_failure.beta', errorCode: 14031 };

describe('partial failure: a build that the server refuses half-way', () => {
  async function half(): Promise<{ file: string; before: string }> {
    const file = await filled();
    const before = await site.hash();
    await failCommand(site.client(), noBuild, 'alwaysOn');
    const { err } = await must(23, site.run(['apply', '--auto-approve', '--schema', file]));
    expect(err).toContain('beta.indexes.b_1');
    expect(err).toContain('14031');
    expect(err).toContain('schemactl resume');
    expect(err).toContain('schemactl rollback');
    expect(err).not.toContain('    at ');
    expect((await own(site.db(), 'runs'))[0]).toMatchObject({ state: 'partial', stepsDone: 3 });
    expect((await own(site.db(), 'lock'))[0]).toMatchObject({ owner: null });
    return { file, before };
  }

  test('resume does the rest', async () => {
    const { file } = await half();
    const again = await must(23, site.run(['resume', '--auto-approve']));
    expect(again.err).toContain('beta.indexes.b_1');
    await calm(site.client());
    await must(0, site.run(['resume', '--auto-approve']));
    await complete(file);
    expect(await own(site.db(), 'runs')).toHaveLength(1);
    await must(0, site.run(['resume', '--auto-approve']));
  });

  test('apply again does the rest', async () => {
    const { file } = await half();
    await calm(site.client());
    await must(0, site.run(['apply', '--auto-approve', '--schema', file]));
    await complete(file);
  });

  test('rollback takes back what was done', async () => {
    const { before } = await half();
    await must(0, site.run(['rollback', '--auto-approve']));
    expect(await site.hash()).toBe(before);
  });

  test('another schema closes the run and continues it; one rollback takes both back', async () => {
    const { before } = await half();
    await calm(site.client());
    const other = await schemaFile(schema.replace('b: 1', 'b: -1'));
    await must(0, site.run(['apply', '--auto-approve', '--schema', other]));
    expect(await indexesOf(site.db(), 'beta')).toEqual(['b_-1']);
    expect(await own(site.db(), 'runs')).toMatchObject([{ state: 'closed' }, { continues: 1, state: 'applied' }]);
    await must(0, site.run(['rollback', '--auto-approve']));
    expect(await site.hash()).toBe(before);
  });
});

test('partial failure: a first step that the server refuses: 1, nothing written, nothing to take back', async () => {
  const file = await filled();
  const before = await site.hash();
  await failCommand(site.client(), { ...noBuild, namespace: 'test_failure.alpha' }, 'alwaysOn');
  const { err } = await must(1, site.run(['apply', '--auto-approve', '--milestone', '002', '--schema', file]));
  expect(err).toContain('Nothing was written.');
  expect(await site.hash()).toBe(before);
  await calm(site.client());
  await must(0, site.run(['rollback', '--auto-approve']));
  await must(0, site.run(['apply', '--auto-approve', '--schema', file]));
  await complete(file);
});

test('partial failure: a pass of which nothing is kept has written what it has written', async () => {
  const db = await site.fresh();
  await db.collection('alpha').insertMany(Array.from({ length: 1000 }, (_, a) => ({ a })));
  const file = await schemaFile(
    'version: 1\ncollections: { alpha: { fields: { note: { type: string, default: x } } } }\n',
  );
  const full = { failCommands: ['update'], namespace: 'test_failure.alpha', errorCode: 14031 };
  await failCommand(site.client(), full, { skip: 2 });
  const args = ['apply', '--auto-approve', '--no-undo', '--allow', 'no-undo', '--throttle', '2000/s', '--schema', file];
  const { err } = await must(23, site.run(args));
  const written = await db.collection('alpha').countDocuments({ note: 'x' });
  expect(written).toBeGreaterThan(300);
  expect(err).toContain(`(${written} documents written)`);
  await calm(site.client());
  await must(0, site.run(['resume', '--auto-approve']));
  expect(await db.collection('alpha').countDocuments({ note: 'x' })).toBe(1000);
});

/** Each is one command for the server, and none of them is there before. */
test.each([
  ['createIndexes', 'things: { indexes: [ { key: { b: 1 } } ] }'],
  ['dropIndexes', 'things: { indexes: [ { key: { a: 1 }, absent: true } ] }'],
  ['collMod', 'things: { validator: { a: { $lt: 1000 } } }'],
  ['create', 'fresh: {}'],
  ['renameCollection', 'gone: { absent: true }'],
  ['drop', 'view: { absent: true }'],
])(
  'server errors: one after the effect of %s is settled by reading the server, nothing is sent again',
  async (...row) => {
    const [command, changed] = row;
    const db = await site.fresh();
    await db.collection('things').insertMany(Array.from({ length: 30 }, (_, a) => ({ a })));
    await db.collection('things').createIndex({ a: 1 });
    await db.createCollection('gone');
    await db.createCollection('view', { viewOn: 'things', pipeline: [] });
    const apply = async (collections: string): Promise<void> => {
      const file = await schemaFile(`version: 1\ncollections: { ${collections} }\n`);
      await must(0, site.run(['apply', '--auto-approve', '--allow', 'drop-index,drop-collection', '--schema', file]));
    };
    await apply('other: { fields: { first: { type: string, default: x } }, indexes: [ { key: { first: 1 } } ] }');
    await apply('other: { fields: { first: { type: string, default: x } } }');
    const admin = site.client().db('admin');
    const writeConcernError = { code: 64, errmsg: 'waiting for replication timed out' };
    // Our own collections are made each time, as far as they are missing.
    const namespace = command === 'create' ? { namespace: 'test_failure.fresh' } : {};
    const data = { failCommands: [command], ...namespace, writeConcernError, appName: 'schemactl' };
    const before = await admin.command({ configureFailPoint: 'failCommand', mode: 'alwaysOn', data });
    await apply(`other: { fields: { first: { type: string, default: x } } }, ${changed}`);
    const after = await admin.command({ configureFailPoint: 'failCommand', mode: 'off' });
    expect(Number(after['count']) - Number(before['count'])).toBe(1);
  },
);

test.each(['createIndexes', 'update', 'find'])(
  'server errors: a connection that breaks at %s harms nothing: apply or the next apply completes',
  async (name) => {
    const file = await filled();
    const broken = { failCommands: [name], namespace: 'test_failure.beta', closeConnection: true };
    await failCommand(site.client(), broken, { times: 2 });
    const first = await site.run(['apply', '--auto-approve', '--schema', file]);
    expect([0, 23]).toContain(first.code);
    await calm(site.client());
    await must(0, site.run(['apply', '--auto-approve', '--schema', file]));
    await complete(file);
  },
);

describe('--step-timeout', () => {
  test('a build that takes longer ends with 23, names both ways out, and resume completes it', async () => {
    const file = await filled();
    await failPoint(site.client(), 'hangAfterStartingIndexBuild', 'alwaysOn');
    const running = site.run(['apply', '--auto-approve', '--schema', file, '--step-timeout', '1s']);
    await building(site.client(), site.name, 'alpha');
    await sleep(1500);
    await calm(site.client());
    const { err } = await must(23, running);
    expect(err).toContain('--step-timeout');
    expect(err).toContain('--milestone');
    expect(await indexesOf(site.db(), 'alpha')).toEqual([]);
    await must(0, site.run(['resume', '--auto-approve', '--step-timeout', '60s']));
    await complete(file);
  });

  test('a first build that takes longer ends with 1: nothing was written', async () => {
    const file = await filled();
    const before = await site.hash();
    const slow = { failCommands: ['createIndexes'], namespace: 'test_failure.alpha', errorCode: 50 };
    await failCommand(site.client(), slow, 'alwaysOn');
    const { err } = await must(
      1,
      site.run(['apply', '--auto-approve', '--schema', file, '--milestone', '002', '--step-timeout', '1s']),
    );
    expect(err).toContain('--step-timeout');
    expect(err).toContain('--milestone');
    expect(err).toContain('Nothing was written.');
    expect(await site.hash()).toBe(before);
  });

  test('a pass that takes longer stops between two batches; apply completes it', async () => {
    const db = await site.fresh();
    await db.collection('alpha').insertMany(Array.from({ length: 4000 }, (_, a) => ({ a })));
    await db.createCollection('beta');
    const file = await schemaFile(schema);
    const slow = {
      failCommands: ['update'],
      namespace: 'test_failure.alpha',
      blockConnection: true,
      blockTimeMS: 1200,
    };
    await failCommand(site.client(), slow, 'alwaysOn');
    const args = ['apply', '--auto-approve', '--schema', file, '--step-timeout', '1s', '--format', 'json'];
    const { out } = await must(23, site.run(args));
    expect(out).toContain('--step-timeout');
    expect(out).toContain('--milestone');
    const written = await db.collection('alpha').countDocuments({ note: null });
    expect(written).toBe(4000);
    const filledNow = await db.collection('alpha').countDocuments({ note: { $exists: true } });
    expect(filledNow).toBeGreaterThan(0);
    expect(filledNow).toBeLessThan(4000);
    expect(JSON.parse(out.trim().split('\n').at(-1) ?? '')).toMatchObject({ event: 'done', documents: filledNow });
    expect(out).toContain(`(${filledNow.toLocaleString('en')} documents written)`);
    await calm(site.client());
    await must(0, site.run(['apply', '--auto-approve', '--schema', file]));
    expect(await db.collection('alpha').countDocuments({ note: { $exists: false } })).toBe(0);
  });
});
