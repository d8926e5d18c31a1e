import { area, courier, userOf } from './people.ts';
import { agreement, line, products, reference, saleOf, spelled, written } from './sales.ts';
import { dateText, days, type DemoDocument, type Shop, timeOf } from './shop.ts';

export function* subscriptions(shop: Shop): Generator<DemoDocument> {
  const size = shop.sizes.subscriptions_v2;
  for (let n = 0; n < size; n += 1) {
    const random = shop.random('subscriptions_v2', n);
    const { customer, product, quantity } = agreement(shop, n);
    const day = Math.floor((n * days) / size);
    const mode = random.pick([
      'fixed_daily',
      'fixed_daily',
      'fixed_daily',
      'weekly_pattern',
      'day_by_day',
      'irregular',
    ]);
    const status = random.pick(['active', 'active', 'active', 'active', 'paused', 'stopped', 'draft']);
    yield {
      _id: shop.objectId('subscriptions_v2', n, timeOf(day, random.int(360, 1300))),
      id: shop.id('subscriptions_v2', n),
      ...reference('customer_id', shop, n, shop.id('customers_v2', customer), random),
      user_id: userOf(shop, customer),
      product_id: shop.id('products', product),
      price_per_unit: products[product]?.price ?? 1,
      mode,
      default_qty: quantity,
      shift: random.pick(['morning', 'morning', 'evening', 'both']),
      weekly_pattern: mode === 'weekly_pattern' ? [0, 2, 4] : null,
      day_overrides: [],
      irregular_list: [],
      pause_intervals: status === 'paused' ? [{ start: dateText(day + 10), end: null }] : [],
      stop_date: status === 'stopped' ? dateText(day + 40) : null,
      status: spelled(status, n / size, random),
      auto_start: random.chance(0.5),
    };
  }
}

export function* orders(shop: Shop): Generator<DemoDocument> {
  const size = shop.sizes.orders;
  for (let n = 0; n < size; n += 1) {
    const random = shop.random('orders', n);
    const sale = saleOf(shop, n);
    const { customer, subscription, day, status } = sale;
    const item = line(sale, shop);
    const created = timeOf(day, random.int(0, 300));
    const delivered = status.toLowerCase() === 'delivered';
    const billed = delivered && day < days - 30 && random.chance(0.97);
    const isLinked = subscription !== null && random.chance(0.02);
    yield {
      _id: shop.objectId('orders', n, created),
      id: shop.id('orders', n),
      ...reference('user_id', shop, n, userOf(shop, customer), random),
      ...reference('customer_id', shop, n, shop.id('customers_v2', customer), random),
      order_type: subscription === null ? 'one_time' : 'subscription',
      ...(isLinked ? reference('subscription_id', shop, n, shop.id('subscriptions_v2', subscription), random) : {}),
      items: [item],
      total_amount: item.total,
      delivery_date: dateText(day),
      address_id: random.chance(0.7) ? shop.id('addresses', customer) : null,
      address: { line: `${random.int(1, 240)}, ${area(random)}`, pincode: `5600${random.int(10, 99)}` },
      status,
      delivery_boy_id: courier(shop, random),
      notes: random.chance(0.05) ? 'Leave at the gate' : null,
      created_at: written(created, n / size),
      delivered_at: delivered ? written(timeOf(day, random.int(300, 600)), n / size) : null,
      billed,
      delivery_confirmed: delivered,
      billed_at: billed ? timeOf(day + 30, 60) : null,
      billed_month: billed ? dateText(day).slice(0, 7) : null,
    };
  }
}
