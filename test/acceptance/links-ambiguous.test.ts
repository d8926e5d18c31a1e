import { describe, expect, test } from 'vitest';
import { schemaFile } from '../support/schema.ts';
import { must, planOf, useSite } from '../support/site.ts';

const site = useSite('links_ambiguous');

const schema = (match: string, ambiguous: string): Promise<string> =>
  schemaFile(`version: 1
collections:
  orders:
    fields: { user: { type: int }, kind: { type: int }, sub: { type: any } }
    links:
      sub: { field: sub, references: subs._id, optional: true, populate: { match: ${match}, ambiguous: ${ambiguous} } }
  subs: { fields: { user: { type: int }, kind: { type: int } } }
  zeta: { fields: { n: { type: int, default: 1 } } }
`);

/** Orders by the first user and, behind them, by the second; each user has one match. */
async function scene(orders: { readonly first: number; readonly second: number }, zeta = 1): Promise<string> {
  const db = await site.fresh();
  const { first, second } = orders;
  const documents = Array.from({ length: first + second }, (_, n) => ({
    _id: n as never,
    user: n < first ? 1 : 2,
    kind: 7,
  }));
  await db.collection('orders').insertMany(documents);
  await db.collection('subs').insertMany([1, 2].map((user) => ({ _id: `s${user}` as never, user, kind: 7 })));
  await db.collection('zeta').insertMany(Array.from({ length: zeta }, () => ({})));
  return site.hash();
}

/** Does something once, when the command line says this. */
function upon(
  said: string,
  work: () => Promise<unknown>,
): { readonly heard: (text: string) => void; readonly done: () => Promise<unknown> } {
  let doing: Promise<unknown> | null = null;
  return {
    heard: (text) => {
      if (text.includes(said)) doing ??= work();
    },
    done: () => doing ?? Promise.reject(new Error(`nobody said ${said}`)),
  };
}

const apply = (file: string, heard: (text: string) => void) =>
  site.run(['apply', '--auto-approve', '--format', 'json', '--throttle', '1000/s', '--schema', file], { heard });

describe('a second match that appears while a link is filled', () => {
  const second = () =>
    site
      .db()
      .collection('subs')
      .insertOne({ _id: 's2b' as never, user: 2, kind: 7 });
  const open = () =>
    site
      .db()
      .collection('orders')
      .countDocuments({ sub: { $exists: false } });

  test.each([
    ['by one field', '{ user: user }'],
    ['by two fields', '{ user: user, kind: kind }'],
  ])('%s: stops it where it may not be ambiguous', async (_, match) => {
    const before = await scene({ first: 2400, second: 60 });
    const file = await schema(match, 'fail');
    const inserted = upon('"unit-started"', second);
    const { out } = await must(23, apply(file, inserted.heard));
    await inserted.done();
    expect(out).toMatch(/60 documents of a batch now match several documents/);
    expect(out).toContain('Ids: 2400, 2401, 2402, 2403, 2404, …');
    expect(await open()).toBeGreaterThanOrEqual(60);
    await must(23, site.run(['resume', '--auto-approve']));
    await site
      .db()
      .collection('subs')
      .deleteOne({ _id: 's2b' as never });
    await must(0, site.run(['resume', '--auto-approve']));
    expect(await open()).toBe(0);
    await must(0, site.run(['rollback', '--auto-approve']));
    expect(await site.hash()).toBe(before);
  });

  test('is left alone where it may', async () => {
    await scene({ first: 2400, second: 60 });
    const inserted = upon('"unit-started"', second);
    await must(0, apply(await schema('{ user: user }', 'skip'), inserted.heard));
    await inserted.done();
    expect(await open()).toBe(60);
  });

  test('before the first write it is 22, and nothing is written', async () => {
    await scene({ first: 0, second: 20 });
    const file = await schema('{ user: user }', 'fail');
    expect((await planOf(site, ['--schema', file, '--out', `${file}.json`]))['violations']).toEqual([]);
    await second();
    await must(22, site.run(['apply', `${file}.json`]));
    expect(await open()).toBe(20);
  });
});

test.each([
  ['fail', 1],
  ['skip', 0],
])('ambiguous: %s, a document that comes behind its pass and matches several is late: %i', async (ambiguous, late) => {
  await scene({ first: 2, second: 0 }, 2000);
  const db = site.db();
  const inserted = upon('"unit-done"', async () => {
    await db.collection('subs').insertOne({ _id: 's1b' as never, user: 1 });
    await db.collection('orders').insertMany([{ _id: 'late' as never, user: 1 }, { _id: 'nothing' as never }]);
  });
  const { out } = await must(0, apply(await schema('{ user: user }', ambiguous), inserted.heard));
  await inserted.done();
  expect(out).toContain(`"late":${late}`);
});
