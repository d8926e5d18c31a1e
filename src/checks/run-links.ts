import { valueOf } from '../database/bson.ts';
import type { Database } from '../database/port.ts';
import { aggregateCommand, fastCount, readBatches } from '../database/read.ts';
import { canonicalCollation, simpleCollation } from '../state/canonical/collation.ts';
import type { DatabaseState, LinkDeclaration } from '../state/types.ts';
import { type Doc, docOf, toNumber, type Value } from '../state/value.ts';
import { ask, type Extent, lookedAt, type Tally } from './count.ts';
import { keySourceOf } from './key-source.ts';
import { type KeySource, openKeys } from './key-stream.ts';
import { isNull, type Key } from './keys.ts';
import { mergeKeys } from './merge-keys.ts';
import { anyOf, distinctKeys, orphanPipeline } from './orphan-pipeline.ts';
import { samplePipeline } from './scan.ts';
import { type Orphans, type Suspects, suspectsOf } from './suspects.ts';

export interface OrphanTally extends Tally {
  /** References that are null or missing. */
  readonly nulls: number;
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
function byGroup(db: Database, extent: Extent, link: LinkDeclaration, collation: Doc): Promise<Orphans> {
  const command = aggregateCommand(extent.collection, lookedAt(extent, orphanPipeline(link)), collation);
  return addAll(db, command, suspectsOf(db, link, true));
}

/** Each different key is looked up: for few references to many documents. */
function byLookup(db: Database, extent: Extent, link: LinkDeclaration): Promise<Orphans> {
  const pipeline = lookedAt(extent, distinctKeys(link));
  return addAll(db, aggregateCommand(extent.collection, pipeline, simpleCollation), suspectsOf(db, link, false));
}

const keyValue = ({ type, bytes, start, end }: Key): Value =>
  valueOf(type, Uint8Array.prototype.subarray.call(bytes, start, end));

/** Two indexes, each read once in its order; null where they hold a key that only the server can compare. */
async function byMerge(
  db: Database,
  own: KeySource,
  theirs: KeySource,
  link: LinkDeclaration,
): Promise<Orphans | null> {
  const suspects = suspectsOf(db, link, false);
  const streams = [openKeys(db, own), openKeys(db, theirs)] as const;
  let nulls = 0;
  try {
    const isWhole = await mergeKeys(...streams, (key) => {
      if (!isNull(key)) return suspects.add(keyValue(key), 1, false);
      nulls += 1;
      return null;
    });
    if (!isWhole) return null;
    if (nulls > 0 && !link.optional) await suspects.add(null, nulls, false);
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
  link: LinkDeclaration,
  observed: DatabaseState,
): Promise<Orphans> {
  const { target } = link;
  const theirState = observed.collections[target.collection];
  const collation = canonicalCollation(theirState?.options['collation'] ?? simpleCollation) ?? simpleCollation;
  const isSimple = collation === simpleCollation;
  if (!isSimple) return byGroup(db, extent, link, collation);
  const theirs = await keySourceOf(db, target.collection, theirState, target.field, true);
  if (theirs === null) return byGroup(db, extent, link, collation);
  const count = await fastCount(db, target.collection);
  if (extent.sampled !== null || extent.documents * fewTimes < count) return byLookup(db, extent, link);
  const state = observed.collections[extent.collection];
  const own = await keySourceOf(db, extent.collection, state, link.field, link.optional);
  const merged = own === null ? null : await byMerge(db, own, theirs, link);
  return merged ?? byGroup(db, extent, link, collation);
}

/** Documents that refer to nothing. Reads only. */
export async function tallyOrphans(
  db: Database,
  extent: Extent,
  link: LinkDeclaration,
  observed: DatabaseState,
): Promise<OrphanTally> {
  const { references, nulls, keys, complete, fromArrays } = await findOrphans(db, extent, link, observed);
  if (references === 0) return { count: 0, nulls: 0, sample: [] };
  const whole = { ...extent, sampled: null };
  const collation = observed.collections[link.target.collection]?.options['collation'];
  const under = canonicalCollation(collation ?? simpleCollation) ?? simpleCollation;
  const found = await ask(db, whole, samplePipeline(anyOf(link.field, keys)), under);
  const sample = found.flatMap((each) => each.get('_id') ?? []);
  if (!fromArrays || !complete || extent.sampled !== null) return { count: references, nulls, sample };
  const holding = [docOf({ $match: anyOf(link.field, keys) }), docOf({ $count: 'n' })];
  const [documents] = await ask(db, whole, holding, under);
  return { count: toNumber(documents?.get('n')) ?? references, nulls, sample };
}
