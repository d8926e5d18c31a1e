import { Binary, type Db, Decimal128, type Document, Double, Int32, Long, ObjectId } from 'mongodb';
import { expect, test } from 'vitest';
import { schemaFile } from '../support/schema.ts';
import { must, useSite } from '../support/site.ts';

const site = useSite('undo');

/** A document whose names stand in this order, also those that look like numbers. */
const ordered = (...entries: readonly (readonly [string, unknown])[]): Document => new Map(entries);

const mixedIds: readonly unknown[] = [
  new ObjectId('65a000000000000000000001'),
  new Int32(7),
  Long.fromNumber(8),
  new Double(8.5),
  Decimal128.fromString('1.10'),
  'text',
  '',
  true,
  null,
  new Date(0),
  new Binary(Buffer.from('abc')),
  ordered(['2024', 1], ['a', 2]),
  ordered(['a', 1], ['2024', 2]),
];

interface Case {
  readonly what: string;
  readonly fields: string;
  readonly options?: Document;
  readonly documents: readonly Document[];
  /** How many documents a filter finds once applied. */
  readonly applied: readonly (readonly [filter: Document, count: number])[];
}

const cases: readonly Case[] = [
  {
    what: 'nested defaults, only where the parent is an object',
    fields:
      '      contact: { type: object, fields: { email: { type: string, nullable: true, default: null }, inner: { type: object, fields: { deep: { type: int, default: 3 } } } } }',
    documents: [
      { a: 1, contact: { phone: 'x' } },
      { a: 2, contact: { email: 'kept', inner: {} } },
      { a: 3, contact: { inner: { deep: null } } },
      { a: 4, contact: null },
      { a: 5 },
      { a: 6, contact: 'text' },
    ],
    applied: [
      [{ 'contact.email': { $type: 10 } }, 2],
      [{ 'contact.inner.deep': 3 }, 1],
      [{ contact: { $exists: false } }, 1],
    ],
  },
  {
    what: 'ids of every type',
    fields: '      note: { type: string, default: new }',
    documents: mixedIds.map((_id) => ordered(['_id', _id], ['a', 1])),
    applied: [[{ note: 'new' }, mixedIds.length]],
  },
  {
    what: 'names that look like numbers',
    fields:
      '      "2025": { type: int, default: 1 }\n      b: { type: int, default: 2 }\n      "10": { type: string, default: x }',
    documents: [ordered(['z', 1], ['2024', 2]), ordered(['2025', 7], ['b', 1]), ordered(['b', null], ['9', 1])],
    applied: [
      [{ '2025': 1, '10': 'x' }, 2],
      [{ '2025': 7, '10': 'x', b: 1 }, 1],
    ],
  },
  {
    what: 'a collection whose collation calls upper and lower case equal, with text as default',
    options: { collation: { locale: 'en', strength: 2 } },
    fields: '      note: { type: string, default: None }',
    documents: [
      { _id: 'a' as never },
      { _id: 'B' as never, note: 'none' },
      { _id: 'c' as never, note: 'NONE' },
      { _id: 'D' as never },
    ],
    applied: [[{ note: 'None' }, 4]],
  },
  {
    what: 'values that are there are kept: null, empty, zero, false',
    fields: '      note: { type: any, default: 5 }',
    documents: [{ note: null }, { note: '' }, { note: 0 }, { note: false }, { note: [] }, { note: {} }, {}],
    applied: [[{ note: 5 }, 1]],
  },
  {
    what: 'several fields in one pass, each document lacking others',
    fields:
      '      z: { type: int, default: 1 }\n      a: { type: long, default: 2 }\n      m: { type: decimal, default: 1.10 }\n      d: { type: date, default: "2025-01-01T00:00:00Z" }',
    documents: Array.from({ length: 16 }, (_, bits) => ({
      ...((bits & 1) !== 0 ? { z: 'own' } : {}),
      ...((bits & 2) !== 0 ? { a: null } : {}),
      k: bits,
      ...((bits & 4) !== 0 ? { m: 0 } : {}),
      ...((bits & 8) !== 0 ? { d: '' } : {}),
    })),
    applied: [
      [{ z: 1 }, 8],
      [{ a: Long.fromNumber(2) }, 8],
      [{ m: Decimal128.fromString('1.10') }, 8],
      [{ d: new Date('2025-01-01T00:00:00Z') }, 8],
    ],
  },
  {
    what: 'more documents than a batch holds',
    fields: '      note: { type: string, nullable: true, default: null }',
    documents: Array.from({ length: 6500 }, (_, a) => (a % 5 === 0 ? { a, note: 'own' } : { a })),
    applied: [[{ note: { $type: 10 } }, 5200]],
  },
];

/** Every case has a collection of its own, all go through one life. */
const nameOf = (at: number): string => `things_${at}`;

async function filled(): Promise<Db> {
  const db = await site.fresh();
  for (const [at, { options, documents }] of cases.entries()) {
    const things = await db.createCollection(nameOf(at), options ?? {});
    await things.insertMany([...documents]);
  }
  return db;
}

test('applied, taken back, applied again by a rollback of the rollback, taken back', { timeout: 180_000 }, async () => {
  const db = await filled();
  const before = await site.hash();
  const collections = cases.map(({ fields }, at) => `  ${nameOf(at)}:\n    fields:\n${fields}\n`);
  const file = await schemaFile(`version: 1\ncollections:\n${collections.join('')}`);
  await must(0, site.run(['apply', '--auto-approve', '--schema', file]));
  for (const [at, { what, applied }] of cases.entries()) {
    for (const [filter, count] of applied)
      expect(await db.collection(nameOf(at)).countDocuments(filter), `${what}: ${JSON.stringify(filter)}`).toBe(count);
  }
  const applied = await site.hash();
  expect(applied).not.toBe(before);
  await must(0, site.run(['rollback', '--all', '--auto-approve']));
  expect(await site.hash()).toBe(before);
  await must(0, site.run(['rollback', '--run', '2', '--auto-approve']));
  expect(await site.hash()).toBe(applied);
  await must(0, site.run(['rollback', '--all', '--auto-approve']));
  expect(await site.hash()).toBe(before);
});
