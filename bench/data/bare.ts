import type { Db } from 'mongodb';
import type { Bout, Scene } from '../row.ts';

/** The scene's database by the bare driver; loaded here, so that only those who use it hold it in memory. */
export async function openBare({
  uri,
  database,
}: Scene): Promise<{ readonly db: Db; readonly end: () => Promise<void> }> {
  const { MongoClient } = await import('mongodb');
  const client = await new MongoClient(uri).connect();
  return { db: client.db(database), end: () => client.close() };
}

/** listCollections, then listIndexes for each name, so many at a time; the replies are decoded and dropped. */
export async function readBare(db: Db, concurrency: number): Promise<number> {
  const names = (await db.listCollections().toArray()).map(({ name }) => name);
  let [next, found] = [0, 0];
  const worker = async (): Promise<void> => {
    for (let name = names[next++]; name !== undefined; name = names[next++]) {
      found += (await db.collection(name).listIndexes().toArray()).length;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return found;
}

export async function bareReader(scene: Scene, concurrency: number): Promise<Bout> {
  const { db, end } = await openBare(scene);
  return { round: () => readBare(db, concurrency), end };
}

/** Drops what the product remembers of a database. */
export async function forget(db: Db): Promise<void> {
  const own = await db.listCollections({ name: /^schemactl_/ }, { nameOnly: true }).toArray();
  await Promise.all(own.map(({ name }) => db.dropCollection(name)));
}
