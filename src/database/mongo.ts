import { type ClientSession, type Db, MongoClient, MongoError, type MongoClientOptions, WriteConcern } from 'mongodb';
import { ConnectionString } from 'mongodb-connection-string-url';
import pRetry from 'p-retry';
import { exitCodes, SchemactlError } from '../errors.ts';
import { type Doc, docOf, int, isDoc, isList, scalar, toNumber } from '../state/value.ts';
import { cursorReply, fromReply, toCommand } from './bson.ts';
import { asConnectError, asDatabaseError, askingWithoutDocuments } from './driver-errors.ts';
import {
  type Database,
  DatabaseError,
  type RawCursor,
  type RunOptions,
  type ServerInfo,
  type Session,
  type Topology,
} from './port.ts';
import { type AskWithoutDocuments, shownWords } from './without-documents.ts';

interface MongoSession extends Session {
  readonly native: ClientSession;
}

export interface ConnectOptions {
  readonly url: string;
  readonly database: string;
  /** The database that keeps the records; without one it is `database`. */
  readonly stateDatabase?: string | null;
  /** Milliseconds until a server must have answered. */
  readonly connectTimeoutMs: number;
  /** Told of each command once it was answered; never what it held. */
  readonly trace?: ((line: string) => void) | null;
}

const majority = { w: 'majority', j: true } as const;

/** What a URI may not weaken: an apply that is not majority-acknowledged on the primary promises nothing. */
const clientOptions: MongoClientOptions = {
  readPreference: 'primary',
  retryWrites: true,
  writeConcern: majority,
  appName: 'schemactl',
  ignoreUndefined: false,
};

/** Errors inside an ok reply of a write: the first write error, else the write concern's. */
async function assertWritten(reply: Doc, command: Doc, ask: AskWithoutDocuments): Promise<void> {
  const errors = reply.get('writeErrors');
  const [first] = isList(errors) ? errors : [];
  const failure = first ?? reply.get('writeConcernError');
  if (!isDoc(failure)) return;
  const code = toNumber(failure.get('code')) ?? null;
  const about = failure.get('errInfo');
  const id = isDoc(about) ? about.get('failingDocumentId') : undefined;
  const codeName = String(failure.get('codeName') ?? '');
  throw new DatabaseError(await shownWords({ code, codeName, message: String(failure.get('errmsg')) }, command, ask), {
    kind: 'server',
    code,
    codeName,
    document: id === undefined ? null : [id],
  });
}

/** Everything is read from the primary; what goes with another preference only, the driver would refuse. */
function fromPrimary(url: string): string {
  const given = new ConnectionString(url);
  for (const name of ['readPreference', 'readPreferenceTags', 'maxStalenessSeconds']) given.searchParams.delete(name);
  return given.toString();
}

function makeClient(options: ConnectOptions): MongoClient {
  try {
    const { url, connectTimeoutMs: serverSelectionTimeoutMS, trace = null } = options;
    return new MongoClient(fromPrimary(url), {
      ...clientOptions,
      serverSelectionTimeoutMS,
      monitorCommands: trace !== null,
    });
  } catch (cause) {
    throw new SchemactlError('The connection string cannot be read.', {
      code: 'SCH7802',
      exitCode: exitCodes.configuration,
      details: [
        'It must look like mongodb://user:password@host:27017/database; special characters in the password are percent-encoded.',
      ],
      next: [
        'Check the variable named by --url-env (default MONGODB_URI); its value is not shown, it may hold a password.',
      ],
      cause,
    });
  }
}

/** The driver keeps up with every member; one that it cannot reach is of type Unknown. */
function watchMembers(client: MongoClient): () => readonly string[] {
  let silent: readonly string[] = [];
  client.on('topologyDescriptionChanged', ({ newDescription: { servers } }) => {
    silent = [...servers.values()].filter(({ type }) => type === 'Unknown').map(({ address }) => address);
  });
  return () => silent;
}

/** Says of each command what it was, on which collection, and how long it took; never what it held. */
function watchCommands(client: MongoClient, trace: (line: string) => void): void {
  const subjects = new Map<number, string>();
  client.on('commandStarted', ({ requestId, commandName, databaseName, command }) => {
    const first: unknown = command[commandName];
    const subject = typeof first === 'string' ? `${databaseName}.${first}` : databaseName;
    subjects.set(requestId, `${commandName} ${subject}`);
  });
  const ended = (requestId: number, duration: number, how: string): void => {
    trace(`${subjects.get(requestId) ?? ''}, ${Math.round(duration)} ms${how}`);
    subjects.delete(requestId);
  };
  client.on('commandSucceeded', ({ requestId, duration }) => {
    ended(requestId, duration, '');
  });
  client.on('commandFailed', ({ requestId, duration, failure }) => {
    ended(requestId, duration, `, failed: ${failure.name}`);
  });
}

async function serverInfo(client: MongoClient): Promise<ServerInfo> {
  const admin = client.db('admin');
  const [hello, build] = await Promise.all([admin.command({ hello: 1 }), admin.command({ buildInfo: 1 })]);
  const topology: Topology =
    hello['msg'] === 'isdbgrid' ? 'mongos' : typeof hello['setName'] === 'string' ? 'replicaSet' : 'standalone';
  return {
    version: String(build['version']),
    topology,
    setName: topology === 'replicaSet' ? String(hello['setName']) : null,
    members: topology === 'replicaSet' ? [...(hello['hosts'] as string[])].sort() : [],
  };
}

