import { valueOf } from '../database/bson.ts';
import type { Database } from '../database/port.ts';
import { aggregateCommand, fastCount, readAll, readBatches } from '../database/read.ts';
import { canonicalCollation, simpleCollation } from '../state/canonical/collation.ts';
import type { DatabaseState } from '../state/types.ts';
import { type Doc, doc, docOf, int, toNumber, type Value } from '../state/value.ts';
import { ask, type Extent, lookedAt, type Tally } from './count.ts';
import { keySourceOf } from './key-source.ts';
import { type KeySource, openKeys } from './key-stream.ts';
import { isNull, type Key } from './keys.ts';
import { mergeKeys } from './merge-keys.ts';
import { distinctKeys, holdersPipeline, nullsPipeline, orphanPipeline } from './orphan-pipeline.ts';
import { countsAll, countsNone, type Reference } from './reference.ts';
import { samples } from './scan.ts';
import { type Orphans, type Suspects, suspectsOf } from './suspects.ts';

export interface OrphanTally extends Tally {
  /** References that are null or missing. */
  readonly nulls: number;
  /** False where more keys than are remembered stand in arrays: references were counted, not documents. */
  readonly exact: boolean;
}

async function addAll(db: Database, command: Doc, suspects: Suspects): Promise<Orphans> {
  for await (const batch of readBatches(db, command)) {
    for (const found of batch) {
      const n = toNumber(found.get('n')) ?? 0;
      await suspects.add(found.get('_id') ?? null, n, found.get('m') === true);
    }
  }
  return suspects.end();
}

/** Both sides in one `$group` of the server, under the collation of what is referenced. */
function byGroup(db: Database, extent: Extent, reference: Reference, collation: Doc): Promise<Orphans> {
  const command = aggregateCommand(extent.collection, lookedAt(extent, orphanPipeline(reference)), collation);
  return addAll(db, command, suspectsOf(db, reference.link, true));
}

/** Each different key is looked up: for few references to many documents. */
function byLookup(db: Database, extent: Extent, reference: Reference): Promise<Orphans> {
  const pipeline = lookedAt(extent, distinctKeys(reference));
  return addAll(
    db,
    aggregateCommand(extent.collection, pipeline, simpleCollation),
    suspectsOf(db, reference.link, false),
  );
}

const keyValue = ({ type, bytes, start, end }: Key): Value =>
  valueOf(type, Uint8Array.prototype.subarray.call(bytes, start, end));

/** How many of the keys that an index holds as null count: it does not tell null from missing. */
async function countedNulls(db: Database, collection: string, reference: Reference, nulls: number): Promise<number> {
  if (countsNone(reference.nulls)) return 0;
  if (countsAll(reference.nulls)) return nulls;
  const [found] = await readAll(db, aggregateCommand(collection, nullsPipeline(reference), simpleCollation));
  return toNumber(found?.get('n')) ?? 0;
}

/** Two indexes, each read once in its order; null where they hold a key that only the server can compare. */
async function byMerge(db: Database, own: KeySource, theirs: KeySource, reference: Reference): Promise<Orphans | null> {
  const suspects = suspectsOf(db, reference.link, false);
  const streams = [openKeys(db, own), openKeys(db, theirs)] as const;
  let nulls = 0;
  try {
    const isWhole = await mergeKeys(...streams, (key) => {
      if (!isNull(key)) return suspects.add(keyValue(key), 1, false);
      nulls += 1;
      return null;
    });
    if (!isWhole) return null;
    const counted = nulls === 0 ? 0 : await countedNulls(db, own.collection, reference, nulls);
    if (counted > 0) await suspects.add(null, counted, false);
    return await suspects.end();
  } finally {
    await Promise.all(streams.map((stream) => stream.close()));
  }
}

/** Fewer references than a tenth of what they may lead to are looked up one by one, where an index serves that. */
const fewTimes = 10;

async function findOrphans(
  db: Database,
  extent: Extent,
  reference: Reference,
  observed: DatabaseState,
): Promise<Orphans> {
  const { link } = reference;
  const { target } = link;
  const theirState = observed.collections[target.collection];
  const collation = canonicalCollation(theirState?.options['collation'] ?? simpleCollation) ?? simpleCollation;
  const isSimple = collation === simpleCollation;
  if (!isSimple) return byGroup(db, extent, reference, collation);
  const theirs = await keySourceOf(db, target.collection, theirState, target.field, true);
  if (theirs === null) return byGroup(db, extent, reference, collation);
  const count = await fastCount(db, target.collection);
  if (extent.sampled !== null || extent.documents * fewTimes < count) return byLookup(db, extent, reference);
  const state = observed.collections[extent.collection];
  const own = await keySourceOf(db, extent.collection, state, link.field, countsNone(reference.nulls));
  const merged = own === null ? null : await byMerge(db, own, theirs, reference);
  return merged ?? byGroup(db, extent, reference, collation);
}

/** Documents that refer to nothing. Reads only. */
export async function tallyOrphans(
  db: Database,
  extent: Extent,
  reference: Reference,
  observed: DatabaseState,
): Promise<OrphanTally> {
  const { references, nulls, keys, complete, fromArrays } = await findOrphans(db, extent, reference, observed);
  if (references === 0) return { count: 0, nulls: 0, exact: true, sample: [] };
  const whole = { ...extent, sampled: null };
  const collation = observed.collections[reference.link.target.collection]?.options['collation'];
  const under = canonicalCollation(collation ?? simpleCollation) ?? simpleCollation;
  const holders = holdersPipeline(reference, keys);
  const some = [docOf({ $limit: int(samples) }), docOf({ $project: doc(['_id', int(1)]) })];
  const idsOf = (found: readonly Doc[]): readonly Value[] => found.flatMap((each) => each.get('_id') ?? []);
  if (!fromArrays) {
    const sample = idsOf(await ask(db, whole, [...holders, ...some], under));
    return { count: references, nulls, exact: true, sample };
  }
  // A document may hold several of the keys.
  const once = docOf({ $group: docOf({ _id: '$_id' }) });
  const sample = idsOf(await ask(db, whole, [...holders, once, ...some], under));
  if (!complete || extent.sampled !== null) return { count: references, nulls, exact: complete, sample };
  const [documents] = await ask(db, whole, [...holders, once, docOf({ $count: 'n' })], under);
  return { count: toNumber(documents?.get('n')) ?? references, nulls, exact: true, sample };
}
