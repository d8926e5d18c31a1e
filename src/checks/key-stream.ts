import type { Database, RawCursor } from '../database/port.ts';
import { doc, docOf, int } from '../state/value.ts';
import { type Key, onlyValue } from './keys.ts';

/** The keys of an index in its order, one at a time; two batches at most are held. */
export interface KeyStream {
  /** The key that was stepped to. */
  readonly key: () => Key;
  /** Steps to the next key of this batch; false where it has none. */
  readonly step: () => boolean;
  /** Fetches the next batch; false at the end. */
  readonly fill: () => Promise<boolean>;
  readonly close: () => Promise<void>;
}

/** An index that holds every value of a field, and nothing but values. */
export interface KeySource {
  readonly collection: string;
  readonly field: string;
  readonly index: string;
}

/** About a megabyte of short keys: enough that a round trip is nothing beside it. */
const batchSize = int(20_000);

/** The covered read of an index; reading it touches no document. */
export const keysCommand = ({ collection, field, index }: KeySource) =>
  docOf({
    find: collection,
    filter: docOf({}),
    projection: doc([field, int(1)], ...(field === '_id' ? [] : [['_id', int(0)] as const])),
    sort: doc([field, int(1)]),
    hint: index,
    batchSize,
  });

/** The next batch is on its way while this one is gone through. */
function ahead(cursor: RawCursor): () => Promise<Uint8Array | null> {
  const fetch = (): Promise<Uint8Array | null> => {
    const batch = cursor.next();
    batch.catch(() => undefined);
    return batch;
  };
  let coming: Promise<Uint8Array | null> | null = null;
  return async () => {
    const batch = await (coming ?? fetch());
    coming = batch === null ? Promise.resolve(null) : fetch();
    return batch;
  };
}

const emptyArray = 5;

/** Opens the keys of an index; nothing is read before the first `fill`. */
export function openKeys(db: Database, source: KeySource): KeyStream {
  const cursor = db.cursor(keysCommand(source));
  const next = ahead(cursor);
  const depth = source.field.split('.').length;
  let bytes: Uint8Array = new Uint8Array(emptyArray);
  let view = new DataView(bytes.buffer);
  let at = 4;
  let key: Key = onlyValue(bytes, view, 0, 0);
  return {
    key: () => key,
    step() {
      if (at >= bytes.length - 1) return false;
      // An element of the array: its type, its number as text, then the document.
      let start = at + 1;
      while (bytes[start] !== 0) start += 1;
      start += 1;
      key = onlyValue(bytes, view, start, depth);
      at = start + view.getInt32(start, true);
      return true;
    },
    async fill() {
      let batch = await next();
      while (batch !== null && batch.length <= emptyArray) batch = await next();
      if (batch === null) return false;
      bytes = batch;
      view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength);
      at = 4;
      return true;
    },
    close: () => cursor.close(),
  };
}
