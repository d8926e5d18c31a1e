import { bareRewrite, customers, orderCases, orders, ordersScene, productRewrite } from '../data/orders.ts';
import type { Contender, Row } from '../row.ts';

const one = { channel: 'web' } as const;
const five = { channel: 'web', currency: 'EUR', discount: 'none', priority: 'normal', region: 'eu' } as const;

const schemaOf = (fields: Readonly<Record<string, string>>): string => {
  const lines = Object.entries(fields).map(([name, value]) => `      ${name}: { type: string, default: ${value} }\n`);
  return `version: 1\ncollections:\n  ${orders}:\n    fields:\n${lines.join('')}`;
};

/** Declares the one field that the orders lack. */
export const oneField = schemaOf(one);

const missing = (name: string): object => ({ [name]: { $exists: false } });

const ours = (name: string, saved: boolean, undo: boolean): Contender => ({
  name,
  role: 'ours',
  open: productRewrite({ saved, undo }),
});
const saved = 'apply of a saved plan';
const whole = 'plan and apply';

/** One update of many documents. */
const updateMany = 'one updateMany';
const oneUpdate: Contender = {
  name: updateMany,
  role: 'floor',
  open: bareRewrite((db) => db.collection(orders).updateMany(missing('channel'), { $set: one })),
};

/** The documents that lack the field, one update each, as many a command as the driver is given. */
const perDocument = 'an update a document';
const eachDocument: Contender = {
  name: perDocument,
  role: 'peer',
  once: true,
  open: bareRewrite(async (db) => {
    const lacking = db.collection(orders).find(missing('channel'), { projection: { _id: 1 } });
    for await (const { _id } of lacking) await db.collection(orders).updateOne({ _id }, { $set: one });
  }),
};

export const backfill: Row = {
  name: 'backfill',
  title: 'fill one field, nothing kept (--no-undo)',
  cases: orderCases,
  prepare: ordersScene('backfill', oneField),
  contenders: [ours(saved, true, false), ours(whole, false, false), oneUpdate, eachDocument],
  goals: [
    { ours: saved, against: [updateMany], atMost: 1.15 },
    { ours: whole, against: [updateMany], atMost: 1.15 },
    { ours: whole, against: [perDocument], atMost: 0.3 },
  ],
  growth: [],
};

const withIds = 'one updateMany, the ids inserted in order';

export const undoable: Row = {
  name: 'undoable',
  title: 'fill one field, exactly undoable',
  cases: orderCases,
  prepare: ordersScene('undoable', oneField),
  contenders: [
    ours(saved, true, true),
    ours(whole, false, true),
    oneUpdate,
    {
      name: withIds,
      role: 'floor',
      open: bareRewrite(async (db) => {
        await db.collection('schemactl_ids').drop();
        const ids = await db
          .collection(orders)
          .find(missing('channel'), { projection: { _id: 1 } })
          .toArray();
        await db.collection('schemactl_ids').insertMany(ids, { ordered: true });
        await db.collection(orders).updateMany(missing('channel'), { $set: one });
      }),
    },
  ],
  goals: [
    { ours: saved, against: [updateMany], atMost: 1.8 },
    { ours: whole, against: [updateMany], atMost: 1.8 },
  ],
  growth: [],
};

const onePass = 'one pass';
const perField = 'an updateMany a field';

export const fields: Row = {
  name: 'fields',
  title: 'fill five fields at once, exactly undoable',
  cases: orderCases,
  prepare: ordersScene('fields', schemaOf(five)),
  contenders: [
    ours(saved, true, true),
    ours(whole, false, true),
    {
      name: onePass,
      role: 'floor',
      open: bareRewrite((db) =>
        db.collection(orders).updateMany({ $or: Object.keys(five).map(missing) }, { $set: five }),
      ),
    },
    {
      name: perField,
      role: 'peer',
      open: bareRewrite(async (db) => {
        for (const [name, value] of Object.entries(five))
          await db.collection(orders).updateMany(missing(name), { $set: { [name]: value } });
      }),
    },
  ],
  goals: [
    { ours: saved, against: [onePass], atMost: 1.25 },
    { ours: whole, against: [perField], atMost: 1 },
  ],
  growth: [],
};

