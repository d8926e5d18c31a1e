import pMap from 'p-map';
import { collectionFromListing, indexFromListing, record } from '../state/normalise.ts';
import type { CollectionState, DatabaseState, IndexState } from '../state/types.ts';
import { type Doc, docOf, int, isDoc, isScalar, type Value } from '../state/value.ts';
import { isServerError, type Database } from './port.ts';
import { readAll } from './read.ts';

/** A database as it is now: its structure, and what only the live server knows. */
export interface Observed {
  readonly state: DatabaseState;
  /** Collection UUIDs as hex; views have none. */
  readonly uuids: Readonly<Record<string, string>>;
  /** Unfinished index builds by collection; they are not in `state`, since a build may still fail. */
  readonly building: Readonly<Record<string, readonly Named[]>>;
}

/** At this many the server is busy enough; more only queues (measured on 6.0.5). */
const concurrency = 16;

function uuidOf(info: Doc): string | null {
  const details = info.get('info');
  const uuid = isDoc(details) ? details.get('uuid') : undefined;
  return isScalar(uuid) ? Buffer.from(uuid.text.slice(3), 'base64').toString('hex') : null;
}

type Named = ReturnType<typeof indexFromListing>;

interface Listing {
  readonly indexes: readonly Named[];
  readonly building: readonly Named[];
}

/** includeBuildUUIDs tells an unfinished build from a ready index (4.4 to 6.0): `{ spec, buildUUID }`. */
async function listIndexes(db: Database, collection: string): Promise<Listing> {
  const command = docOf({ listIndexes: collection, includeBuildUUIDs: true, cursor: docOf({ batchSize: int(200) }) });
  const entries = await readAll(db, command).catch((error: unknown) => {
    if (isServerError(error, 'NamespaceNotFound')) return [];
    throw error;
  });
  const indexes: Named[] = [];
  const building: Named[] = [];
  for (const entry of entries) {
    const spec = (entry.get('spec') ?? entry) as Doc;
    // A clustered index is an option of its collection; listIndexes shows it too (6.0).
    if (spec.get('clustered') !== true) (entry.has('buildUUID') ? building : indexes).push(indexFromListing(spec));
  }
  return { indexes, building };
}

const isSystem = (name: string): boolean => name.startsWith('system.');
const withoutIndexes: Listing = { indexes: [], building: [] };

/** The structure of the database, or of the collections that `filter` (a listCollections filter) leaves. */
export async function introspect(db: Database, filter: Doc = docOf({})): Promise<Observed> {
  const command = docOf({ listCollections: int(1), filter, cursor: docOf({ batchSize: int(10_000) }) });
  const infos = (await readAll(db, command)).filter((info) => !isSystem(String(info.get('name'))));
  const sorted = [...infos].sort((a, b) => (String(a.get('name')) < String(b.get('name')) ? -1 : 1));
  const found = await pMap(
    sorted,
    async (info): Promise<readonly [string, CollectionState, Listing, string | null]> => {
      const name = String(info.get('name'));
      const listing = info.get('type') === 'view' ? withoutIndexes : await listIndexes(db, name);
      return [name, collectionFromListing(info, listing.indexes), listing, uuidOf(info)];
    },
    { concurrency },
  );
  return {
    state: { collections: record(found.map(([name, collection]) => [name, collection])) },
    uuids: record(found.flatMap(([name, , , uuid]) => (uuid === null ? [] : [[name, uuid] as const]))),
    building: record(
      found.flatMap(([name, , { building }]) => (building.length === 0 ? [] : [[name, building] as const])),
    ),
  };
}

/** The structure with unfinished builds in it: the server goes on with them, so a rollback has to reckon with them. */
export function withUnfinished({ state, building }: Observed): DatabaseState {
  const entries = Object.entries(state.collections).map(([name, collection]): [string, CollectionState] => {
    const builds = (building[name] ?? []).map((build): [string, IndexState] => [build.name, build.index]);
    return [name, { ...collection, indexes: record([...Object.entries(collection.indexes), ...builds]) }];
  });
  return { collections: record(entries) };
}

/** One collection as it is now, or null. */
export async function introspectCollection(
  db: Database,
  name: string,
): Promise<{
  readonly state: CollectionState;
  readonly uuid: string | null;
  readonly building: readonly Named[];
} | null> {
  const observed = await introspect(db, docOf({ name }));
  const state = observed.state.collections[name];
  if (state === undefined) return null;
  return { state, uuid: observed.uuids[name] ?? null, building: observed.building[name] ?? [] };
}

/** The UUID of a collection as hex; null where there is none. */
export async function collectionUuid(db: Database, name: string): Promise<string | null> {
  const [info] = await readAll(db, docOf({ listCollections: int(1), filter: docOf({ name }) }));
  return info === undefined ? null : uuidOf(info);
}

/** Names of databases that hold something and are not the server's own. */
export async function visibleDatabases(db: Database): Promise<readonly string[]> {
  const reply = await db.run(docOf({ listDatabases: int(1), nameOnly: true, authorizedDatabases: true }), {
    on: 'admin',
  });
  const own = new Set(['admin', 'config', 'local']);
  const listed = reply.get('databases');
  return (Array.isArray(listed) ? (listed as readonly Value[]) : [])
    .filter(isDoc)
    .map((entry) => String(entry.get('name')))
    .filter((name) => !own.has(name))
    .sort();
}
