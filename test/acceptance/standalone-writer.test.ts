import { Decimal128, Double, Int32, Long } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { connect } from '../../src/database/mongo.ts';
import { findAll } from '../../src/database/read.ts';
import { isUnchanged } from '../../src/planner/rewrite/unchanged.ts';
import { docOf, int, type Value } from '../../src/state/value.ts';
import { schemaFile } from '../support/schema.ts';
import { must, useSite } from '../support/site.ts';

const site = useSite('standalone-writer', { standalone: true });
const documents = 4000;

const schema = (fields: string, more = ''): Promise<string> =>
  schemaFile(`version: 1\ncollections:\n  things:\n    fields: ${fields}\n${more}`);

/** An application that sets one field of one document after the other, each time to another value. */
function writing(field: string): { readonly stop: () => Promise<ReadonlyMap<number, string>> } {
  const things = site.db().collection<{ _id: number }>('things');
  const log = new Map<number, string>();
  let isOver = false;
  const work = async (): Promise<void> => {
    const word = Math.random().toString(36).slice(2);
    for (let at = 0; !isOver; at += 1) {
      const id = (at * 7919) % documents;
      await things.updateOne({ _id: id }, { $set: { [field]: `${word}${at}` } });
      log.set(id, `${word}${at}`);
    }
  };
  const done = work();
  return {
    stop: async () => {
      isOver = true;
      await done;
      return log;
    },
  };
}

async function lost(field: string, log: ReadonlyMap<number, string>): Promise<readonly unknown[]> {
  const found = await site.db().collection<{ _id: number }>('things').find().toArray();
  const now = new Map(found.map((one) => [one._id, (one as Record<string, unknown>)[field]]));
  return [...log].filter(([id, value]) => now.get(id) !== value);
}

const item = '{ type: array, items: { type: object, fields: { q: { type: int, default: 1 } } } }';
const populated =
  '    links: { o: { field: o, references: people.o, optional: true, populate: { match: { k: k } } } }\n  people: { fields: { o: { type: string }, k: { type: int } } }\n';

describe('invert after the application wrote: a writer beside a rollback on a standalone server loses nothing', () => {
  test.each([
    { what: 'a default', field: 'note', fields: '{ note: { type: string, default: d } }' },
    { what: 'a computed field', field: 'k2', fields: '{ k2: { type: any, compute: "$k" } }' },
    { what: 'a converted field', field: 'n', fields: '{ n: { type: int, convert: true } }' },
    { what: 'an array', field: 'items', fields: `{ items: ${item} }` },
    {
      what: 'a link',
      field: 'o',
      fields: '{ k: { type: int }, o: { type: string, nullable: true } }',
      more: populated,
    },
  ])('$what', { timeout: 120_000 }, async ({ field, fields, more }) => {
    const db = await site.fresh();
    const made = Array.from({ length: documents }, (_, _id) => ({
      _id,
      k: _id % 2,
      n: String(_id),
      items: [{ a: _id }],
    }));
    await db.collection<{ _id: number }>('things').insertMany(made);
    await db.collection('people').insertMany([
      { k: 0, o: 'zero' },
      { k: 1, o: 'one' },
    ]);
    await must(
      0,
      site.run(['apply', '--auto-approve', '--allow', 'convert-type', '--schema', await schema(fields, more)]),
    );
    const writer = writing(field);
    const running = site.spawn(['rollback', '--auto-approve']);
    await must(0, running.done);
    const log = await writer.stop();
    expect(log.size).toBeGreaterThan(0);
    expect(await lost(field, log)).toEqual([]);
  });
});

test('what is computed while the application writes the same field is not taken for ours', {
  timeout: 120_000,
}, async () => {
  const db = await site.fresh();
  const made = Array.from({ length: documents }, (_, _id) => ({ _id, k: _id }));
  await db.collection<{ _id: number }>('things').insertMany(made);
  const file = await schema('{ k2: { type: any, compute: "$k" } }');
  const writer = writing('k2');
  await must(0, site.spawn(['apply', '--auto-approve', '--schema', file]).done);
  const log = await writer.stop();
  expect(await lost('k2', log)).toEqual([]);
  await must(0, site.run(['rollback', '--auto-approve']));
  expect(await lost('k2', log)).toEqual([]);
});

test('a value is told from others byte by byte, whatever the collation', async () => {
  const db = await site.fresh();
  await db.createCollection('c', { collation: { locale: 'en', strength: 1 } });
  const values: readonly (readonly [stored: unknown, own: Value])[] = [
    ['a', 'a'],
    ['A', 'A'],
    [new Int32(1), int(1)],
    [Long.fromNumber(1), { type: 'long', text: '1' }],
    [new Double(1), { type: 'double', text: '1.0' }],
    [Decimal128.fromString('1.0'), { type: 'decimal', text: '1.0' }],
    [Decimal128.fromString('1.00'), { type: 'decimal', text: '1.00' }],
    [null, null],
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
    [
      ['a', 'B'],
      ['a', 'B'],
    ],
    [[new Int32(1)], [int(1)]],
    [[new Double(1)], [{ type: 'double', text: '1.0' }]],
    [{ x: 'a', y: 'b' }, docOf({ x: 'a', y: 'b' })],
    [{ y: 'b', x: 'a' }, docOf({ y: 'b', x: 'a' })],
    [{ x: 'a', y: 'B' }, docOf({ x: 'a', y: 'B' })],
    [{ x: 'a', y: ['B'] }, docOf({ x: 'a', y: ['B'] })],
  ];
  const stored = values.map(([value], _id) => ({ _id, o: { v: value } }));
  await db.collection<{ _id: number }>('c').insertMany([...stored, { _id: 99 }]);
  const database = await connect({ url: site.uri(), database: site.name, connectTimeoutMs: 5000 });
  try {
    const found = await Promise.all(
      [...values.map(([, own]) => [own] as const), null].map(async (held) => {
        const filter = isUnchanged(['o', 'v'], held);
        const all = await findAll(database, { collection: 'c', filter, sort: docOf({ _id: int(1) }) });
        return all.map((one) => Number((one.get('_id') as { text: string }).text));
      }),
    );
    expect(found).toEqual([...values.map((_, at) => [at]), [99]]);
  } finally {
    await database.close();
  }
});
