import { BSON } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { addedFields, type DemoCollection, type DemoDocument, demoDocuments, demoSizes } from '../../demo/data.ts';

const scale = 0.1;
const seed = 7;
const names = Object.keys(demoSizes) as DemoCollection[];

type Data = Readonly<Record<DemoCollection, readonly DemoDocument[]>>;

function generate(bySeed: number, atScale = scale): Data {
  const documents = demoDocuments(bySeed, atScale);
  return Object.fromEntries(names.map((name) => [name, [...documents[name]]])) as unknown as Data;
}

const data = generate(seed);
const all = names.flatMap((name) => data[name]);
const bytes = (documents: readonly DemoDocument[]): string =>
  Buffer.concat(documents.map((each) => BSON.serialize(each))).toString('base64');

const share = (documents: readonly DemoDocument[], holds: (document: DemoDocument) => boolean): number =>
  documents.filter(holds).length / documents.length;

/** How many documents refer to nothing. */
function dangling(from: DemoCollection, field: string, to: DemoCollection): number {
  const known = new Set<unknown>(data[to].map(({ id }) => id));
  return data[from].filter(({ [field]: id }) => typeof id === 'string' && !known.has(id)).length;
}

function repeated(collection: DemoCollection, field: string): number {
  const values = data[collection].map(({ [field]: value }) => value).filter((value) => value !== null);
  return values.length - new Set(values).size;
}

describe('a seed decides every byte', () => {
  test.each(names)('%s', (name) => {
    expect(bytes([...demoDocuments(seed, scale)[name]]) === bytes(data[name])).toBe(true);
    expect(bytes([...demoDocuments(seed + 1, scale)[name]]) === bytes(data[name])).toBe(false);
  });
});

describe('sizes', () => {
  test.each(names)('%s grows with the scale', (name) => {
    expect(data[name]).toHaveLength(demoSizes[name] * scale);
  });

  test('a tiny one still has a few of each', () => {
    const tiny = generate(seed, 0.0001);
    expect(names.map((name) => tiny[name].length)).toEqual([4, 4, 4, 4, 4, 4]);
  });
});

test('ids are UUIDs and differ, and so do the _ids, which grow with time', () => {
  const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  expect(all.filter(({ id }) => !pattern.test(id))).toEqual([]);
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  expect(new Set(all.map(({ _id }) => _id.toHexString())).size).toBe(all.length);
  const times = data.orders.map(({ _id }) => Math.floor(_id.getTimestamp().getTime() / 86_400_000));
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});

test.each(['orders', 'subscriptions_v2', 'delivery_statuses'] as const)('old %s have statuses in capitals', (name) => {
  const isUpper = ({ status }: DemoDocument): boolean => typeof status === 'string' && status === status.toUpperCase();
  const quarter = Math.floor(data[name].length / 4);
  expect(share(data[name].slice(0, quarter), isUpper)).toBeGreaterThan(0.5);
  expect(share(data[name].slice(quarter + 1), isUpper)).toBe(0);
});

test.each([
  ['orders', 'user_id', 'users'],
  ['orders', 'customer_id', 'customers_v2'],
  ['subscriptions_v2', 'customer_id', 'customers_v2'],
  ['delivery_statuses', 'customer_id', 'customers_v2'],
  ['billing_records', 'subscription_id', 'subscriptions_v2'],
  ['billing_records', 'customer_id', 'customers_v2'],
] as const)('a few %s.%s name nothing in %s, and a few are missing', (from, field, to) => {
  const count = data[from].length;
  expect(dangling(from, field, to)).toBeGreaterThan(0);
  expect(dangling(from, field, to)).toBeLessThan(count * 0.02);
  expect(data[from].filter((document) => !(field in document)).length).toBeGreaterThan(0);
});

test('a few people share an email or a phone', () => {
  expect(repeated('users', 'email')).toBeGreaterThan(0);
  expect(repeated('customers_v2', 'phone')).toBeGreaterThan(0);
  expect(repeated('customers_v2', 'phone')).toBeLessThan(data.customers_v2.length * 0.05);
});

describe('the fields that the milestones add', () => {
  const fields = names.flatMap((name) => addedFields[name].map((field) => [name, field] as const));

  test('are ten', () => expect(fields).toHaveLength(10));

  test.each(fields)('%s.%s is missing almost everywhere, and never null', (name, field) => {
    expect(share(data[name], (document) => field in document)).toBeLessThan(0.05);
    expect(data[name].filter(({ [field]: value }) => value === null)).toEqual([]);
  });

  test.each(['users', 'customers_v2', 'orders', 'delivery_statuses'] as const)('some %s carry one', (name) => {
    expect(share(data[name], (document) => addedFields[name].some((field) => field in document))).toBeGreaterThan(0);
  });
});

test('dates of delivery are text', () => {
  const dates = [...data.orders, ...data.delivery_statuses].map(({ delivery_date: date }) => date);
  expect(dates.filter((date) => typeof date !== 'string' || !/^2025-\d\d-\d\d$/.test(date))).toEqual([]);
});
