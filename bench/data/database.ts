import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import pMap from 'p-map';
import type { Lab } from '../lab.ts';
import type { Case, Scene } from '../row.ts';
import { collectionName, sampleIndexes, schemaText } from './sample.ts';

const concurrency = 8;

async function buildCollections(uri: string, database: string, { size, indexes }: Case): Promise<void> {
  const client = await new MongoClient(uri).connect();
  const specs = sampleIndexes(indexes).map(({ name, key, unique }) => ({
    name,
    key: new Map(key),
    ...(unique ? { unique } : {}),
  }));
  const names = Array.from({ length: size }, (_, at) => collectionName(at));
  try {
    await pMap(names, (name) => client.db(database).collection(name).createIndexes(specs), { concurrency });
  } finally {
    await client.close();
  }
}

/** The file of a scene that declares what its database holds. */
export const schemaFileOf = ({ folder }: Scene): string => join(folder, 'schema.yaml');

/** A database of empty collections, and the schema file that declares it; built once for all rows that read it. */
export async function collectionsScene(wanted: Case, lab: Lab): Promise<Scene> {
  const [uri, folder] = [await lab.uri(), await lab.folder(`collections-${wanted.size}`)];
  const scene = { ...wanted, uri, database: `bench_${wanted.size}`, folder };
  await lab.once(`collections ${wanted.size}`, async () => {
    await buildCollections(uri, scene.database, wanted);
    await writeFile(schemaFileOf(scene), schemaText(wanted.size, wanted.indexes));
  });
  return scene;
}
