import pRetry from 'p-retry';
import { DatabaseError, isServerError } from '../../database/port.ts';
import type { CommandOperation } from '../../planner/operation.ts';
import type { RunContext } from '../run-context.ts';
import { isDone, waitForBuilds } from './probe.ts';

/** LockTimeout, LockBusy, ConflictingOperationInProgress, builds in the way: wait and ask again. */
const busy = [24, 46, 117, 12586, 12587];
const patienceMs = 60_000;

/** Codes and labels after which only the server can say whether the command took effect. */
function isUnknown(error: unknown): boolean {
  if (!(error instanceof DatabaseError)) return false;
  return (
    error.kind === 'network' ||
    error.kind === 'unreachable' ||
    [6, 7, 64, 89, 91, 189, 9001, 10107, 11600, 11602, 13435, 13436].includes(error.code ?? -1)
  );
}

async function send({ db, stepTimeoutMs }: RunContext, op: CommandOperation): Promise<void> {
  await db.run(op.body, { on: op.on, durable: true, ...(stepTimeoutMs === null ? {} : { timeoutMs: stepTimeoutMs }) });
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
    shouldRetry: ({ error }) => isServerError(error, ...busy) || isUnknown(error),
  });
}
