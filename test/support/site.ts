import { homedir } from 'node:os';
import { type Db, type Document, MongoClient } from 'mongodb';
import { ConnectionString } from 'mongodb-connection-string-url';
import { afterAll, beforeAll, expect, inject } from 'vitest';
import { databaseHash } from '../../demo/hash.ts';
import { defaultCacheDir, type ServerVersion } from '../../src/embedded/resolve.ts';
import { type EmbeddedServer, type StartOptions, startEmbedded } from '../../src/embedded/start.ts';
import { type CliOptions, type Ran, spawnCli } from './cli.ts';
import { here } from './here.ts';

/** A command line that runs; a plain object, so that a promise of it does not wait for its end. */
export interface Running {
  readonly pid: number;
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly hasEnded: () => boolean;
  readonly done: Promise<Ran>;
}

/** A database of a test file's own, and the command line pointed at it. */
export interface Site {
  readonly name: string;
  readonly client: () => MongoClient;
  readonly db: () => Db;
  readonly uri: () => string;
  /** The server's processes, where it is the file's own. */
  readonly pids: () => readonly number[];
  /** The database without anything in it but the empty collection `other`, so that it exists. */
  readonly fresh: () => Promise<Db>;
  /** Runs a command line to its end, within this process. */
  readonly run: (args: readonly string[], options?: CliOptions) => Promise<Ran>;
  /** The built command line as a process: to be signalled, killed, run beside another, or looked at as one. */
  readonly spawn: (args: readonly string[], options?: CliOptions) => Running;
  /** Everything an application sees: documents byte by byte, collections, indexes. */
  readonly hash: () => Promise<string>;
}

type ServerOptions = Pick<StartOptions, 'standalone' | 'auth' | 'args' | 'members'>;

/** The run's server, or one of the file's own: fail points and paused processes are no neighbours' business. */
export function useSite(name: string, own?: ServerOptions): Site {
  const database = `test_${name}`;
  let server: EmbeddedServer | null = null;
  let client: MongoClient;
  let base: string;
  beforeAll(async () => {
    if (own !== undefined) server = await startOwn(own);
    base = server?.uri ?? inject('uri');
    client = await new MongoClient(base).connect();
    await client.db(database).dropDatabase();
  });
  afterAll(async () => {
    await client
      .db(database)
      .dropDatabase()
      .catch(() => false);
    await client.close();
    await server?.stop();
  });
  const uri = (): string => {
    const url = new ConnectionString(base);
    url.pathname = `/${database}`;
    if (own?.auth === true) url.searchParams.set('authSource', 'admin');
    return url.toString();
  };
  return {
    name: database,
    client: () => client,
    db: () => client.db(database),
    uri,
    pids: () => server?.pids ?? [],
    fresh: async () => {
      await client.db(database).dropDatabase();
      await client.db(database).createCollection('other');
      return client.db(database);
    },
    run: (args, options) => here(uri(), args, options),
    spawn: (args, options) => started(spawnCli(database, args, { uri: uri(), ...options })),
    hash: () => databaseHash(client.db(database)),
  };
}

function started(child: ReturnType<typeof spawnCli>): Running {
  return {
    pid: child.pid ?? 0,
    kill: (signal) => void child.kill(signal),
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    done: child.then(({ exitCode, stdout, stderr }) => ({ code: exitCode, out: stdout, err: stderr })),
  };
}

function startOwn(options: ServerOptions): Promise<EmbeddedServer> {
  return startEmbedded({
    env: process.env,
    cacheDir: defaultCacheDir(process.env, homedir()),
    version: inject('server') as ServerVersion,
    announce: () => undefined,
    ...options,
  });
}

/** Runs a command line and expects this exit code; what it said is shown where it differs. */
export async function must(code: number, ran: Promise<Ran>): Promise<Ran> {
  const result = await ran;
  expect(result.code, `${result.out}\n${result.err}`).toBe(code);
  return result;
}

export const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Asks until the answer is true. */
export async function until(ask: () => Promise<boolean>, milliseconds = 20_000): Promise<void> {
  const deadline = performance.now() + milliseconds;
  while (!(await ask())) {
    if (performance.now() > deadline) throw new Error('waited in vain');
    await sleep(20);
  }
}

/** Every document of a collection in the order of `_id`, as a plain object. */
export function documentsOf(db: Db, collection: string, filter: Document = {}): Promise<Document[]> {
  return db.collection(collection).find(filter).sort({ _id: 1 }).toArray();
}

/** The names of a collection's indexes but that on `_id`, sorted. */
export async function indexesOf(db: Db, collection: string): Promise<readonly string[]> {
  const found = await db.collection(collection).listIndexes().toArray();
  return found
    .map(({ name }) => String(name))
    .filter((name) => name !== '_id_')
    .sort();
}

/** A plan as JSON. */
export async function planOf(site: Site, args: readonly string[] = []): Promise<Document> {
  const { out } = await must(0, site.run(['plan', '--format', 'json', ...args]));
  return JSON.parse(out) as Document;
}

interface Milestone {
  readonly id: string;
  readonly state: string;
}

/** The states of the milestones by id. */
export async function milestones(site: Site, args: readonly string[] = []): Promise<Readonly<Record<string, string>>> {
  const { out } = await must(0, site.run(['status', '--format', 'json', ...args]));
  const { milestones: found } = JSON.parse(out) as { readonly milestones: readonly Milestone[] };
  return Object.fromEntries(found.map(({ id, state }) => [id, state]));
}

/** Every document in our own collections of this name. */
export const own = (db: Db, name: 'lock' | 'runs' | 'steps' | 'objects' | 'undo'): Promise<Document[]> =>
  db.collection(`schemactl_${name}`).find().sort({ _id: 1 }).toArray();

/** The names of our own collections, sorted: none as long as nothing was written. */
export async function ours(site: Site): Promise<readonly string[]> {
  const found = await site.db().listCollections({}, { nameOnly: true }).toArray();
  return found
    .map(({ name }) => name)
    .filter((name) => name.startsWith('schemactl_'))
    .sort();
}
