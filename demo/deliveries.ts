import { courier } from './people.ts';
import { agreement, line, products, reference, saleOf, spelled, written } from './sales.ts';
import { dateText, type DemoDocument, type Shop, timeOf } from './shop.ts';

const methods = ['delivery_boy', 'shared_link', 'admin'] as const;

export function* deliveries(shop: Shop): Generator<DemoDocument> {
  const size = shop.sizes.delivery_statuses;
  for (let n = 0; n < size; n += 1) {
    const random = shop.random('delivery_statuses', n);
    const order = Math.floor((n * shop.sizes.orders) / size);
    const sale = saleOf(shop, order);
    const { product_id, product_name, quantity, price } = line(sale, shop);
    const short = random.chance(0.04);
    const confirmed = random.chance(0.03);
    const at = timeOf(sale.day, random.int(300, 600));
    const status = short && sale.status === 'delivered' ? 'partially_delivered' : sale.status;
    yield {
      _id: shop.objectId('delivery_statuses', n, at),
      id: shop.id('delivery_statuses', n),
      ...(random.chance(0.02) ? reference('order_id', shop, n, shop.id('orders', order), random) : {}),
      ...reference('customer_id', shop, n, shop.id('customers_v2', sale.customer), random),
      delivery_date: dateText(sale.day),
      status: status.toLowerCase() === 'confirmed' ? spelled('pending', order / shop.sizes.orders, random) : status,
      delivered_at: sale.status.toLowerCase() === 'delivered' ? written(at, n / size) : null,
      delivery_boy_id: courier(shop, random),
      notes: null,
      created_at: written(timeOf(sale.day, 240), n / size),
      updated_at: at,
      ...(confirmed ? { confirmed_by_name: 'Reception', confirmation_method: random.pick(methods) } : {}),
      items: [
        {
          product_id,
          product_name,
          ordered_qty: quantity,
          delivered_qty: short ? quantity - 1 : quantity,
          status: short ? (quantity === 1 ? 'shortage' : 'partial') : 'full',
          price_per_unit: price,
        },
      ],
    };
  }
}

/** A bill a month for each subscription; one in three hundred is made twice. */
export function* bills(shop: Shop): Generator<DemoDocument> {
  const { billing_records: size, subscriptions_v2: count } = shop.sizes;
  for (let n = 0; n < size; n += 1) {
    const random = shop.random('billing_records', n);
    const twice = n % count > 0 && random.chance(0.003) ? n - 1 : n;
    const subscription = twice % count;
    const month = Math.min(11, 9 + Math.floor(twice / count));
    const { customer, product, quantity } = agreement(shop, subscription);
    const paid = random.chance(0.8);
    yield {
      _id: shop.objectId('billing_records', n, timeOf(month * 30, random.int(0, 1400))),
      id: shop.id('billing_records', n),
      ...reference('customer_id', shop, n, shop.id('customers_v2', customer), random),
      ...reference('subscription_id', shop, n, shop.id('subscriptions_v2', subscription), random),
      order_id: null,
      period_date: dateText(month * 30 + 5).slice(0, 7),
      total_amount: 30 * quantity * (products[product]?.price ?? 1),
      status: paid ? 'paid' : 'open',
      paid_at: paid ? timeOf(month * 30 + 7, random.int(500, 1200)) : null,
      method: paid ? random.pick(['upi', 'cash', 'card']) : null,
    };
  }
}
