import { type Db, MongoClient } from 'mongodb';
import { afterAll, beforeAll, inject } from 'vitest';

/** A database of its own for a test file, on the run's one server; dropped before and after. */
export function useDatabase(name: string): {
  readonly db: () => Db;
  readonly client: () => MongoClient;
  readonly reset: () => Promise<void>;
} {
  const database = `test_${name}`;
  let client: MongoClient;
  beforeAll(async () => {
    client = await new MongoClient(inject('uri')).connect();
    await client.db(database).dropDatabase();
  });
  afterAll(async () => {
    await client.db(database).dropDatabase();
    await client.close();
  });
  return {
    db: () => client.db(database),
    client: () => client,
    reset: async () => {
      await client.db(database).dropDatabase();
    },
  };
}
