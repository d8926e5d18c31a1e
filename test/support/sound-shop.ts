import { type Db, type Document, ObjectId } from 'mongodb';

/** A version-4 UUID that a number decides, and the part of the shop that it is of. */
const uuid = (part: string, n: number): string => `${part}0000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const _id = (part: string, n: number): ObjectId => new ObjectId(`${part}${String(n).padStart(23, '0')}`);

const parts = {
  users: 'a',
  customers_v2: 'b',
  subscriptions_v2: 'c',
  orders: 'd',
  delivery_statuses: 'e',
  billing_records: 'f',
} as const;
export type ShopCollection = keyof typeof parts;

/** The application's own id of a document, by number. */
export const idIn = (collection: ShopCollection, n: number): string => uuid(parts[collection], n);
/** MongoDB's. */
export const objectIdIn = (collection: ShopCollection, n: number): ObjectId => _id(parts[collection], n);

const count = 12;
const numbers = Array.from({ length: count }, (_, n) => n);
const created = new Date('2026-01-05T06:00:00Z');

const makers: Readonly<Record<ShopCollection, (n: number) => Document>> = {
  users: (n) => ({
    email: n === 3 ? null : `user.${n}@example.com`,
    phone: `90000000${String(n).padStart(2, '0')}`,
    name: `User ${n}`,
    role: 'customer',
    customer_v2_id: n === 4 ? null : idIn('customers_v2', n),
    is_active: true,
    password_hash: 'x',
  }),
  customers_v2: (n) => ({
    user_id: idIn('users', n),
    name: `User ${n}`,
    phone: `90000000${String(n).padStart(2, '0')}`,
    location: n === 5 ? null : { lat: 12.9 + n / 100, lng: 77.5, accuracy_meters: n === 6 ? null : 5 },
    status: 'active',
    previous_balance: 0,
  }),
  subscriptions_v2: (n) => ({
    customer_id: idIn('customers_v2', n),
    user_id: null,
    product_id: 'milk',
    price_per_unit: 32.5,
    mode: 'fixed_daily',
    default_qty: 2,
    shift: 'morning',
    pause_intervals: n === 2 ? [{ start: '2026-01-01', end: null }] : null,
    status: n % 3 === 0 ? 'stopped' : 'active',
    auto_start: false,
  }),
  orders: (n) => ({
    user_id: idIn('users', n),
    customer_id: idIn('customers_v2', n),
    order_type: n % 2 === 0 ? 'subscription' : 'one_time',
    subscription_id: n % 2 === 0 ? idIn('subscriptions_v2', n) : null,
    items: [{ product_id: 'milk', product_name: 'Milk', quantity: 2, unit: 'l', price: 32.5, total: 65 }],
    total_amount: 65,
    delivery_date: '2026-01-05',
    address_id: null,
    address: { line: 'Lane', pincode: '560001' },
    status: 'delivered',
    created_at: n === 1 ? created.toISOString() : created,
    billed: true,
    delivery_confirmed: true,
    billed_month: '2026-01',
  }),
  delivery_statuses: (n) => ({
    order_id: idIn('orders', n),
    customer_id: idIn('customers_v2', n),
    delivery_date: '2026-01-05',
    status: 'delivered',
    created_at: created,
    confirmed_by_user_id: n === 7 ? idIn('users', 0) : null,
    confirmed_by_name: null,
    confirmed_at: null,
    confirmation_method: n === 7 ? 'admin' : null,
    ip_address: null,
    device_info: null,
    items: [{ product_id: 'milk', ordered_qty: 2, delivered_qty: 2, status: 'full', price_per_unit: 32.5 }],
  }),
  billing_records: (n) => ({
    customer_id: idIn('customers_v2', n),
    subscription_id: idIn('subscriptions_v2', n),
    period_date: '2026-01',
    total_amount: 100 + n,
    status: 'paid',
  }),
};

/** The documents of a small shop in which everything is as its schema says, by collection. */
export const soundShop = Object.fromEntries(
  Object.entries(makers).map(([name, make]) => {
    const collection = name as ShopCollection;
    return [collection, numbers.map((n) => ({ _id: objectIdIn(collection, n), id: idIn(collection, n), ...make(n) }))];
  }),
) as unknown as Readonly<Record<ShopCollection, readonly (Document & { readonly _id: ObjectId })[]>>;

/** Brings the documents of the shop back to what they are when all is sound. */
export async function mendShop(db: Db): Promise<void> {
  for (const [name, documents] of Object.entries(soundShop)) {
    await db.collection(name).deleteMany({});
    await db.collection(name).insertMany(documents.map((document) => ({ ...document })));
  }
}
