import { ObjectId } from 'mongodb';
import { type Random, randomOf, uuid } from './random.ts';

/** How many documents each collection holds at scale 1. */
export const demoSizes = {
  users: 3_000,
  customers_v2: 2_800,
  subscriptions_v2: 4_000,
  orders: 40_000,
  delivery_statuses: 30_000,
  billing_records: 12_000,
} as const;

export type DemoCollection = keyof typeof demoSizes;
export type DemoDocument = Record<string, unknown> & { readonly _id: ObjectId; readonly id: string };

/** What every document is made from. A document is known by its number alone, so that others can refer to it. */
export interface Shop {
  readonly sizes: Readonly<Record<DemoCollection, number>>;
  /** Customers with numbers below it have the user of the same number; the other users are staff. */
  readonly linked: number;
  /** A stream for one document of one subject. */
  readonly random: (subject: Subject, n: number) => Random;
  /** The application's own id. */
  readonly id: (subject: Subject, n: number) => string;
  readonly objectId: (collection: DemoCollection, n: number, at: Date) => ObjectId;
}

const subjects = [
  'users',
  'customers_v2',
  'subscriptions_v2',
  'orders',
  'delivery_statuses',
  'billing_records',
  'people',
  'agreements',
  'sales',
  'products',
  'addresses',
  'nobody',
] as const;
export type Subject = (typeof subjects)[number];

const firstDay = Date.UTC(2025, 0, 1);
const dayMs = 86_400_000;
export const days = 365;

/** A time in the year 2025. */
export function timeOf(day: number, minutes: number): Date {
  return new Date(firstDay + day * dayMs + minutes * 60_000);
}

/** `2025-03-01` */
export function dateText(day: number): string {
  return timeOf(day, 0).toISOString().slice(0, 10);
}

export function makeShop(seed: number, scale: number): Shop {
  const entries = Object.entries(demoSizes).map(([name, size]) => [name, Math.max(4, Math.round(size * scale))]);
  const sizes = Object.fromEntries(entries) as Record<DemoCollection, number>;
  const random = (subject: Subject, ...parts: readonly number[]): Random =>
    randomOf(seed, subjects.indexOf(subject), ...parts);
  // One document's number in several subjects must not show in their ids.
  const salts = subjects.map((subject) => random(subject).bits());
  return {
    sizes,
    linked: Math.min(Math.floor(sizes.customers_v2 * 0.96), sizes.users - 1),
    random,
    id: (subject, n) => uuid(random(subject, n, 1), n ^ (salts[subjects.indexOf(subject)] ?? 0)),
    objectId(collection, n, at) {
      const bytes = new Uint8Array(12);
      const view = new DataView(bytes.buffer);
      const machine = random(collection);
      view.setUint32(0, Math.floor(at.getTime() / 1000));
      view.setUint32(4, machine.bits());
      // As drivers make them: the time, five bytes of the process, a counter of three.
      view.setUint8(8, machine.bits() & 0xff);
      view.setUint8(9, (n >>> 16) & 0xff);
      view.setUint16(10, n & 0xffff);
      return new ObjectId(bytes);
    },
  };
}
