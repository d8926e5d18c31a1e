import type { Document, MongoClient } from 'mongodb';
import { until } from './site.ts';

/** Arms a fail point; only commands of the command line (`appName`) are meant. */
export async function failCommand(client: MongoClient, data: Document, mode: Document | string): Promise<void> {
  const armed = { ...data, appName: 'schemactl' };
  await client.db('admin').command({ configureFailPoint: 'failCommand', mode, data: armed });
}

export async function failPoint(client: MongoClient, name: string, mode: 'alwaysOn' | 'off'): Promise<void> {
  await client.db('admin').command({ configureFailPoint: name, mode });
}

/** Puts every fail point of this file's server out. */
export async function calm(client: MongoClient): Promise<void> {
  await client.db('admin').command({ configureFailPoint: 'failCommand', mode: 'off' });
  await failPoint(client, 'hangAfterStartingIndexBuild', 'off');
}

/** Resolves when an index of the collection is being built and not ready. */
export async function building(client: MongoClient, db: string, collection: string): Promise<void> {
  await until(async () => {
    const { cursor } = (await client.db(db).command({ listIndexes: collection, includeBuildUUIDs: true })) as {
      cursor: { firstBatch: Document[] };
    };
    return cursor.firstBatch.some((entry) => 'buildUUID' in entry);
  });
}
