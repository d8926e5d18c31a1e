import type { Document } from 'mongodb';
import { afterEach, expect, test } from 'vitest';
import { building, calm, failCommand, failPoint } from '../support/faults.ts';
import { schemaFile } from '../support/schema.ts';
import { must, until, useSite } from '../support/site.ts';

/** What the server's numbers mean while a plan is carried out: a row a code, by a real race where one can be had. */
const site = useSite('error_codes', {});
afterEach(() => calm(site.client()));

const things = () => site.db().collection('things');

interface Row {
  readonly code: number;
  readonly what: string;
  readonly collections: string;
  readonly args?: readonly string[];
  /** The command that the server answers so, or that waits while `meanwhile` happens. */
  readonly command: string;
  /** The collection that it is about; left out: `things`. */
  readonly on?: string;
  readonly fault?: Document;
  readonly mode?: Document | string;
  readonly meanwhile?: () => Promise<unknown>;
  readonly exit: number;
  readonly says: readonly string[];
  readonly saysNot?: readonly string[];
  readonly then?: () => Promise<unknown>;
}

const unique = 'things: { indexes: [ { key: { m: 1 }, unique: true } ] }';
const plain = 'things: { indexes: [ { key: { m: 1 } } ] }';
const twins = () => things().insertOne({ _id: 'twin', m: 1, secret: 'geheim' } as Document);
const build = { command: 'createIndexes', collections: plain } as const;
const listed = async (name: string): Promise<Document | undefined> =>
  (await things().listIndexes().toArray()).find((one) => (one as Document)['name'] === name) as Document | undefined;
const prepare = (on: boolean) => site.db().command({ collMod: 'things', index: { name: 'n_1', prepareUnique: on } });

const rows: readonly Row[] = [
  {
    code: 27,
    what: 'somebody was quicker to drop the index',
    collections: 'things: { indexes: [ { key: { n: 1 }, absent: true } ] }',
    args: ['--allow', 'drop-index'],
    command: 'dropIndexes',
    meanwhile: () => things().dropIndex('n_1'),
    exit: 0,
    says: [],
  },
  {
    code: 48,
    what: 'an insert made it just so',
    collections: 'fresh: {}',
    command: 'create',
    on: 'fresh',
    meanwhile: () => site.db().collection('fresh').insertOne({}),
    exit: 0,
    says: [],
  },
  {
    code: 48,
    what: 'said of what is as it is declared',
    collections: 'fresh: {}',
    command: 'create',
    on: 'fresh',
    fault: { writeConcernError: { code: 48, codeName: 'NamespaceExists', errmsg: 'there' } },
    exit: 0,
    says: [],
  },
  {
    code: 48,
    what: 'an insert made it, but not so',
    collections: 'fresh: { options: { capped: true, size: 4096 } }',
    command: 'create',
    on: 'fresh',
    meanwhile: () => site.db().collection('fresh').insertOne({}),
    exit: 1,
    says: ['48 NamespaceExists', 'schemactl diff'],
  },
  {
    code: 171,
    what: 'parallel arrays came',
    collections: 'things: { indexes: [ { key: { a: 1, b: 1 } } ] }',
    command: 'createIndexes',
    meanwhile: () => things().insertOne({ m: -1, a: [1, 2], b: [1, 2] }),
    exit: 22,
    says: ['171 CannotIndexParallelArrays', 'schemactl plan'],
  },
  {
    code: 11_000,
    what: 'a second document of the key came before the build',
    collections: unique,
    command: 'createIndexes',
    meanwhile: twins,
    exit: 22,
    says: ['11000 DuplicateKey', '2 documents against it (duplicate), by _id: ', '"twin"', 'schemactl plan'],
    saysNot: ['drop the index', 'geheim', 'm: 1'],
  },
  {
    code: 359,
    what: 'a second document of the key came before the conversion',
    collections: 'things: { indexes: [ { key: { n: 1 }, unique: true } ] }',
    command: 'collMod',
    mode: { skip: 1 },
    meanwhile: async () => {
      await prepare(false);
      await things().insertOne({ _id: 'twin', n: 1, m: -1 } as Document);
      await prepare(true);
    },
    exit: 22,
    says: [
      '359 CannotConvertIndexToUnique',
      '2 documents against it (duplicate), by _id: ',
      '"twin"',
      'Nothing was written',
    ],
    then: async () => expect(await listed('n_1')).not.toHaveProperty('prepareUnique'),
  },
  {
    ...build,
    code: 276,
    what: 'a build that is stopped',
    fault: { errorCode: 276 },
    exit: 1,
    says: ['Next: Somebody'],
  },
  { ...build, code: 278, what: 'no quorum', fault: { errorCode: 278 }, exit: 78, says: ['Next: Bring back members'] },
  {
    ...build,
    code: 50,
    what: 'a limit that we did not set',
    fault: { errorCode: 50 },
    exit: 1,
    says: ['Next: A limit of the server'],
    saysNot: ['step-timeout'],
  },
  { ...build, code: 262, what: 'a limit of the server', fault: { errorCode: 262 }, exit: 1, says: ['Next: A limit'] },
  {
    ...build,
    code: 262,
    what: 'a limit that was passed after the work was done',
    fault: { writeConcernError: { code: 262, codeName: 'ExceededTimeLimit', errmsg: 'late' } },
    exit: 0,
    says: [],
  },
  { ...build, code: 14_031, what: 'no space', fault: { errorCode: 14_031 }, exit: 1, says: ['Next: Free space'] },
  { ...build, code: 371, what: 'no writes', fault: { errorCode: 371 }, exit: 1, says: ['Next: Writes are blocked'] },
  { ...build, code: 20, what: 'any other', fault: { errorCode: 20 }, exit: 1, says: ['Next: Look the code up'] },
  ...[
    { code: 14_031, says: ['Next: Free space'] },
    { code: 371, says: ['Next: Writes are blocked'] },
    { code: 20, says: ['Next: Look the code up'] },
  ].map((row) => ({
    ...build,
    ...row,
    what: 'at the lock',
    command: 'findAndModify',
    on: 'schemactl_lock',
    fault: { errorCode: row.code },
    exit: 1,
  })),
];

