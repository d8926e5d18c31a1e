import { type Database, DatabaseError, isMomentary, isServerError } from '../database/port.ts';
import { aggregateCommand } from '../database/read.ts';
import { refusalOf } from '../database/refusal.ts';
import type { Value } from '../state/value.ts';
import { type Extent, lookedAt } from './count.ts';

/** What the login may not do is said of the whole command, not of one check. */
const isOfThePipeline = (error: unknown): error is DatabaseError =>
  error instanceof DatabaseError &&
  error.kind === 'server' &&
  !error.givenUp &&
  !isMomentary(error) &&
  !isServerError(error, 'forbidden');

/** Why the server did not answer a pipeline. Throws what is not about the pipeline. */
export async function whyRefused(
  db: Database,
  extent: Extent,
  pipeline: readonly Value[],
  error: unknown,
): Promise<string> {
  if (!isOfThePipeline(error)) throw error;
  return (await refusalOf(db, aggregateCommand(extent.collection, lookedAt(extent, pipeline)), error)).words;
}
