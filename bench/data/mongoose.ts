import { peer } from '../packages.ts';
import type { Scene } from '../row.ts';
import { collectionName, sampleIndexes } from './sample.ts';

/** As much of mongoose as is used here; the package is the benchmarks' own. */
interface Mongoose {
  readonly mongoose: { createConnection(uri: string, options: object): { asPromise(): Promise<Connection> } };
  readonly Schema: new (fields: object, options: object) => { index(key: object, options: object): void };
}
interface Connection {
  model(name: string, schema: object, collection: string): { diffIndexes(): Promise<{ toDrop: unknown[] }> };
  close(): Promise<void>;
}

const concurrency = 16;
const fields = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`field_${at}`, String]));

/** A model for each collection of the scene; answers how to diff their indexes, so many at a time. */
export async function openModels(
  scene: Scene,
): Promise<{ readonly diff: () => Promise<number>; readonly end: () => Promise<void> }> {
  const { default: mongoose } = (await peer('mongoose/index.js')) as { default: Mongoose['mongoose'] & Mongoose };
  const { uri, database, size, indexes } = scene;
  const options = { dbName: database, autoIndex: false, autoCreate: false };
  const connection = await mongoose.createConnection(uri, options).asPromise();
  const models = Array.from({ length: size }, (_, at) => {
    const schema = new mongoose.Schema(fields, { autoIndex: false, autoCreate: false });
    for (const { key, unique } of sampleIndexes(indexes))
      schema.index(Object.fromEntries(key), unique ? { unique } : {});
    return connection.model(collectionName(at), schema, collectionName(at));
  });
  const diff = async (): Promise<number> => {
    let [next, found] = [0, 0];
    const worker = async (): Promise<void> => {
      for (let model = models[next++]; model !== undefined; model = models[next++]) {
        found += (await model.diffIndexes()).toDrop.length;
      }
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
    return found;
  };
  return { diff, end: () => connection.close() };
}
