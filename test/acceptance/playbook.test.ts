import { describe, expect, test } from 'vitest';
import { addedFields, fillShop } from '../support/shop.ts';
import { indexesOf, milestones, must, planOf, useSite } from '../support/site.ts';

const site = useSite('playbook');

const pending = { '001': 'pending', '002': 'pending', '003': 'pending', '004': 'pending', '005': 'pending' };
const completed = {
  '001': 'completed',
  '002': 'completed',
  '003': 'completed',
  '004': 'completed',
  '005': 'completed',
};

const indexes = {
  orders: ['customer_id_1', 'delivery_date_-1', 'subscription_id_1', 'user_id_1', 'user_id_1_status_1'],
  subscriptions_v2: ['customer_id_1', 'status_1', 'status_1_customer_id_1', 'user_id_1'],
  delivery_statuses: ['customer_id_1_delivery_date_-1', 'order_id_1'],
  billing_records: ['customer_id_1'],
  users: ['email_1'],
  customers_v2: ['phone_1'],
};

async function filled() {
  const db = await site.fresh();
  await fillShop(db);
  return db;
}

/** Documents that lack a field that a milestone adds, by `collection.field`. */
async function lacking(): Promise<Readonly<Record<string, number>>> {
  const found: Record<string, number> = {};
  for (const [name, fields] of Object.entries(addedFields)) {
    for (const field of fields) {
      const count = await site
        .db()
        .collection(name)
        .countDocuments({ [field]: { $exists: false } });
      if (count > 0) found[`${name}.${field}`] = count;
    }
  }
  return found;
}

async function liveIndexes(): Promise<Readonly<Record<string, readonly string[]>>> {
  const found = Object.keys(indexes).map(async (name) => [name, await indexesOf(site.db(), name)] as const);
  return Object.fromEntries(await Promise.all(found));
}

describe('the playbook', () => {
  test('run all: what was planned is done, every field and 14 indexes stand; run twice changes no byte', async () => {
    const db = await filled();
    expect(await milestones(site)).toEqual(pending);
    await must(2, site.run(['status', '--detailed-exitcode']));
    const { steps } = (await planOf(site)) as { steps: { address: string }[] };
    const { out } = await must(0, site.run(['apply', '--auto-approve', '--format', 'json']));
    const done = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string; steps: string[] })
      .filter(({ event }) => event === 'unit-started')
      .flatMap((event) => event.steps);
    expect(done.sort()).toEqual(steps.map(({ address }) => address).sort());
    expect(await lacking()).toEqual({});
    expect(await liveIndexes()).toEqual(indexes);
    expect(await milestones(site)).toEqual(completed);
    await must(0, site.run(['status', '--detailed-exitcode']));
    await must(0, site.run(['plan', '--detailed-exitcode', '--check-data', 'full']));
    const { _id } = (await db.collection('delivery_statuses').findOne({ order_id: null }))!;
    await db.collection('delivery_statuses').updateOne({ _id }, { $set: { order_id: 'an order' } });
    const before = await site.hash();
    const again = await must(0, site.run(['apply', '--auto-approve']));
    expect(again.out).toContain('Nothing to do.');
    await must(0, site.run(['apply', '--auto-approve', '--check-data', 'full']));
    expect(await site.hash()).toBe(before);
    expect(await db.collection('schemactl_runs').countDocuments()).toBe(1);
  });

  test('run up to 003: the fields of 001 and 002, the indexes, and nothing of 004 and 005', async () => {
    await filled();
    const before = await lacking();
    await must(0, site.run(['apply', '--through', '003', '--auto-approve']));
    const { 'orders.subscription_id': _, 'delivery_statuses.order_id': __, ...rest } = before;
    expect(await lacking()).toEqual(rest);
    expect(await liveIndexes()).toEqual(indexes);
    expect(await milestones(site)).toEqual({ ...completed, '004': 'pending', '005': 'pending' });
  });

  test('list: a milestone is pending, then partial, completed, and drifted after a drop by hand', async () => {
    const db = await filled();
    await must(0, site.run(['apply', '--milestone', '003', '--only', 'orders.**', '--auto-approve']));
    expect(await milestones(site)).toEqual({ ...pending, '003': 'partial' });
    await must(0, site.run(['apply', '--auto-approve']));
    await db.collection('users').dropIndex('email_1');
    expect(await milestones(site)).toEqual({ ...completed, '003': 'drifted' });
    const { out } = await must(2, site.run(['status', '--detailed-exitcode']));
    expect(out).toContain('drifted');
    expect(out).toContain('users.indexes.email_1');
  });

  test('roll back all restores documents and indexes; applied again everything is there', async () => {
    await filled();
    const before = await site.hash();
    await must(0, site.run(['apply', '--through', '002', '--auto-approve']));
    await must(0, site.run(['apply', '--auto-approve']));
    const after = await site.hash();
    await must(0, site.run(['rollback', '--all', '--auto-approve']));
    expect(await site.hash()).toBe(before);
    expect(await milestones(site)).toEqual(pending);
    await must(0, site.run(['apply', '--auto-approve']));
    expect(await site.hash()).toBe(after);
    expect(await milestones(site)).toEqual(completed);
  });

  test('run milestone 003 only, then the rest; roll back 003: the 14 indexes go, the fields stay; 003 again', async () => {
    await filled();
    const before = await lacking();
    await must(0, site.run(['apply', '--milestone', '003', '--auto-approve']));
    expect(await liveIndexes()).toEqual(indexes);
    expect(await lacking()).toEqual(before);
    expect(await milestones(site)).toEqual({ ...pending, '003': 'completed' });
    await must(0, site.run(['apply', '--auto-approve']));
    const applied = await site.hash();
    await must(0, site.run(['rollback', '--milestone', '003', '--auto-approve']));
    expect(Object.values(await liveIndexes()).flat()).toEqual([]);
    expect(await lacking()).toEqual({});
    expect(await milestones(site)).toEqual({ ...completed, '003': 'pending' });
    await must(0, site.run(['apply', '--milestone', '003', '--auto-approve']));
    expect(await site.hash()).toBe(applied);
  });

  test('what the application wrote after apply survives the rollback', async () => {
    const db = await filled();
    const orders = db.collection('orders');
    const kept = await orders.countDocuments({ subscription_id: { $exists: true } });
    await must(0, site.run(['apply', '--auto-approve']));
    const { _id } = (await orders.findOne({ subscription_id: null }))!;
    await orders.updateOne({ _id }, { $set: { subscription_id: 'written by the application' } });
    await must(0, site.run(['rollback', '--auto-approve']));
    expect(await orders.findOne({ _id })).toMatchObject({ subscription_id: 'written by the application' });
    expect(await orders.countDocuments({ subscription_id: { $exists: true } })).toBe(kept + 1);
  });
});
