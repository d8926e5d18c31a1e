import { persistently } from '../../database/persist.ts';
import { DatabaseError, isMomentary, isServerError } from '../../database/port.ts';
import type { CommandOperation } from '../../planner/operation.ts';
import type { Doc } from '../../state/value.ts';
import { notInPlace } from '../in-place.ts';
import type { RunContext } from '../run-context.ts';
import { waitForBuilds } from './builds.ts';
import { send as sendHeld } from './held.ts';
import { saying } from './patience.ts';
import { isDone } from './probe.ts';

/** The collection that a command is meant for; one that is renamed keeps its UUID under the new name. */
function uuidFor({ guard }: RunContext, { body, done }: CommandOperation): string | null {
  const [name, collection] = [...body][0] ?? [];
  if (name === 'renameCollection') return done.kind === 'collection-present' ? done.uuid : null;
  return guard !== undefined && collection === guard.collection ? guard.uuid : null;
}

async function send(context: RunContext, op: CommandOperation): Promise<void> {
  const { db, stepTimeoutMs, guard } = context;
  const limit = stepTimeoutMs === null ? {} : { timeoutMs: stepTimeoutMs };
  const sent = (): Promise<Doc> => sendHeld(context, op.body, { on: op.on, uuid: uuidFor(context, op), ...limit });
  await saying(db, context.emit, `the server is at work on ${[...op.body.keys()][0] ?? ''}`, sent).catch(
    (error: unknown) => {
      throw isServerError(error, 'CollectionUUIDMismatch') ? notInPlace(guard?.collection ?? '') : error;
    },
  );
}

/**
 * Sent unless its effect is there. Whatever the server answers, it is read again whether the effect is there: somebody may have
 * been quicker, and what is refused may have been done.
 */
async function sendUnlessDone(context: RunContext, op: CommandOperation): Promise<void> {
  if (await isDone(context.db, op.done)) return;
  try {
    await send(context, op);
  } catch (error) {
    const isAnswer = error instanceof DatabaseError && !isMomentary(error);
    if (!isAnswer || !(await isDone(context.db, op.done))) throw error;
  }
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
    if (!(await waitForBuilds(waiter, op.done.collection))) return false;
    await sendUnlessDone(context, op);
    return true;
  });
}
