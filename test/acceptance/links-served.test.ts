import type { Document } from 'mongodb';
import { expect, test } from 'vitest';
import { schemaFile } from '../support/schema.ts';
import { must, planOf, useSite } from '../support/site.ts';

const site = useSite('links_served');

const size = 200;
/** One match is looked up for each document, and each collection is read through a few times. */
const few = size * 20;

/** What the server was asked meanwhile, as its profiler has it. */
async function profiled(run: () => Promise<unknown>): Promise<readonly Document[]> {
  const db = site.db();
  await db.command({ profile: 2 });
  await run();
  await db.command({ profile: 0 });
  const found = await db.collection('system.profile').find().toArray();
  await db.dropCollection('system.profile');
  return found;
}

/** Documents that the server looked at. */
const examined = (found: readonly Document[]): number =>
  found.reduce((sum, { docsExamined }) => sum + ((docsExamined as number | undefined) ?? 0), 0);

/** The stages that joins run in the other collection. */
function stagesThere(found: readonly Document[]): readonly string[] {
  const lookups = found
    .flatMap(
      ({ command }) => ((command as Document | undefined)?.['pipeline'] as readonly Document[] | undefined) ?? [],
    )
    .flatMap((stage) =>
      stage['$lookup'] === undefined ? [] : [stage['$lookup'] as { pipeline: readonly Document[] }],
    );
  return lookups.flatMap(({ pipeline }) => pipeline.flatMap((stage) => Object.keys(stage)));
}

async function scene(match: string, code: string, extra: Document | null): Promise<string> {
  const db = await site.fresh();
  const documents = Array.from({ length: size }, (_, _id) => ({ _id: _id as never, tenant: 1, code: _id }));
  await db.collection('orders').insertMany(documents);
  await db.collection('users').insertMany(documents);
  if (extra !== null) await db.collection('users').insertOne({ _id: -1 as never, tenant: 1, ...extra });
  await db.collection('users').createIndexes([{ key: { tenant: 1, code: 1 } }, { key: { code: 1 } }]);
  return schemaFile(`version: 1
collections:
  orders:
    fields: { tenant: { type: any }, code: { type: any }, user: { type: any } }
    links: { user: { field: user, references: users._id, optional: true, populate: { match: ${match}, ambiguous: fail } } }
  users: { fields: { tenant: { type: any }, code: ${code} } }
`);
}

const apply = (file: string) =>
  must(0, site.run(['apply', '--auto-approve', '--allow', 'convert-type', '--schema', file]));
const filled = (): Promise<number> =>
  site
    .db()
    .collection('orders')
    .countDocuments({ $expr: { $eq: ['$user', '$code'] } });

/** Before 5.0 the profiler leaves out what a join looks at. */
test.each<[string, match: string]>([
  ['one field', '{ code: code }'],
  ['two fields', '{ tenant: tenant, code: code }'],
])('an index serves a link by %s', async (_, match) => {
  const file = await scene(match, '{ type: any }', null);
  expect(examined(await profiled(() => planOf(site, ['--schema', file])))).toBeLessThan(few);
  expect(examined(await profiled(() => apply(file)))).toBeLessThan(2 * few);
  expect(await filled()).toBe(size);
});

test.each<[string, extra: Document | null, isAhead: boolean]>([
  ['nothing', null, false],
  ['a document', { code: '-1' }, true],
])('a conversion that changes %s stands ahead of the join only where it does', async (_, extra, isAhead) => {
  const file = await scene('{ code: code }', '{ type: int, convert: true }', extra);
  const stages = stagesThere(await profiled(() => planOf(site, ['--schema', file])));
  expect([stages.includes('$limit'), stages.includes('$set')]).toEqual([true, isAhead]);
  await apply(file);
  expect(await filled()).toBe(size);
});
