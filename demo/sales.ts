import type { Random } from './random.ts';
import { days, type Shop } from './shop.ts';

export const products = [
  { product_name: 'Cow milk', unit: '500 ml', price: 32 },
  { product_name: 'Buffalo milk', unit: '500 ml', price: 38 },
  { product_name: 'A2 milk', unit: '1 l', price: 95.5 },
  { product_name: 'Curd', unit: '400 g', price: 40 },
  { product_name: 'Paneer', unit: '200 g', price: 92 },
  { product_name: 'Butter', unit: '100 g', price: 58.25 },
] as const;

/** What a subscription, or an order placed once, is about. */
export interface Sale {
  readonly customer: number;
  readonly product: number;
  readonly quantity: number;
}

function agreed(shop: Shop, random: Random): Sale {
  const customer = random.int(0, shop.sizes.customers_v2 - 1);
  return { customer, product: random.int(0, products.length - 1), quantity: random.int(1, 4) };
}

/** What a subscription is about, by its number. */
export const agreement = (shop: Shop, n: number): Sale => agreed(shop, shop.random('agreements', n));

export interface Order extends Sale {
  /** The number of the subscription, or null for what was ordered once. */
  readonly subscription: number | null;
  readonly day: number;
  readonly status: string;
}

/** In its first months the application wrote statuses in capitals. */
export function spelled(status: string, age: number, random: Random): string {
  return age < 0.25 && random.chance(0.6) ? status.toUpperCase() : status;
}

/** What an order is about, by its number. */
export function saleOf(shop: Shop, n: number): Order {
  const random = shop.random('sales', n);
  const age = n / shop.sizes.orders;
  const subscription = random.chance(0.85) ? random.int(0, shop.sizes.subscriptions_v2 - 1) : null;
  const sale = subscription === null ? agreed(shop, random) : agreement(shop, subscription);
  const usual = random.chance(0.88)
    ? 'delivered'
    : random.pick(['cancelled', 'cancelled', 'not_delivered', 'pending', 'confirmed']);
  const status = age > 0.995 ? random.pick(['pending', 'confirmed', 'out_for_delivery']) : usual;
  return { ...sale, subscription, day: Math.floor(age * days), status: spelled(status, age, random) };
}

/** A reference that is in order, to nothing, or missing: one in two hundred each. */
export function reference(
  name: string,
  shop: Shop,
  n: number,
  id: string | null,
  random: Random,
): Record<string, string | null> {
  if (random.chance(0.005)) return {};
  return { [name]: random.chance(0.005) ? shop.id('nobody', n) : id };
}

/** A time, as a date, or as text where old code wrote it. */
export const written = (at: Date, age: number): Date | string => (age < 0.1 ? at.toISOString() : at);

/** The one line of an order. */
export function line({ product, quantity }: Sale, shop: Shop) {
  const { product_name, unit, price } = products[product] ?? products[0];
  return { product_id: shop.id('products', product), product_name, quantity, unit, price, total: price * quantity };
}
