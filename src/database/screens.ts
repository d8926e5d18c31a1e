import type { Question } from '../planner/questions.ts';
import { fingerprint } from '../state/fingerprint.ts';
import type { Doc, Value } from '../state/value.ts';
import type { Database } from './port.ts';
import { aggregateCommand, readAll } from './read.ts';

type Screened = Pick<Question, 'collection' | 'collation' | 'screens'>;
/** Whether a pipeline yields anything. */
export type Yields = (collection: string, pipeline: readonly Value[], collation?: Doc) => Promise<boolean>;

export const yieldsFrom =
  (db: Database): Yields =>
  async (collection, pipeline, collation) =>
    (await readAll(db, aggregateCommand(collection, pipeline, collation))).length > 0;

/** The same for questions that the data answers alike. */
export const questionKey = ({
  collection,
  pipeline,
  collation,
}: Pick<Question, 'collection' | 'pipeline' | 'collation'>): string =>
  fingerprint({ collection, pipeline, collation: collation ?? null });

/** What several questions ask first is looked at once. */
export function once(yields: Yields): Yields {
  const known = new Map<string, Promise<boolean>>();
  return (collection, pipeline, collation) => {
    const key = questionKey({ collection, pipeline, ...(collation && { collation }) });
    const found = known.get(key) ?? yields(collection, pipeline, collation);
    known.set(key, found);
    return found;
  };
}

/** False where a cheaper look already tells that nothing would be found. */
export async function passesScreens(
  db: Database,
  { collection, collation, screens = [] }: Screened,
  yields: Yields = yieldsFrom(db),
): Promise<boolean> {
  for (const pipeline of screens) {
    if (await yields(collection, pipeline, collation)) return true;
  }
  return screens.length === 0;
}
