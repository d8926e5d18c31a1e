import type { Doc, Value } from '../state/value.ts';
import { isCodeOf, type ServerErrorGroup, type ServerErrorName } from './server-errors.ts';

export type Topology = 'replicaSet' | 'standalone' | 'mongos';

export interface ServerInfo {
  /** As buildInfo says it: `6.0.5`. */
  readonly version: string;
  readonly topology: Topology;
  readonly setName: string | null;
  /** Members of the set as hello lists them, sorted; empty on other topologies. */
  readonly members: readonly string[];
}

/** An open transaction; what it is inside is the adapter's own business. */
export interface Session {
  readonly inTransaction: true;
}

export interface RunOptions {
  /** `local` holds the oplog. */
  readonly on?: 'database' | 'admin' | 'local';
  readonly session?: Session;
  /** Milliseconds; sent as maxTimeMS. */
  readonly timeoutMs?: number;
  /**
   * Adds a majority, journaled write concern; on a replica set an index build is committed by the same majority, since by
   * default it waits for every voting member, also for one that is dead (seen on 4.4.2, 5.0.4, 6.0.5).
   * Not inside a transaction, where the commit carries it.
   */
  readonly durable?: boolean;
}

/** What a cursor command yields, as the server sent it. */
export interface RawCursor {
  /** The next batch, an array in BSON; null at the end. */
  next(): Promise<Uint8Array | null>;
  /** Gives up what is left. */
  close(): Promise<void>;
}

/**
 * The one door to a database: commands go in as ordered documents, replies come out as such.
 * Throws DatabaseError for what the server or the network answers.
 */
export interface Database {
  readonly name: string;
  readonly server: ServerInfo;
  /**
   * Where lock, runs, steps, ledger and undo data are kept: this database, or another one of the same server
   * (`stateDatabase`). A transaction of either holds what is done in both.
   */
  readonly records: Database;
  /** The id, as hex, of the one session in which all transactions run: what a taker-over kills. */
  readonly sessionId: string;
  /** Members of the set, as host:port, that do not answer at the moment; known without asking, so under any role. */
  silentMembers(): readonly string[];
  run(command: Doc, options?: RunOptions): Promise<Doc>;
  /**
   * Sends a cursor command (find, aggregate, listCollections, listIndexes) at the first `next`. Outside a transaction it
   * runs in a session of its own: the server continues a cursor only in the session that it was opened in.
   */
  cursor(command: Doc, options?: RunOptions): RawCursor;
  /**
   * Runs `work` in one transaction (snapshot, majority) and commits it. Repeats an unknown commit, nothing else:
   * a transient error is thrown with its label and the transaction is aborted.
   */
  transaction<T>(work: (session: Session) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** `closed`: we hung up ourselves; to ask again would open the connection anew, and nobody would close it. */
export type DatabaseErrorKind = 'server' | 'network' | 'unreachable' | 'authentication' | 'closed';

/** What a server answered, or that it did not. `message` holds no connection string. */
export class DatabaseError extends Error {
  readonly kind: DatabaseErrorKind;
  /** The server's number, or null where it did not answer. */
  readonly code: number | null;
  readonly codeName: string;
  readonly labels: readonly string[];
  /** Whether it was waited for already, in vain. */
  readonly givenUp: boolean;
  /** The `_id` of the document that the server refused to write, where it says which; null: it does not. */
  readonly document: readonly [Value] | null;

  constructor(
    message: string,
    details: {
      kind: DatabaseErrorKind;
      code?: number | null;
      codeName?: string;
      labels?: readonly string[];
      givenUp?: boolean;
      document?: readonly [Value] | null;
      cause?: unknown;
    },
  ) {
    super(message, { cause: details.cause });
    this.name = 'DatabaseError';
    this.kind = details.kind;
    this.code = details.code ?? null;
    this.codeName = details.codeName ?? '';
    this.labels = details.labels ?? [];
    this.givenUp = details.givenUp ?? false;
    this.document = details.document ?? null;
  }
}

/** Whether the server answered with one of these errors, or with one of these groups of errors. */
export function isServerError(
  error: unknown,
  ...names: readonly (ServerErrorName | ServerErrorGroup)[]
): error is DatabaseError {
  return error instanceof DatabaseError && isCodeOf(error.code, names);
}

/** Whether a failure passes by itself: a failover, or a connection that broke. Not one that was waited for in vain. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof DatabaseError) || error.givenUp) return false;
  return error.kind === 'network' || error.kind === 'unreachable' || isServerError(error, 'passing');
}

/**
 * Whether the same command may do in a moment: what passes by itself, somebody who is at work on the same, or a replication that
 * was only not confirmed in time.
 */
export const isMomentary = (error: unknown): boolean =>
  isPassing(error) || (error instanceof DatabaseError && !error.givenUp && isServerError(error, 'busy', 'unconfirmed'));

/** Whether the server refuses what it was asked, and not who asks, or when. */
export const isAgainstTheQuestion = (error: unknown): error is DatabaseError =>
  error instanceof DatabaseError &&
  error.kind === 'server' &&
  !error.givenUp &&
  !isMomentary(error) &&
  !isServerError(error, 'forbidden', 'tooLong', 'missing', 'ofTheMoment');

/**
 * Whether a transaction failed in a way that a repeat may cure. The driver (7.9) does not label what finds no primary to
 * begin with; where the commit finds none its outcome is unknown, and so labelled.
 */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof DatabaseError)) return false;
  const isUnknown = error.labels.includes('UnknownTransactionCommitResult');
  if (error.labels.includes('TransientTransactionError')) return true;
  return !isUnknown && (error.kind === 'unreachable' || isServerError(error, 'unconfirmed', 'passing'));
}
