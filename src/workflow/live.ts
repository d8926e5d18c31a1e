import { readRuns } from '../applier/runs.ts';
import { halfTakenBack, readUnits, type UnitEntry } from '../applier/journal.ts';
import { readLedger } from '../applier/ledger.ts';
import { unfinishedCopies } from '../applier/unfinished.ts';
import { record } from '../state/normalise.ts';
import { store } from '../applier/store.ts';
import { collectionUuid, introspect, type Observed, visibleDatabases } from '../database/introspect.ts';
import type { Database, ServerInfo } from '../database/port.ts';
import { fastCount } from '../database/read.ts';
import type { Hazard, LedgerEntry, Note, Target } from '../planner/contract.ts';
import { since } from '../planner/versions.ts';
import { fingerprint } from '../state/fingerprint.ts';
import type { CollectionType } from '../state/types.ts';
import { isOpen, type Run } from '../state/runs.ts';
import { version } from '../version.ts';

/** The name and version under which plans and runs are recorded. */
export const tool = `schemactl ${version}`;

/** A database as it stands, with what this tool remembers of it. */
export interface Live {
  readonly observed: Observed;
  /** What was applied, without what an unfinished rollback has begun to take back. */
  readonly ledger: ReadonlyMap<string, LedgerEntry>;
  readonly runs: readonly Run[];
  /** The UUID of the lock collection; null before the first apply of all that share it. */
  readonly lockUuid: string | null;
  /** Other databases with something in them; null where they may not be listed. */
  readonly databases: readonly string[] | null;
}

/** The structure as it is once copies that were cut off are given up: whatever comes next gives them up first. */
function withoutCopies(observed: Observed, unfinished: readonly UnitEntry[]): Observed {
  const copies = unfinishedCopies(unfinished, observed.uuids);
  if (copies.length === 0) return observed;
  const collections = Object.fromEntries(copies.map(({ op, state }) => [op.from, state]));
  const uuids = Object.fromEntries(copies.map(({ op, uuid }) => [op.from, uuid]));
  return {
    ...observed,
    state: { collections: record(Object.entries({ ...observed.state.collections, ...collections })) },
    uuids: record(Object.entries({ ...observed.uuids, ...uuids })),
  };
}

/** Reads everything a plan is made from. Reads only. */
export async function readLive(db: Database): Promise<Live> {
  const [found, recorded, runs, lockUuid, databases] = await Promise.all([
    introspect(db),
    readLedger(db),
    readRuns(db),
    collectionUuid(db.records, store.lock),
    visibleDatabases(db).catch(() => null),
  ]);
  const newest = runs.at(-1);
  const unfinished = isOpen(newest) ? await readUnits(db, newest.run) : [];
  const unsettled = halfTakenBack(unfinished);
  const observed = withoutCopies(found, unfinished);
  const ledger = new Map([...recorded].filter(([address]) => !unsettled.includes(address)));
  return { observed, ledger, runs, lockUuid, databases };
}

const isStored = (type: CollectionType | undefined): boolean => type === 'collection' || type === 'timeseries';

/** Documents by collection, by the server's metadata; views, and collections that do not exist, hold none. */
export async function countDocuments(
  db: Database,
  observed: Observed,
  collections: Iterable<string>,
): Promise<ReadonlyMap<string, number>> {
  const existing = [...new Set(collections)].filter((name) => isStored(observed.state.collections[name]?.type));
  return new Map(await Promise.all(existing.map(async (name) => [name, await fastCount(db, name)] as const)));
}

const membersIdentity = ({ name, server }: Database): string =>
  fingerprint({ database: name, members: server.members });

/** What a target may be recognised by: its lock collection once there is one, its members before. */
function identities(db: Database, { lockUuid: lock }: Pick<Live, 'lockUuid'>): readonly string[] {
  const own = lock === null ? [] : [fingerprint({ database: db.name, set: db.server.setName, lock })];
  return [...own, membersIdentity(db)];
}

/** This very database: a copy of it has another lock collection. */
export function targetOf(db: Database, live: Pick<Live, 'lockUuid'>): Target {
  const { server } = db;
  return {
    database: db.name,
    server: server.version,
    topology: server.setName === null ? server.topology : `${server.topology} ${server.setName}`,
    identity: identities(db, live)[0] as string,
  };
}

/** Whether a plan was made for this database. One made before the first apply names the members. */
export function isTarget(db: Database, live: Pick<Live, 'lockUuid'>, target: Target): boolean {
  return target.database === db.name && identities(db, live).includes(target.identity);
}

/** The hazard of a misspelt database name: it does not exist, others do. */
export function emptyTarget(db: Database, { observed, databases }: Live): readonly Hazard[] {
  const others = (databases ?? []).filter((name) => name !== db.name && name !== db.records.name);
  const isEmpty = Object.keys(observed.state.collections).length === 0;
  if (!isEmpty || others.length === 0 || databases?.includes(db.name) === true) return [];
  const shown = `${others.slice(0, 8).join(', ')}${others.length > 8 ? ', …' : ''}`;
  return [
    {
      code: 'empty-target',
      address: db.name,
      message: `there is no database "${db.name}"; it would be created beside: ${shown}`,
    },
  ];
}

/** A database by its name, and what is known of its server. */
export interface ServedDatabase {
  readonly name: string;
  readonly server: Pick<ServerInfo, 'version' | 'topology'>;
}

/** Servers from here on are newer than what this version was tested on. */
export const newestTested = '6.1.0';

/** What cannot be promised here, said with every plan. */
export function serverNotes({ name, server }: ServedDatabase): readonly Note[] {
  const notes: Note[] = [];
  if (since(server.version, newestTested)) {
    notes.push({
      code: 'newer-server',
      address: name,
      message: `MongoDB ${server.version} is newer than the servers this version was tested on (4.4 to 6.0)`,
    });
  }
  if (server.topology === 'standalone') {
    notes.push({
      code: 'standalone',
      address: name,
      message:
        'a standalone server has no transactions: a batch that outlives its lease may still finish, and a crash may leave one batch recorded but not written',
    });
  }
  return notes;
}
