import { dateText, days, type DemoDocument, type Shop, timeOf } from './shop.ts';
import type { Random } from './random.ts';

const firstNames = [
  'Asha',
  'Bhavna',
  'Chetan',
  'Divya',
  'Esha',
  'Farhan',
  'Gauri',
  'Harish',
  'Indira',
  'Jatin',
] as const;
const lastNames = [
  'Agarwal',
  'Bose',
  'Chopra',
  'Desai',
  'Fernandes',
  'Gupta',
  'Iyer',
  'Joshi',
  'Kulkarni',
  'Rao',
] as const;
const areas = ['Lake View', 'Old Market', 'Station Road', 'Green Park', 'Temple Street', 'Mill Lane'] as const;

interface Person {
  readonly name: string;
  readonly email: string;
  readonly phone: string;
}

/** Customers and their users are the same people; one in a hundred gave the neighbour's email or phone. */
function person(shop: Shop, n: number): Person {
  const own = (of: number): Person => {
    const random = shop.random('people', of);
    const [first, last] = [random.pick(firstNames), random.pick(lastNames)];
    const email = `${first}.${last}${of}@example.com`.toLowerCase();
    return { name: `${first} ${last}`, email, phone: `9${String(random.int(0, 999_999_999)).padStart(9, '0')}` };
  };
  const random = shop.random('people', -1 - n);
  const before = own(Math.max(0, n - 1));
  const mine = own(n);
  const email = random.chance(0.01) ? before.email : mine.email;
  return { ...mine, email, phone: random.chance(0.015) ? before.phone : mine.phone };
}

/** Staff comes after the customers' users: mostly delivery boys, then marketing, suppliers, admins. */
function roleOf({ sizes, linked }: Shop, n: number): string {
  if (n < linked) return 'customer';
  const share = (n - linked) / (sizes.users - linked);
  return share < 0.8 ? 'delivery_boy' : share < 0.9 ? 'marketing_staff' : share < 0.97 ? 'supplier' : 'admin';
}

/** The id of one of those who carry out orders. */
export function courier(shop: Shop, random: Random): string {
  const { sizes, linked } = shop;
  return shop.id('users', linked + random.int(0, Math.floor((sizes.users - 1 - linked) * 0.8)));
}

export function area(random: Random): string {
  return random.pick(areas);
}

/** The user of a customer; some customers have none. */
export function userOf(shop: Shop, customer: number): string | null {
  return customer < shop.linked ? shop.id('users', customer) : null;
}

const joined = (n: number, size: number, random: Random): Date =>
  timeOf(Math.floor((n * days) / size), random.int(360, 1300));

export function* users(shop: Shop): Generator<DemoDocument> {
  const { sizes, linked } = shop;
  for (let n = 0; n < sizes.users; n += 1) {
    const random = shop.random('users', n);
    const { name, email, phone } = person(shop, n);
    const isLinked = n < linked && random.chance(0.03);
    yield {
      _id: shop.objectId('users', n, joined(n, sizes.users, random)),
      id: shop.id('users', n),
      email: random.chance(0.02) ? null : email,
      phone,
      name,
      role: roleOf(shop, n),
      is_active: random.chance(0.95),
      password_hash: `$2b$12$${shop.id('nobody', n).replaceAll('-', '')}`,
      ...(isLinked ? { customer_v2_id: shop.id('customers_v2', n) } : {}),
    };
  }
}

export function* customers(shop: Shop): Generator<DemoDocument> {
  const { sizes, linked } = shop;
  for (let n = 0; n < sizes.customers_v2; n += 1) {
    const random = shop.random('customers_v2', n);
    const { name, phone } = person(shop, n);
    const [lat, lng] = [random.int(12_900_000, 13_050_000) / 1e6, random.int(77_500_000, 77_700_000) / 1e6];
    const at = joined(n, sizes.customers_v2, random);
    const isLinked = n < linked && random.chance(0.03);
    yield {
      _id: shop.objectId('customers_v2', n, at),
      id: shop.id('customers_v2', n),
      name,
      phone,
      address: `${random.int(1, 240)}, ${area(random)}`,
      area: area(random),
      map_link: random.chance(0.4) ? `https://maps.example.com/?q=${lat},${lng}` : null,
      location: random.chance(0.8) ? { lat, lng, accuracy_meters: random.int(3, 60) } : null,
      status: random.pick(['active', 'active', 'active', 'active', 'trial', 'paused', 'stopped']),
      trial_start_date: dateText(Math.floor((n * days) / sizes.customers_v2)),
      notes: random.chance(0.1) ? 'Ring twice' : null,
      delivery_boy_id: courier(shop, random),
      marketing_boy_id: null,
      previous_balance: random.chance(0.2) ? random.int(1, 90_000) / 100 : 0,
      ...(random.chance(0.05)
        ? { custom_product_prices: { [shop.id('products', random.int(0, 5))]: random.int(20, 90) } }
        : {}),
      ...(isLinked ? { user_id: shop.id('users', n) } : {}),
    };
  }
}