/**
 * Opens a database. Throws SchemactlError 78 for a connection string, or a file named by it, that cannot be read,
 * DatabaseError of kind `unreachable` or `authentication` otherwise.
 */
export async function connect(options: ConnectOptions): Promise<Database> {
  const client = makeClient(options);
  try {
    const silentMembers = watchMembers(client);
    if (options.trace != null) watchCommands(client, options.trace);
    await client.connect();
    return openDatabase(client, options, await serverInfo(client), silentMembers);
  } catch (error) {
    await client.close();
    throw asConnectError(error);
  }
}

function sessionIdOf(session: ClientSession): string {
  return Buffer.from(session.id?.id.buffer ?? []).toString('hex');
}

/** `about`: the command that a getMore goes on with. */
type Send = (command: Doc, options: RunOptions, about?: Doc) => Promise<Record<string, unknown>>;

function openCursor(client: MongoClient, send: Send, command: Doc, options: RunOptions): RawCursor {
  const own = options.session === undefined ? client.startSession() : null;
  const session: MongoSession | undefined = own === null ? undefined : { inTransaction: true, native: own };
  const { timeoutMs: _, ...rest } = { ...options, ...(session === undefined ? {} : { session }) };
  let left: { readonly id: string; readonly collection: string } | null = null;
  let state: 'new' | 'open' | 'done' = 'new';
  const end = async (): Promise<void> => {
    state = 'done';
    await own?.endSession();
  };
  const nextCommand = (): Doc =>
    left === null ? command : docOf({ getMore: scalar('long', left.id), collection: left.collection });
  return {
    next: async () => {
      if (state === 'done') return null;
      const { id, collection, documents } = cursorReply(
        await send(nextCommand(), state === 'new' ? { ...options, ...rest } : rest, command),
      );
      [state, left] = ['open', { id, collection }];
      if (id === '0') await end();
      return documents;
    },
    close: async () => {
      if (state === 'open' && left !== null) {
        const { id, collection } = left;
        await send(docOf({ killCursors: collection, cursors: [scalar('long', id)] }), rest).catch(() => undefined);
      }
      if (state !== 'done') await end();
    },
  };
}

/** What makes a command outlive any minority of the members. */
function lasting(body: Record<string, unknown>, { topology }: ServerInfo): void {
  body['writeConcern'] = majority;
  if ('createIndexes' in body && topology === 'replicaSet') body['commitQuorum'] = majority.w;
}

function openDatabase(
  client: MongoClient,
  { database: name, stateDatabase }: ConnectOptions,
  server: ServerInfo,
  silentMembers: () => readonly string[],
): Database {
  let hungUp = false;
  const isClosed = (): boolean => hungUp;
  const closed = (cause?: unknown): DatabaseError =>
    new DatabaseError('the connection was closed on this side', { kind: 'closed', cause });
  const targetOf = (database: string, { on = 'database' }: RunOptions): Db =>
    client.db(on === 'database' ? database : on);
  const sendTo = async (
    database: string,
    command: Doc,
    options: RunOptions,
    about: Doc,
  ): Promise<Record<string, unknown>> => {
    const target = targetOf(database, options);
    const body = toCommand(command);
    if (options.timeoutMs !== undefined) body['maxTimeMS'] = Math.max(1, Math.round(options.timeoutMs));
    if (options.durable === true) lasting(body, server);
    const session = (options.session as MongoSession | undefined)?.native;
    if (isClosed()) throw closed();
    try {
      return await target.command(body, {
        raw: true,
        promoteValues: false,
        ...(session === undefined ? {} : { session }),
      });
    } catch (error) {
      throw isClosed() ? closed(error) : await asDatabaseError(error, about, askingWithoutDocuments(target));
    }
  };

  /** A commit may be sent again until its outcome is known; the server commits once. */
  const commit = (session: ClientSession): Promise<void> =>
    pRetry(() => session.commitTransaction(), {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: 50,
      maxTimeout: 2000,
      maxRetryTime: 60_000,
      shouldRetry: ({ error }) => error instanceof MongoError && error.hasErrorLabel('UnknownTransactionCommitResult'),
    });

  const native = client.startSession();
  const session: MongoSession = { inTransaction: true, native };

  const transaction = async <T>(work: (session: Session) => Promise<T>): Promise<T> => {
    try {
      native.startTransaction({
        readConcern: { level: 'snapshot' },
        writeConcern: new WriteConcern('majority', undefined, true),
      });
      const result = await work(session);
      await commit(native);
      return result;
    } catch (error) {
      if (native.inTransaction()) await native.abortTransaction().catch(() => undefined);
      throw await asDatabaseError(error, docOf({ commitTransaction: int(1) }), () => Promise.resolve(null));
    }
  };

  const close = async (): Promise<void> => {
    hungUp = true;
    await native.endSession();
    await client.close();
  };

  const opened = (database: string, records: Database | null): Database => {
    const send: Send = (command, options, about = command) => sendTo(database, command, options, about);
    return {
      name: database,
      server,
      get records() {
        return records ?? this;
      },
      sessionId: sessionIdOf(native),
      silentMembers,
      async run(command, options = {}) {
        const reply = fromReply(await send(command, options));
        await assertWritten(reply, command, askingWithoutDocuments(targetOf(database, options)));
        return reply;
      },
      cursor: (command, options = {}) => openCursor(client, send, command, options),
      transaction,
      close,
    };
  };
  const isElsewhere = stateDatabase != null && stateDatabase !== name;
  return opened(name, isElsewhere ? opened(stateDatabase, null) : null);
}
