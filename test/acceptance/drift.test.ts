import type { Db, Document } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { index, line, useDrift } from '../support/drift.ts';

/** Declared, applied and live, beside each other. */
const { site, run, scene, drift } = useDrift('drift');

const collMod = (db: Db, more: Document): Promise<Document> => db.command({ collMod: 'orders', ...more });

type ByHand = (db: Db) => Promise<unknown>;

/** What somebody does by hand, and all that is found then. */
const byHand: readonly (readonly [what: string, change: ByHand, expected: readonly string[]])[] = [
  ['nothing', () => Promise.resolve(), []],
  [
    'an index is dropped',
    (db) => db.collection('orders').dropIndex('user_id_1'),
    ['drift orders.indexes.user_id_1 dropped-by-hand'],
  ],
  [
    'an index is dropped and built otherwise',
    async (db) => {
      await db.collection('orders').dropIndex('user_id_1');
      await index(db, { user_id: 1 }, { sparse: true });
    },
    ['drift orders.indexes.user_id_1 changed-by-hand'],
  ],
  [
    'an index is hidden',
    (db) => collMod(db, { index: { name: 'code_once', hidden: true } }),
    ['drift orders.indexes.code_once changed-by-hand'],
  ],
  [
    'an index is built again under another name: as apply takes it',
    async (db) => {
      await db.collection('orders').dropIndex('user_id_1');
      await index(db, { user_id: 1 }, { name: 'mine' });
    },
    ['pending orders.indexes.user_id_1 not-recorded'],
  ],
  [
    'the name of an index is taken by another',
    async (db) => {
      await db.collection('orders').dropIndex('user_id_1');
      await index(db, { other: 1 }, { name: 'user_id_1' });
    },
    ['drift orders.indexes.user_id_1 changed-by-hand'],
  ],
  [
    'a validator is removed',
    (db) => collMod(db, { validator: {}, validationLevel: 'off' }),
    ['drift orders.validator dropped-by-hand'],
  ],
  [
    'a validator is set to refuse',
    (db) => collMod(db, { validationAction: 'error' }),
    ['drift orders.validator changed-by-hand'],
  ],
  [
    'a collection is dropped: with what was in it',
    (db) => db.collection('logs').drop(),
    ['drift logs dropped-by-hand'],
  ],
  [
    'a collection is dropped and made otherwise',
    async (db) => {
      await db.collection('logs').drop();
      await db.createCollection('logs');
    },
    ['drift logs changed-by-hand'],
  ],
  [
    'a collection becomes a view',
    async (db) => {
      await db.collection('logs').drop();
      await db.createCollection('logs', { viewOn: 'orders', pipeline: [] });
    },
    ['drift logs refused'],
  ],
  [
    'a protected collection is made otherwise',
    async (db) => {
      await db.collection('vault').drop();
      await db.createCollection('vault', { collation: { locale: 'de' } });
    },
    ['drift vault refused'],
  ],
  [
    'a view reads otherwise',
    (db) => db.command({ collMod: 'open_orders', viewOn: 'orders', pipeline: [] }),
    ['drift open_orders changed-by-hand'],
  ],
  [
    'things are made that nobody declared',
    async (db) => {
      await db.collection('orders').createIndex({ z: 1 });
      await db.createCollection('sessions');
    },
    ['unmanaged orders.indexes.z_1 unmanaged', 'unmanaged sessions unmanaged'],
  ],
  [
    'documents come without their field: that is for check',
    (db) => db.collection('orders').insertOne({ status: 'x' }),
    [],
  ],
];

describe('by hand', () => {
  test.each(byHand)('%s', async (_, change, expected) => {
    const file = await scene();
    await change(site.db());
    const { findings } = await drift(expected.length === 0 ? 0 : 2, file);
    expect(findings.map(line).sort()).toEqual([...expected].sort());
    for (const { verdict, applied: was } of findings) expect(was === null).toBe(verdict === 'unmanaged');
    for (const { verdict, fix } of findings) expect(fix.length).toBe(verdict === 'unmanaged' ? 0 : 1);
    const told = findings.filter(({ reason }) => reason !== 'refused');
    for (const command of told.flatMap(({ fix }) => fix)) {
      const allowed = ['--auto-approve', '--allow', 'recreate-collection,index-gap', '--schema', file];
      await run(0, ...command.split(' ').slice(1), ...allowed);
    }
    const left = (await drift(findings.some(({ reason }) => /refused|unmanaged/.test(reason)) ? 2 : 0, file)).findings;
    expect(left.map(({ reason }) => reason).filter((reason) => !/refused|unmanaged/.test(reason))).toEqual([]);
  });

  test('dropping a collection takes along what was in it, and each is told', async () => {
    const file = await scene();
    await site.db().collection('orders').drop();
    const { findings } = await drift(2, file);
    expect(findings.map(line).sort()).toEqual([
      'drift orders dropped-by-hand',
      'drift orders.indexes.code_once dropped-by-hand',
      'drift orders.indexes.day_-1_status_1 dropped-by-hand',
      'drift orders.indexes.user_id_1 dropped-by-hand',
      'drift orders.validator dropped-by-hand',
    ]);
  });
});
