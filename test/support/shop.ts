import type { Db } from 'mongodb';
import { type DemoDocument, demoDocuments } from '../../demo/data.ts';

export { addedFields } from '../../demo/data.ts';

/** About 4,600 documents of the reference application as they were before its migrations. */
const options = [7, 0.05] as const;

const made: [string, DemoDocument[]][] = [];

/** Writes the reference application's documents; they are generated once a test file. */
export async function fillShop(db: Db): Promise<void> {
  if (made.length === 0) {
    for (const [name, documents] of Object.entries(demoDocuments(...options))) made.push([name, [...documents]]);
  }
  for (const [name, documents] of made) await db.collection<DemoDocument>(name).insertMany(documents);
}
