import type { Document, Timestamp } from 'mongodb';
import type { Site } from './site.ts';

const oplog = (site: Site) => site.client().db('local').collection<{ ts: Timestamp } & Document>('oplog.rs');

/** The newest entry that the server has written. */
export async function now(site: Site): Promise<Timestamp> {
  const [newest] = await oplog(site).find().sort({ $natural: -1 }).limit(1).toArray();
  return newest!.ts;
}

/** Any database but the server's own. */
export const anywhere = /^(?!(?:admin|config|local)\.|$)/;

/** What was written to namespaces like this since, transactions included. */
export function written(site: Site, since: Timestamp, ns: RegExp): Promise<Document[]> {
  return oplog(site)
    .find({ ts: { $gt: since }, $or: [{ ns }, { 'o.applyOps.ns': ns }] })
    .toArray();
}
