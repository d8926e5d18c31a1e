import { compareKeys, isComparable, isNull, type Key } from './keys.ts';
import type { KeyStream } from './key-stream.ts';

/** Steps on, into the next batch where one ends; false at the end of all. */
async function refill(stream: KeyStream): Promise<boolean> {
  return (await stream.fill()) && stream.step();
}

/**
 * Calls back for every key of `own` that `theirs` does not hold, null ones included; both in the order of their values.
 * Where `orphan` answers a promise, the merge waits for it. Answers false, at once, where a key is of a type that is
 * not compared here: what was called back until then is worth nothing.
 */
export async function mergeKeys(
  own: KeyStream,
  theirs: KeyStream,
  orphan: (key: Key) => Promise<void> | null,
): Promise<boolean> {
  /** Theirs that was stepped to; null at the end. */
  let held: Key | null | undefined;
  while (own.step() || (await refill(own))) {
    const key = own.key();
    if (!isComparable(key)) return false;
    if (!isNull(key)) {
      let order = held === undefined ? 1 : held === null ? -1 : compareKeys(key, held);
      while (order > 0) {
        held = theirs.step() || (await refill(theirs)) ? theirs.key() : null;
        if (held !== null && !isComparable(held)) return false;
        order = held === null ? -1 : compareKeys(key, held);
      }
      if (order === 0) continue;
    }
    const waiting = orphan(key);
    if (waiting !== null) await waiting;
  }
  return true;
}
