// A small shop to try schemactl on: fills the database that MONGODB_URI names, which must be empty.
import { MongoClient } from 'mongodb';

const numbers = (count) => Array.from({ length: count }, (_, n) => n);
const day = (n) => new Date(Date.UTC(2026, 0, 1 + (n % 90), 6 + (n % 12)));

const customers = numbers(120).map((n) => ({
  _id: `c${n}`,
  name: `Customer ${n}`,
  email: `customer.${n}@example.com`,
}));
const orders = numbers(960).map((n) => ({
  _id: `o${n}`,
  customer_id: `c${n % 120}`,
  // Three were written by a release that spelt it otherwise.
  status: n % 320 === 7 ? 'canceled' : ['placed', 'delivered', 'cancelled'][n % 3],
  total: 10 + (n % 50),
  placed_at: day(n),
}));

const client = await new MongoClient(process.env.MONGODB_URI).connect();
try {
  const db = client.db();
  if ((await db.listCollections().toArray()).length > 0) throw new Error(`"${db.databaseName}" is not empty`);
  await db.collection('customers').insertMany(customers);
  await db.collection('customers').createIndex({ email: 1 }, { unique: true });
  await db.collection('orders').insertMany(orders);
  await db.collection('orders').createIndex({ customer_id: 1 });
  await db.collection('orders').createIndex({ status: 1 });
  console.log(`Filled "${db.databaseName}": ${customers.length} customers, ${orders.length} orders.`);
} finally {
  await client.close();
}