const waitsAt = (command: string) => async (): Promise<boolean> => {
  const ours = { [`command.${command}`]: { $exists: true }, appName: 'schemactl' };
  const found = await site
    .client()
    .db('admin')
    .aggregate([{ $currentOp: {} }, { $match: ours }])
    .toArray();
  return found.length > 0;
};

test.each(rows)('$code: $what', async ({ collections, args = [], command, exit, says, saysNot = [], ...row }) => {
  const {
    fault = { blockConnection: true, blockTimeMS: 3000 },
    mode = { times: 1 },
    on = 'things',
    meanwhile,
    then,
  } = row;
  const db = await site.fresh();
  await db.collection('things').insertMany(Array.from({ length: 20 }, (_, n) => ({ n, m: n })));
  await db.collection('things').createIndex({ n: 1 });
  const baseline = await schemaFile('version: 1\ncollections: { other: {} }\n');
  await must(0, site.run(['apply', '--auto-approve', '--schema', baseline]));
  const file = await schemaFile(`version: 1\ncollections:\n  other: {}\n  ${collections}\n`);
  const namespace = `${site.name}.${on}`;
  await failCommand(site.client(), { failCommands: [command], namespace, ...fault }, mode);
  const running = site.run(['apply', '--auto-approve', '--schema', file, ...args]);
  if (meanwhile !== undefined) {
    await until(waitsAt(command));
    await meanwhile();
  }
  const { err } = await must(exit, running);
  for (const words of says) expect(err).toContain(words);
  for (const words of saysNot) expect(err).not.toContain(words);
  if (exit !== 0) expect(err).toContain('Next: ');
  await then?.();
});

test('276: a build that somebody stops', async () => {
  const db = await site.fresh();
  await db.collection('things').insertMany(Array.from({ length: 20 }, (_, n) => ({ n, m: n })));
  const file = await schemaFile(`version: 1\ncollections:\n  ${plain}\n`);
  await failPoint(site.client(), 'hangAfterStartingIndexBuild', 'alwaysOn');
  const running = site.run(['apply', '--auto-approve', '--schema', file]);
  await building(site.client(), site.name, 'things');
  const dropped = things().dropIndex('m_1');
  await until(async () => (await listed('m_1')) === undefined, 1000).catch(() => undefined);
  await calm(site.client());
  await dropped;
  const { err } = await must(1, running);
  expect(err).toContain('276 IndexBuildAborted');
  expect(err).toContain('Next: Somebody');
});
