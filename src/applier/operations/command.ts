import { persistently } from '../../database/persist.ts';
import { isServerError } from '../../database/port.ts';
import type { CommandOperation } from '../../planner/operation.ts';
import { since } from '../../planner/versions.ts';
import { type Doc, scalar, type Value } from '../../state/value.ts';
import { notInPlace } from '../in-place.ts';
import type { RunContext } from '../run-context.ts';
import { waitForBuilds } from './builds.ts';
import { saying } from './patience.ts';
import { isDone } from './probe.ts';

/** Commands that the server holds to a collection (CollectionUUIDMismatch); older servers refuse or ignore it, 4.4 drops. */
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
  await lock.assertHeld();
  const sent = (): Promise<Doc> => db.run(guarded(context, op), { on: op.on, durable: true, ...limit });
  await saying(db, context.emit, `the server is at work on ${[...op.body.keys()][0] ?? ''}`, sent).catch(
    (error: unknown) => {
      throw isServerError(error, 'CollectionUUIDMismatch') ? notInPlace(guard?.collection ?? '') : error;
    },
  );
}

const ownIndexes = ({ done }: CommandOperation): readonly string[] =>
  done.kind === 'indexes-present' ? done.indexes.map(({ name }) => name) : [];

/**
 * Sends one command unless its effect is there already, read from the server, which also settles an unknown outcome
 * before the command is sent again. False where the run is interrupted while a build is waited for.
 * Throws DatabaseError for what the server refuses, or still answers after a minute of asking again.
 */
export function command(context: RunContext, op: CommandOperation): Promise<boolean> {
  const waiter = { ...context, own: ownIndexes(op) };
  return persistently(async () => {
    await context.lock.assertHeld();
    if (!(await waitForBuilds(waiter, op.done.collection))) return false;
    if (!(await isDone(context.db, op.done))) await send(context, op);
    return true;
  });
}
