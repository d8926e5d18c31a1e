import { readFile } from 'node:fs/promises';
import type { Document } from 'mongodb';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { connect } from '../../src/database/mongo.ts';
import type { Database } from '../../src/database/port.ts';
import { checkSchema } from '../../src/workflow/check.ts';
import { everything } from '../planner/support.ts';
import { soundSchema } from '../state/support.ts';
import { useDatabase } from '../support/database.ts';
import { fillShop } from '../support/shop.ts';

/* The reference application's data as it has grown: what `check` counts, counted here by plain loops over all documents. */

const { db } = useDatabase('check_grown');
const schema = soundSchema(await readFile(new URL('../../schema/collections.yaml', import.meta.url), 'utf8'));
let door: Database;

beforeAll(async () => {
  door = await connect({ url: inject('uri'), database: db().databaseName, connectTimeoutMs: 5000 });
  await fillShop(db());
});
afterAll(() => door.close());

const all = (name: string): Promise<Document[]> => db().collection(name).find().toArray();
const isNothing = (value: unknown): boolean => value === null || value === undefined;

/** Documents whose reference is in none of the others; null and missing count unless it is optional. */
const dangling = (own: Document[], field: string, others: Document[], optional = false): number => {
  const ids = new Set(others.map(({ id }) => id as unknown));
  return own.filter((each) => (isNothing(each[field]) ? !optional : !ids.has(each[field]))).length;
};

/** Documents that share the values of these fields with another one. */
function shared(own: Document[], ...fields: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const each of own.filter((one) => fields.every((field) => !isNothing(one[field])))) {
    const key = JSON.stringify(fields.map((field) => each[field] as unknown));
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts.values()].filter((count) => count > 1).reduce((sum, count) => sum + count, 0);
}

test('the same documents as plain loops', async () => {
  const [orders, deliveries, subscriptions, bills, users, customers] = await Promise.all([
    all('orders'),
    all('delivery_statuses'),
    all('subscriptions_v2'),
    all('billing_records'),
    all('users'),
    all('customers_v2'),
  ]);
  const capitals = (own: Document[]): number =>
    own.filter(({ status }) => status !== String(status).toLowerCase()).length;
  const once = orders.filter(({ subscription_id }) => isNothing(subscription_id));
  const weekAgo = Date.now() - 7 * 86_400_000;
  const alive = new Set(
    subscriptions
      .filter(({ status }) => ['draft', 'active', 'paused'].includes(String(status)))
      .map((each) => each['customer_id'] as unknown),
  );
  const userless = customers.filter(({ user_id }) => isNothing(user_id));
  const expected: Readonly<Record<string, number>> = {
    'orders.checks.unbilled_one_time_order': once.filter(({ billed }) => billed !== true).length,
    'orders.checks.stuck_one_time_order': once.filter(
      ({ status, created_at }) =>
        /^(pending|confirmed)$/i.test(String(status)) && new Date(String(created_at)).getTime() < weekAgo,
    ).length,
    'customers_v2.checks.customer_cannot_log_in': userless.length,
    'customers_v2.checks.subscriber_cannot_log_in': userless.filter(({ id }) => alive.has(id)).length,
    'delivery_statuses.links.order': dangling(deliveries, 'order_id', orders),
    'delivery_statuses.links.customer': dangling(deliveries, 'customer_id', customers),
    'orders.links.subscription': dangling(orders, 'subscription_id', subscriptions, true),
    'orders.links.customer': dangling(orders, 'customer_id', customers),
    // Null is told by the type of the field.
    'orders.links.user': dangling(
      orders.filter(({ user_id }) => user_id !== null),
      'user_id',
      users,
    ),
    'subscriptions_v2.links.customer': dangling(subscriptions, 'customer_id', customers),
    'billing_records.links.subscription': dangling(bills, 'subscription_id', subscriptions),
    'billing_records.links.customer': dangling(bills, 'customer_id', customers),
    'users.links.customer': dangling(users, 'customer_v2_id', customers, true),
    'customers_v2.links.user': dangling(customers, 'user_id', users, true),
    'customers_v2.checks.shared_phone': shared(customers, 'phone'),
    'users.checks.shared_email': shared(users, 'email'),
    'billing_records.checks.billed_twice': shared(bills, 'subscription_id', 'period_date'),
    'orders.fields.status': capitals(orders),
    'delivery_statuses.fields.status': capitals(deliveries),
    'subscriptions_v2.fields.status': capitals(subscriptions),
    'orders.fields.user_id': orders.filter(({ user_id }) => user_id === null).length,
  };
  const { findings } = await checkSchema(door, { schema, selection: everything, sample: null });
  const found = Object.fromEntries(findings.map(({ address, count }) => [address, count]));
  expect(found).toEqual(Object.fromEntries(Object.entries(expected).filter(([, count]) => count > 0)));
  expect(Object.keys(found).length).toBeGreaterThan(12);
});
