import type { Database } from '../database/port.ts';
import { aggregateCommand, readAll } from '../database/read.ts';
import { enumKey } from '../state/same.ts';
import { simpleCollation } from '../state/canonical/collation.ts';
import type { LinkDeclaration } from '../state/types.ts';
import type { Value } from '../state/value.ts';
import { presentKeys } from './orphan-pipeline.ts';

/** Keys that lead to nothing, and how many references hold one of them. */
export interface Orphans {
  readonly references: number;
  /** Those of them that are null or missing. */
  readonly nulls: number;
  /** The first few of the keys, null among them. */
  readonly keys: readonly Value[];
  /** Whether `keys` are all there are. */
  readonly complete: boolean;
  /** Whether a key came from an array, so that a document may hold several. */
  readonly fromArrays: boolean;
}

/** Collects keys that may lead to nothing. */
export interface Suspects {
  /** Takes a key that `n` references hold; what it answers is to be waited for before the next one. */
  readonly add: (key: Value, n: number, fromArray: boolean) => Promise<void> | null;
  readonly end: () => Promise<Orphans>;
}

/** How many keys are looked up at once, and remembered. */
const atOnce = 1000;

/**
 * Suspects are looked up once more before they are told, all but null: between two reads of two collections a document
 * and what it refers to may both have been written. With `isSure` they are not: one read saw both sides.
 */
export function suspectsOf(db: Database, { target }: LinkDeclaration, isSure: boolean): Suspects {
  const pending = new Map<string, { readonly key: Value; n: number; fromArray: boolean }>();
  const keys: Value[] = [];
  let [references, nulls, complete, fromArrays] = [0, 0, true, false];

  const tell = (key: Value, n: number, fromArray: boolean): void => {
    references += n;
    if (key === null) nulls += n;
    fromArrays ||= fromArray;
    if (keys.length < atOnce) keys.push(key);
    else complete = false;
  };
  const lookUp = async (): Promise<void> => {
    const asked = [...pending.values()].map(({ key }) => key);
    const command = aggregateCommand(target.collection, presentKeys(target.field, asked), simpleCollation);
    const found = asked.length === 0 ? [] : await readAll(db, command);
    for (const each of found) pending.delete(enumKey(each.get('_id') ?? null));
    for (const { key, n, fromArray } of pending.values()) tell(key, n, fromArray);
    pending.clear();
  };

  return {
    add(key, n, fromArray) {
      if (key === null || isSure) {
        tell(key, n, fromArray);
        return null;
      }
      const known = pending.get(enumKey(key));
      if (known === undefined) pending.set(enumKey(key), { key, n, fromArray });
      else known.n += n;
      return pending.size < atOnce ? null : lookUp();
    },
    async end() {
      await lookUp();
      return { references, nulls, keys, complete, fromArrays };
    },
  };
}