const populateSchema = `version: 1
collections:
  ${orders}:
    fields:
      customer: { type: string }
      buyer: { type: objectId, nullable: true }
    links:
      buyer: { field: buyer, references: ${customers}._id, optional: true, populate: { match: { customer: key } } }
  ${customers}:
    fields:
      key: { type: string }
    indexes:
      - { key: { key: 1 } }
`;

const lookup = '$lookup and $merge';
const bulk = 'bulkWrite, 1,000 at a time';

export const populate: Row = {
  name: 'populate',
  title: 'fill a field from another collection, exactly undoable',
  cases: orderCases,
  prepare: ordersScene('populate', populateSchema),
  contenders: [
    ours(saved, true, true),
    ours(whole, false, true),
    ours('plan and apply, nothing kept', false, false),
    {
      name: 'two ordered scans, one write each',
      role: 'floor',
      open: bareRewrite(async (db) => {
        const all = await db
          .collection(customers)
          .find({}, { projection: { key: 1 } })
          .sort({ key: 1 })
          .toArray();
        const ids = new Map(all.map(({ _id, key }) => [key as string, _id]));
        const found = db
          .collection(orders)
          .find({}, { projection: { customer: 1 } })
          .sort({ _id: 1 });
        let changes: object[] = [];
        for await (const { _id, customer } of found) {
          changes.push({ updateOne: { filter: { _id }, update: { $set: { buyer: ids.get(customer as string) } } } });
          if (changes.length < 10_000) continue;
          await db.collection(orders).bulkWrite(changes as never, { ordered: false });
          changes = [];
        }
        if (changes.length > 0) await db.collection(orders).bulkWrite(changes as never, { ordered: false });
      }),
    },
    {
      name: lookup,
      role: 'peer',
      open: bareRewrite((db) =>
        db
          .collection(orders)
          .aggregate([
            { $match: { buyer: null } },
            { $lookup: { from: customers, localField: 'customer', foreignField: 'key', as: 'found' } },
            { $match: { 'found.0': { $exists: true } } },
            { $project: { buyer: { $arrayElemAt: ['$found._id', 0] } } },
            { $merge: { into: orders, on: '_id', whenMatched: 'merge', whenNotMatched: 'discard' } },
          ])
          .toArray(),
      ),
    },
    {
      name: bulk,
      role: 'peer',
      open: bareRewrite(async (db) => {
        const found = db.collection(orders).find({ buyer: null }, { projection: { customer: 1 }, batchSize: 1000 });
        let open: { readonly _id: unknown; readonly customer: unknown }[] = [];
        const write = async (): Promise<void> => {
          const keys = [...new Set(open.map(({ customer }) => customer))];
          const matches = await db
            .collection(customers)
            .find({ key: { $in: keys } }, { projection: { key: 1 } })
            .toArray();
          const ids = new Map(matches.map(({ _id, key }) => [key as unknown, _id]));
          const changes = open.map(({ _id, customer }) => ({
            updateOne: { filter: { _id }, update: { $set: { buyer: ids.get(customer) } } },
          }));
          await db.collection(orders).bulkWrite(changes as never, { ordered: false });
          open = [];
        };
        for await (const { _id, customer } of found) {
          open.push({ _id, customer: customer as unknown });
          if (open.length === 1000) await write();
        }
        if (open.length > 0) await write();
      }),
    },
  ],
  goals: [
    { ours: saved, against: [lookup, bulk], atMost: 1.1 },
    { ours: whole, against: [lookup, bulk], atMost: 1.1 },
  ],
  growth: [],
};
