import { type Database, isServerError } from '../../database/port.ts';
import { since } from '../../planner/versions.ts';
import { type Doc, scalar, type Value } from '../../state/value.ts';
import type { RunContext } from '../run-context.ts';

/** Whoever sends commands that no transaction can fence. */
export type Holder = Pick<RunContext, 'db' | 'lock'>;

/**
 * Commands that the server holds to a collection (CollectionUUIDMismatch); older servers refuse or ignore it, 4.4 drops.
 * Insert, update and delete take the UUID and ignore it (6.0.5).
 */
const guardable = ['createIndexes', 'dropIndexes', 'collMod', 'drop', 'renameCollection', 'aggregate'];
const guardableSince = '6.0.0';

export const isGuarded = ({ server }: Database): boolean => since(server.version, guardableSince);

/** A UUID as a command takes it. */
export const uuidValue = (uuid: string): Value => scalar('binary', `04:${Buffer.from(uuid, 'hex').toString('base64')}`);

/** The command as it is sent: from 6.0 on with the UUID of the collection that it is meant for, where one is known. */
function guarded(db: Database, body: Doc, uuid: string | null): Doc {
  const name = [...body.keys()][0] ?? '';
  if (uuid === null || !guardable.includes(name) || !isGuarded(db)) return body;
  return new Map<string, Value>([...body, ['collectionUUID', uuidValue(uuid)]]);
}

export interface Sent {
  readonly on?: 'database' | 'admin';
  /** Of the collection that the command is meant for; null: none is known. */
  readonly uuid: string | null;
  readonly timeoutMs?: number;
}

/**
 * Sends a command that changes structure. What the server has begun cannot be called back, so the lock is looked at last; what
 * stands under the name by the time that the command arrives is not touched where it is another collection.
 * Throws SchemactlError 23 where the lock was lost.
 */
export async function send({ db, lock }: Holder, body: Doc, { uuid, ...options }: Sent): Promise<Doc> {
  await lock.assertHeld();
  return db.run(guarded(db, body, uuid), { ...options, durable: true });
}

/** Whether the collection that a command was meant for is not there, or not under that name. */
export const isElsewhere = (error: unknown): boolean =>
  isServerError(error, 'NamespaceNotFound', 'CollectionUUIDMismatch');
