import type * as mongo from '../../src/database/mongo.ts';
import type { Database } from '../../src/database/port.ts';
import { product } from '../packages.ts';
import type { Scene } from '../row.ts';

/** The scene's database as the product opens it. */
export async function openDatabase({ uri, database }: Scene): Promise<Database> {
  const { connect } = (await product('database/mongo.js')) as typeof mongo;
  return connect({ url: uri, database, connectTimeoutMs: 10_000 });
}
