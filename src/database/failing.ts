import { docOf, int, type Value } from '../state/value.ts';
import { DatabaseError, type Database } from './port.ts';
import { aggregateCommand, fastCount, readAll, sizeOf } from './read.ts';

/** Looking for a document on which an expression fails takes no longer than this, in milliseconds. */
const limitMs = 10_000;
const firstLook = 1000;

/** Some documents in the order of `_id`. */
interface Part {
  readonly skip: number;
  readonly limit: number;
}

/**
 * The `_id` of the first document, in their order, on which these stages fail as they did; null where none is found in time.
 * Reads only; the documents are asked for in ever larger parts, then the part that fails in halves.
 */
export async function firstFailing(
  db: Database,
  collection: string,
  stages: readonly Value[],
  failure: DatabaseError,
): Promise<readonly [Value] | null> {
  const until = performance.now() + limitMs;
  const inTime = () => ({ timeoutMs: Math.max(1, Math.ceil(until - performance.now())) });
  const some = ({ skip, limit }: Part): readonly Value[] => [
    docOf({ $sort: docOf({ _id: int(1) }) }),
    docOf({ $skip: int(skip) }),
    docOf({ $limit: int(limit) }),
  ];
  const fails = async (part: Part): Promise<boolean> => {
    try {
      // Every value that the stages make is measured: the server leaves out what nobody asks for.
      await sizeOf(db, collection, [...some(part), ...stages], inTime());
      return false;
    } catch (error) {
      if (error instanceof DatabaseError && error.code === failure.code) return true;
      throw error;
    }
  };
  try {
    const all = await fastCount(db, collection);
    let part: Part = { skip: 0, limit: firstLook };
    while (!(await fails(part))) {
      if (part.skip + part.limit >= all) return null;
      part = { skip: part.skip + part.limit, limit: part.limit * 2 };
    }
    while (part.limit > 1) {
      const half = { ...part, limit: Math.ceil(part.limit / 2) };
      part = (await fails(half)) ? half : { skip: part.skip + half.limit, limit: part.limit - half.limit };
    }
    const named = [...some(part), docOf({ $project: docOf({ _id: int(1) }) })];
    const [found] = await readAll(db, aggregateCommand(collection, named), inTime());
    return found === undefined ? null : [found.get('_id') as Value];
  } catch {
    return null;
  }
}
