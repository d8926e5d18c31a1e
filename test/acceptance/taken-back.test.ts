import type { Document } from 'mongodb';
import { afterEach, expect, test } from 'vitest';
import { calm, failCommand } from '../support/faults.ts';
import { schemaFile } from '../support/schema.ts';
import { must, until, useSite } from '../support/site.ts';

/** What would refuse an application's writes is taken back where the application was quicker; the run can go on later. */
const site = useSite('taken_back', {});
afterEach(() => calm(site.client()));

const things = () => site.db().collection('things');
const index = async (): Promise<Document | undefined> =>
  (await things().listIndexes().toArray()).find(({ name }) => name === 'n_1') as Document | undefined;
const validator = async (): Promise<unknown> => {
  const [found] = await site.db().listCollections({ name: 'things' }).toArray();
  return (found as { options?: Document }).options?.['validator'] as unknown;
};

interface Row {
  readonly what: string;
  readonly schema: string;
  /** What the application inserts while the first collMod is on its way, and goes on inserting. */
  readonly against: Document;
  readonly before: () => Promise<unknown>;
}

const rows: readonly Row[] = [
  {
    what: 'an index that becomes unique',
    schema: 'indexes: [ { key: { n: 1 }, unique: true } ]',
    against: { n: 1 },
    before: index,
  },
  {
    what: 'a validator',
    schema: 'validator: { n: { $lt: 1000 } }',
    against: { n: 1001 },
    before: validator,
  },
];

test.each(rows)('$what', async ({ schema, against, before }) => {
  const db = await site.fresh();
  await db.collection('things').insertMany(Array.from({ length: 20 }, (_, n) => ({ n })));
  await db.collection('things').createIndex({ n: 1 });
  const found = await before();
  const file = await schemaFile(`version: 1\ncollections:\n  things: { ${schema} }\n`);
  const slow = {
    failCommands: ['collMod'],
    namespace: `${site.name}.things`,
    blockConnection: true,
    blockTimeMS: 3000,
  };
  await failCommand(site.client(), slow, { times: 1 });
  const running = site.spawn(['apply', '--auto-approve', '--schema', file]);
  await until(async () => {
    const ops = await site
      .client()
      .db('admin')
      .aggregate([{ $currentOp: {} }, { $match: { 'command.collMod': 'things' } }])
      .toArray();
    return ops.length > 0;
  });
  const { insertedId } = await db.collection('things').insertOne({ ...against });
  const { err } = await must(23, running.done);
  expect(err).toContain('against it');
  expect(await before()).toEqual(found);
  const again = await db.collection('things').insertOne({ ...against });
  await must(23, site.run(['resume', '--auto-approve']));
  expect(await before()).toEqual(found);
  await db.collection('things').deleteMany({ _id: { $in: [insertedId, again.insertedId] } });
  await must(0, site.run(['resume', '--auto-approve']));
  await must(0, site.run(['plan', '--detailed-exitcode', '--schema', file]));
  await expect(
    db
      .collection('things')
      .insertOne({ ...against, _id: insertedId })
      .then(() => db.collection('things').insertOne({ ...against })),
  ).rejects.toThrow();
  await must(0, site.run(['rollback', '--auto-approve']));
  expect(await before()).toEqual(found);
});
