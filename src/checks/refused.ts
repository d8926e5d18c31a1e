import { DatabaseError, type Database, isPassing, isServerError } from '../database/port.ts';
import { aggregateCommand } from '../database/read.ts';
import { docOf, type Value } from '../state/value.ts';
import { type Extent, lookedAt } from './count.ts';

/** What the login may not do is said of the whole command, not of one check. */
const isOfThePipeline = (error: unknown): error is DatabaseError =>
  error instanceof DatabaseError &&
  error.kind === 'server' &&
  !error.givenUp &&
  !isPassing(error) &&
  !isServerError(error, 'forbidden');

const numbered = ({ code, codeName }: DatabaseError): string => `${code ?? ''} ${codeName}`.trim();

/**
 * Why the server did not answer a pipeline. Its own words are repeated only where it cannot even plan the pipeline, and so has
 * seen no document: words about a document may hold its values. Throws what is not about the pipeline.
 */
export async function whyRefused(
  db: Database,
  extent: Extent,
  pipeline: readonly Value[],
  error: unknown,
): Promise<string> {
  if (!isOfThePipeline(error)) throw error;
  const command = aggregateCommand(extent.collection, lookedAt(extent, pipeline));
  try {
    await db.run(docOf({ explain: command, verbosity: 'queryPlanner' }));
  } catch (refused) {
    if (!isOfThePipeline(refused)) throw refused;
    return `the server cannot run it: ${numbered(refused)}: ${refused.message}`;
  }
  return `the server failed on what a document holds: ${numbered(error)}`;
}
