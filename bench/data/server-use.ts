import type { Db, Document } from 'mongodb';
import type { ServerUse } from '../sample.ts';

/** CPU time of the server's process so far; 0 where it does not say (it does on Linux). */
async function cpuMs(db: Db): Promise<number> {
  const { extra_info: info } = (await db.admin().command({ serverStatus: 1 })) as { extra_info: Document };
  return (Number(info['user_time_us'] ?? 0) + Number(info['system_time_us'] ?? 0)) / 1000;
}

async function newest(db: Db): Promise<unknown> {
  const [last] = await oplogOf(db).find().sort({ $natural: -1 }).limit(1).project({ ts: 1 }).toArray();
  return last?.['ts'];
}

const oplogOf = (db: Db): ReturnType<Db['collection']> => db.client.db('local').collection('oplog.rs');

async function writtenSince(db: Db, mark: unknown): Promise<number> {
  const entries = { ts: { $gt: mark }, op: { $ne: 'n' } };
  const sum = { $group: { _id: null, bytes: { $sum: { $bsonSize: '$$ROOT' } } } };
  const [found] = await oplogOf(db)
    .aggregate([{ $match: entries }, sum])
    .toArray();
  return Number(found?.['bytes'] ?? 0);
}

/** Watches the server for a round on so many documents. */
export async function watchServer(db: Db, documents: number): Promise<() => Promise<ServerUse>> {
  const [mark, before] = [await newest(db), await cpuMs(db)];
  return async () => {
    const used = (await cpuMs(db)) - before;
    return { cpuMs: used, oplogBytes: (await writtenSince(db, mark)) / documents };
  };
}
