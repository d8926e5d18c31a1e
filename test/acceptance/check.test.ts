import { readFile } from 'node:fs/promises';
import type { Db } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { connect } from '../../src/database/mongo.ts';
import type { Database } from '../../src/database/port.ts';
import { encode } from '../../src/state/encode.ts';
import type { Finding } from '../../src/state/finding.ts';
import { checkSchema } from '../../src/workflow/check.ts';
import { soundSchema } from '../state/support.ts';
import { useDatabase } from '../support/database.ts';
import { idIn, mendShop, objectIdIn, type ShopCollection } from '../support/sound-shop.ts';
import { everything } from '../planner/support.ts';

const { db } = useDatabase('check');
const schema = soundSchema(await readFile(new URL('../../schema/collections.yaml', import.meta.url), 'utf8'));
let door: Database;

beforeAll(async () => {
  door = await connect({ url: inject('uri'), database: db().databaseName, connectTimeoutMs: 5000 });
  await mendShop(db());
});
afterAll(() => door.close());

async function found(): Promise<readonly Finding[]> {
  return (await checkSchema(door, { schema, selection: everything, sample: null })).findings;
}

/** `critical orders.checks.x 2`; a field's or a link's rule stands before its address. */
const line = ({ rule, address, severity, count }: Finding): string =>
  `${severity} ${address.endsWith(`.checks.${rule}`) ? '' : `${rule} `}${address} ${count}`;

type Plant = (db: Db) => Promise<unknown>;

/** Sets fields of one document of the shop; undefined takes the field away. */
const set =
  (collection: ShopCollection, n: number, fields: Readonly<Record<string, unknown>>): Plant =>
  (of) => {
    const entries = Object.entries(fields);
    const [$set, $unset] = [
      Object.fromEntries(entries.filter(([, value]) => value !== undefined)),
      Object.fromEntries(entries.filter(([, value]) => value === undefined).map(([name]) => [name, ''])),
    ];
    return of
      .collection(collection)
      .updateOne({ _id: objectIdIn(collection, n) }, [
        ...(Object.keys($set).length > 0 ? [{ $set }] : []),
        ...(Object.keys($unset).length > 0 ? [{ $unset: Object.keys($unset) }] : []),
      ]);
  };

const daysAgo = (days: number): Date => new Date(Date.now() - days * 86_400_000);
const nobody = '00000000-0000-4000-8000-00000000dead';

