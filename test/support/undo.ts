import type { Db, Document } from 'mongodb';
import { own } from './site.ts';

/** Every id that the undo journal holds, once for each time it is recorded. */
export async function undoIds(db: Db): Promise<readonly unknown[]> {
  const chunks = await own(db, 'undo');
  return chunks.flatMap(({ groups }) => (groups as Document[]).flatMap(({ ids }) => ids as unknown[]));
}
