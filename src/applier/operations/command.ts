import pRetry from 'p-retry';
import { isPassing, isServerError } from '../../database/port.ts';
import type { CommandOperation } from '../../planner/operation.ts';
import { since } from '../../planner/versions.ts';
import { type Doc, scalar, type Value } from '../../state/value.ts';
import { notInPlace } from '../in-place.ts';
import type { RunContext } from '../run-context.ts';
import { isDone, waitForBuilds } from './probe.ts';

/** LockTimeout, LockBusy, WriteConflict, ConflictingOperationInProgress, builds in the way: wait and ask again. */
const busy = [24, 46, 112, 117, 285, 12586, 12587];
/** The effect stands on the primary, only its replication was not confirmed in time. */
const unconfirmed = 64;
const patienceMs = 60_000;

/** Commands that the server holds to a collection (361 CollectionUUIDMismatch); older servers refuse or ignore it, 4.4 drops. */
const guardable = ['createIndexes', 'dropIndexes', 'collMod', 'drop'];
const guardableSince = '6.0.0';

/** The command as it is sent: from 6.0 on with the UUID of the collection that it is meant for. */
function guarded({ db, guard }: RunContext, { body }: CommandOperation): Doc {
  const [name, collection] = [...body][0] ?? [];
  if (guard === undefined || guard.uuid === null || collection !== guard.collection) return body;
  if (!guardable.includes(name ?? '') || !since(db.server.version, guardableSince)) return body;
  const uuid = scalar('binary', `04:${Buffer.from(guard.uuid, 'hex').toString('base64')}`);
  return new Map<string, Value>([...body, ['collectionUUID', uuid]]);
}

async function send(context: RunContext, op: CommandOperation): Promise<void> {
  const { db, lock, stepTimeoutMs, guard } = context;
  const limit = stepTimeoutMs === null ? {} : { timeoutMs: stepTimeoutMs };
  // What the server has begun cannot be called back, so the lock is looked at last.
  lock.assertHeld();
  await db.run(guarded(context, op), { on: op.on, durable: true, ...limit }).catch((error: unknown) => {
    throw isServerError(error, 361) ? notInPlace(guard?.collection ?? '') : error;
  });
}

/**
 * Sends one command unless its effect is there already, read from the server, which also settles an unknown outcome
 * before the command is sent again. Throws DatabaseError for what the server refuses, or still answers after a minute.
 */
export async function command(context: RunContext, op: CommandOperation): Promise<void> {
  const attempt = async (): Promise<void> => {
    context.lock.assertHeld();
    await waitForBuilds(context.db, op.done.collection, context.signal);
    if (!(await isDone(context.db, op.done))) await send(context, op);
  };
  await pRetry(attempt, {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: 100,
    maxTimeout: 2000,
    maxRetryTime: patienceMs,
    shouldRetry: ({ error }) => isServerError(error, ...busy, unconfirmed) || isPassing(error),
  });
}