/** What is planted in which document, and all that is found then; the number of the document is its example. */
const planted: readonly (readonly [what: string, Plant, ...expected: string[]])[] = [
  [
    'check 1: an order without a subscription, not billed',
    set('orders', 1, { billed: false }),
    'critical orders.checks.unbilled_one_time_order 1',
  ],
  [
    'check 1: one that does not say whether it is billed',
    set('orders', 3, { billed: undefined, subscription_id: undefined }),
    'critical orders.checks.unbilled_one_time_order 1',
  ],
  [
    'check 1: one open for eight days',
    set('orders', 5, { status: 'pending', created_at: daysAgo(8) }),
    'high orders.checks.stuck_one_time_order 1',
  ],
  [
    'check 1: the same where its time is text',
    set('orders', 5, { status: 'confirmed', created_at: daysAgo(8).toISOString() }),
    'high orders.checks.stuck_one_time_order 1',
  ],
  ['check 1: one open for six days is none', set('orders', 5, { status: 'pending', created_at: daysAgo(6) })],
  ['check 1: one with a subscription is none', set('orders', 4, { status: 'pending', created_at: daysAgo(8) })],
  [
    'check 2: a customer without a user, whose subscription is stopped',
    set('customers_v2', 3, { user_id: null }),
    'medium customers_v2.checks.customer_cannot_log_in 1',
  ],
  [
    'check 2: one whose subscription is active',
    set('customers_v2', 4, { user_id: undefined }),
    'high customers_v2.checks.subscriber_cannot_log_in 1',
    'medium customers_v2.checks.customer_cannot_log_in 1',
  ],
  [
    'check 3: a delivery without an order',
    set('delivery_statuses', 2, { order_id: null }),
    'critical orphan delivery_statuses.links.order 1',
  ],
  [
    'check 3: one that does not name any',
    set('delivery_statuses', 2, { order_id: undefined }),
    'critical orphan delivery_statuses.links.order 1',
  ],
  [
    'check 3 and 4: one of an order that is not there',
    set('delivery_statuses', 2, { order_id: nobody }),
    'critical orphan delivery_statuses.links.order 1',
  ],
  [
    'check 4: an order of a subscription that is not there',
    set('orders', 2, { subscription_id: nobody }),
    'high orphan orders.links.subscription 1',
  ],
  [
    'check 5: a phone of two customers',
    set('customers_v2', 2, { phone: '9000000001' }),
    'medium customers_v2.checks.shared_phone 2',
  ],
  [
    'check 5: an email of two users',
    set('users', 2, { email: 'user.1@example.com' }),
    'high users.checks.shared_email 2',
  ],
  ['check 5: two users without an email are none', set('users', 2, { email: null })],
  [
    'check 6: a bill for a subscription that is not there',
    set('billing_records', 2, { subscription_id: nobody }),
    'high orphan billing_records.links.subscription 1',
  ],
  [
    'check 6: two bills for one period',
    set('billing_records', 2, { subscription_id: idIn('subscriptions_v2', 1) }),
    'critical billing_records.checks.billed_twice 2',
  ],
  [
    'check 6: two bills for two periods are none',
    set('billing_records', 2, { subscription_id: idIn('subscriptions_v2', 1), period_date: '2026-02' }),
  ],
  ['check 7: an order', set('orders', 2, { status: 'DELIVERED' }), 'high enum orders.fields.status 1'],
  [
    'check 7: a delivery',
    set('delivery_statuses', 2, { status: 'lost' }),
    'high enum delivery_statuses.fields.status 1',
  ],
  ['check 7: a subscription', set('subscriptions_v2', 2, { status: '' }), 'high enum subscriptions_v2.fields.status 1'],
  ['an email', set('users', 2, { email: 'user@example' }), 'medium format users.fields.email 1'],
  ['a phone of nine digits', set('users', 2, { phone: '900000000' }), 'medium format users.fields.phone 1'],
  ['a pincode', set('orders', 2, { address: { pincode: '5600' } }), 'medium format orders.fields.address.pincode 1'],
  [
    'a latitude',
    set('customers_v2', 2, { location: { lat: 90.5, lng: 0 } }),
    'medium range customers_v2.fields.location.lat 1',
  ],
  [
    'a longitude',
    set('customers_v2', 2, { location: { lat: 0, lng: -181 } }),
    'medium range customers_v2.fields.location.lng 1',
  ],
  ['the poles are none', set('customers_v2', 2, { location: { lat: -90, lng: 180 } })],
  [
    'a price of nothing',
    set('subscriptions_v2', 2, { price_per_unit: 0 }),
    'medium range subscriptions_v2.fields.price_per_unit 1',
  ],
  [
    'a price of more than 100,000',
    set('subscriptions_v2', 2, { price_per_unit: 100_000.5 }),
    'medium range subscriptions_v2.fields.price_per_unit 1',
  ],
  [
    'a quantity within an array',
    set('orders', 2, { items: [{ quantity: 1 }, { quantity: 10_001 }] }),
    'medium range orders.fields.items.quantity 1',
  ],
  ['an id that is no UUID', set('billing_records', 2, { id: 'x' }), 'medium format billing_records.fields.id 1'],
  ['no id', set('billing_records', 2, { id: undefined }), 'high required billing_records.fields.id 1'],
  [
    'text for a number',
    set('billing_records', 2, { total_amount: '102' }),
    'high type billing_records.fields.total_amount 1',
  ],
  ['null where it is not allowed', set('orders', 2, { total_amount: null }), 'high type orders.fields.total_amount 1'],
  [
    'several in one document',
    set('users', 2, { email: 5, phone: '1', role: 'nobody', id: 'x' }),
    'high enum users.fields.role 1',
    'high orphan customers_v2.links.user 1',
    'high orphan orders.links.user 1',
    'high type users.fields.email 1',
    'medium format users.fields.id 1',
    'medium format users.fields.phone 1',
  ],
];

describe('the reference application', () => {
  test('is sound', async () => {
    await mendShop(db());
    expect(await found()).toEqual([]);
  });

  test.each(planted.map(([what, plant, ...expected]) => [what, plant, expected] as const))(
    '%s',
    async (_what, plant, expected) => {
      await mendShop(db());
      await plant(db());
      const findings = await found();
      expect(findings.map(line).sort()).toEqual([...expected].sort());
      await mendShop(db());
      expect(await found()).toEqual([]);
    },
  );

  test('names the documents, worst finding first, and what was charged too often', async () => {
    await mendShop(db());
    await set('billing_records', 2, { subscription_id: idIn('subscriptions_v2', 1) })(db());
    await set('orders', 7, { status: 'DELIVERED' })(db());
    await set('orders', 8, { status: 'X' })(db());
    await set('customers_v2', 3, { user_id: null })(db());
    const findings = await found();
    expect(findings.map(({ severity }) => severity)).toEqual(['critical', 'high', 'medium']);
    const ids = (collection: ShopCollection, ...all: readonly number[]) =>
      all.map((n) => ({ $oid: objectIdIn(collection, n).toHexString() }));
    expect(findings.map(({ sample }) => sample.map(encode))).toEqual([
      ids('billing_records', 1, 2),
      ids('orders', 7, 8),
      ids('customers_v2', 3),
    ]);
    expect(findings[0]?.message).toBe(
      'Two bills for one subscription and period: 2 documents share 1 value; 1 too many, with 102 as total_amount',
    );
    expect(findings[1]?.share).toBeCloseTo(2 / 12);
  });
});
