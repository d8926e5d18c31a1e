import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { emitSchema } from '../../src/state/emit.ts';
import { indexName } from '../../src/state/address.ts';
import type { CollectionDeclaration } from '../../src/state/types.ts';
import { soundSchema } from './support.ts';

const schema = soundSchema(readFileSync(new URL('../../schema/collections.yaml', import.meta.url), 'utf8'));
const { collections } = schema;

const each = <T>(make: (collection: CollectionDeclaration) => readonly T[]): readonly T[] => collections.flatMap(make);
const named = (suffix: (collection: CollectionDeclaration) => readonly string[]): readonly string[] =>
  each((collection) => suffix(collection).map((text) => `${collection.name}: ${text}`));

describe('the reference application', () => {
  test('6 collections and 5 milestones', () => {
    expect(collections.map(({ name }) => name)).toEqual([
      'billing_records',
      'customers_v2',
      'delivery_statuses',
      'orders',
      'subscriptions_v2',
      'users',
    ]);
    expect(schema.milestones.map(({ id }) => id)).toEqual(['001', '002', '003', '004', '005']);
  });

  test('10 added fields, nullable, null by default, by milestone', () => {
    const added = named(({ fields }) =>
      fields
        .filter((field) => field.default !== undefined)
        .map((field) => `${field.name} ${field.milestone} ${field.nullable} ${String(field.default)}`),
    );
    expect([...added].sort()).toEqual([
      'customers_v2: user_id 004 true null',
      'delivery_statuses: confirmation_method 005 true null',
      'delivery_statuses: confirmed_at 005 true null',
      'delivery_statuses: confirmed_by_name 005 true null',
      'delivery_statuses: confirmed_by_user_id 005 true null',
      'delivery_statuses: device_info 005 true null',
      'delivery_statuses: ip_address 005 true null',
      'delivery_statuses: order_id 002 true null',
      'orders: subscription_id 001 true null',
      'users: customer_v2_id 004 true null',
    ]);
  });

  test('14 indexes, all of milestone 003 and without options', () => {
    const indexes = each(({ indexes: of }) => of);
    expect(indexes.every(({ milestone, options }) => milestone === '003' && Object.keys(options).length === 0)).toBe(
      true,
    );
    expect(named(({ indexes: of }) => of.map(({ key }) => indexName(key)))).toEqual([
      'billing_records: customer_id_1',
      'customers_v2: phone_1',
      'delivery_statuses: customer_id_1_delivery_date_-1',
      'delivery_statuses: order_id_1',
      'orders: customer_id_1',
      'orders: delivery_date_-1',
      'orders: subscription_id_1',
      'orders: user_id_1',
      'orders: user_id_1_status_1',
      'subscriptions_v2: customer_id_1',
      'subscriptions_v2: status_1',
      'subscriptions_v2: status_1_customer_id_1',
      'subscriptions_v2: user_id_1',
      'users: email_1',
    ]);
  });

  test('11 links', () => {
    const links = named(({ links: of }) =>
      of.map(
        ({ field, target, optional, severity }) =>
          `${field} ${target.collection}.${target.field} ${severity}${optional ? ' optional' : ''}`,
      ),
    );
    expect([...links].sort()).toEqual([
      'billing_records: customer_id customers_v2.id high',
      'billing_records: subscription_id subscriptions_v2.id high',
      'customers_v2: user_id users.id high optional',
      'delivery_statuses: confirmed_by_user_id users.id medium optional',
      'delivery_statuses: customer_id customers_v2.id high',
      'delivery_statuses: order_id orders.id critical',
      'orders: customer_id customers_v2.id high',
      'orders: subscription_id subscriptions_v2.id high optional',
      'orders: user_id users.id high',
      'subscriptions_v2: customer_id customers_v2.id high',
      'users: customer_v2_id customers_v2.id high optional',
    ]);
  });

  test('the checks that are no plain rules', () => {
    expect(named(({ checks }) => checks.map(({ name, severity }) => `${name} ${severity}`))).toEqual([
      'billing_records: billed_twice critical',
      'customers_v2: shared_phone medium',
      'customers_v2: customer_cannot_log_in medium',
      'customers_v2: subscriber_cannot_log_in high',
      'orders: unbilled_one_time_order critical',
      'orders: stuck_one_time_order high',
      'users: shared_email high',
    ]);
  });

  test('survives being written and read again', () => {
    expect(soundSchema(emitSchema(schema))).toEqual(schema);
  });
});
