import type { Database } from '../database/port.ts';
import { aggregateCommand, fastCount, longestQuestionMs, readAll } from '../database/read.ts';
import { type Doc, docOf, int, isList, toNumber, type Value } from '../state/value.ts';
import { samples } from './scan.ts';

/** How many documents break a rule, and a few of them. */
export interface Tally {
  readonly count: number;
  readonly sample: readonly Value[];
}

export const none: Tally = { count: 0, sample: [] };

/** A `{ n, sample }` as the server answers it. */
export function tallyOf(found: Doc | undefined): Tally {
  const sample = found?.get('sample');
  return { count: toNumber(found?.get('n')) ?? 0, sample: isList(sample) ? sample.slice(0, samples) : [] };
}

/** A collection and how much of it is looked at. */
export interface Extent {
  readonly collection: string;
  readonly documents: number;
  /** Only so many of its documents, chosen at random; null: all. */
  readonly sampled: number | null;
}

export async function extentOf(db: Database, collection: string, sample: number | null): Promise<Extent> {
  const documents = await fastCount(db, collection);
  return { collection, documents, sampled: sample !== null && sample < documents ? sample : null };
}

/** A count of what was looked at, scaled up to the collection. */
export const scaled = (count: number, { documents, sampled }: Extent): number =>
  sampled === null ? count : Math.round((count / sampled) * documents);

/** A pipeline over the documents that are looked at. */
export function lookedAt({ sampled }: Extent, pipeline: readonly Value[]): readonly Value[] {
  return sampled === null ? pipeline : [docOf({ $sample: docOf({ size: int(sampled) }) }), ...pipeline];
}

/** What a pipeline over the documents that are looked at yields. */
export async function ask(
  db: Database,
  extent: Extent,
  pipeline: readonly Value[],
  collation?: Doc,
): Promise<readonly Doc[]> {
  const command = aggregateCommand(extent.collection, lookedAt(extent, pipeline), collation);
  return readAll(db, command, { timeoutMs: longestQuestionMs });
}
