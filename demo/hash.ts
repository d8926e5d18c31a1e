import { createHash, type Hash } from 'node:crypto';
import { BSON, type Db, type Document } from 'mongodb';

function add(hash: Hash, bytes: Uint8Array): void {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, bytes.length);
  hash.update(length).update(bytes);
}

interface Named {
  readonly name: string;
}

interface FoundCollection extends Named {
  readonly type: string;
  readonly options?: Document;
}

const byName = (a: Named, b: Named): number => (a.name < b.name ? -1 : 1);

/** 4.4 lists the members of an index in another order once it was built again, and a TTL as long once it was changed. */
function asAnyServer(spec: Document): Document {
  const members = Object.entries(spec).map(([name, value]): [string, unknown] => {
    return [name, name === 'expireAfterSeconds' ? Number(value) : value];
  });
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function addCollection(hash: Hash, db: Db, name: string): Promise<void> {
  // Not promoted, so that an index on 1 and one on 1.0 differ.
  const indexes = (await db.collection(name).listIndexes({ promoteValues: false }).toArray()) as (Named & Document)[];
  for (const { v: _, ...spec } of indexes.sort(byName)) {
    add(hash, BSON.serialize(asAnyServer(spec)));
  }
  const documents = db.collection<Uint8Array>(name).find({}, { raw: true, batchSize: 10_000 }).sort({ _id: 1 });
  for await (const bytes of documents) add(hash, bytes);
}

/** Level and action are listed for ever once a validator was there, and no limit of a capped one as its largest number. */
function withoutDefaults(options: Document): Document {
  const defaults: Readonly<Record<string, unknown>> = {
    validationLevel: 'strict',
    validationAction: 'error',
    max: 2 ** 31 - 1,
  };
  return Object.fromEntries(
    Object.entries(options).filter(([name, value]) => Number(value) !== defaults[name] && value !== defaults[name]),
  );
}

/**
 * A sha256, in hex, over all that an application sees of a database: every collection by name with its options, its
 * indexes by name with all they say but the version of their format, and the bytes of its documents in the order of
 * `_id`. What schemactl keeps for itself, in collections named `schemactl_*`, does not count.
 */
export async function databaseHash(db: Db): Promise<string> {
  const hash = createHash('sha256');
  const found = (await db.listCollections({}, { promoteValues: false }).toArray()) as FoundCollection[];
  for (const { name, type, options } of found.sort(byName)) {
    if (/^(schemactl_|system\.)/.test(name)) continue;
    add(hash, BSON.serialize({ name, type, options: withoutDefaults(options ?? {}) }));
    if (type !== 'view') await addCollection(hash, db, name);
  }
  return hash.digest('hex');
}
