import { docOf, int, type Value } from '../state/value.ts';
import { DatabaseError, type Database } from './port.ts';
import { aggregateCommand, fastCount, readAll } from './read.ts';

/** Looking for a document on which an expression fails takes no longer than this, in milliseconds. */
const limitMs = 10_000;
const firstLook = 1000;

/** Some documents in the order of `_id`. */
interface Part {
  readonly skip: number;
  readonly limit: number;
}

/** Every value that the stages make is looked at: the server leaves out what nobody asks for. */
const everyValue = docOf({ $group: docOf({ _id: null, bytes: docOf({ $sum: docOf({ $bsonSize: '$$ROOT' }) }) }) });

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
  const read = (part: Part, rest: readonly Value[]) => {
    const some = [
      docOf({ $sort: docOf({ _id: int(1) }) }),
      docOf({ $skip: int(part.skip) }),
      docOf({ $limit: int(part.limit) }),
    ];
    const timeoutMs = Math.max(1, Math.ceil(until - performance.now()));
    return readAll(db, aggregateCommand(collection, [...some, ...rest]), { timeoutMs });
  };
  const fails = async (part: Part): Promise<boolean> => {
    try {
      await read(part, [...stages, everyValue]);
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
    const [found] = await read(part, [docOf({ $project: docOf({ _id: int(1) }) })]);
    return found === undefined ? null : [found.get('_id') as Value];
  } catch {
    return null;
  }
}
