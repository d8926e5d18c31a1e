import { collectionUuid } from '../../database/introspect.ts';
import { type Database, isServerError } from '../../database/port.ts';
import { aggregateCommand, fastCount, readAll } from '../../database/read.ts';
import { insert, removeAll } from '../../database/write.ts';
import { exitCodes, SchemactlError } from '../../errors.ts';
import type { CopyOperation } from '../../planner/operation.ts';
import { uuidInTrash } from '../../planner/families/collections/commands.ts';
import { createIndexes } from '../../planner/families/indexes/spec.ts';
import { type Doc, docOf, int, type Value } from '../../state/value.ts';
import { atomically } from '../atomically.ts';
import { notInPlace } from '../in-place.ts';
import { wholeDocuments } from '../rewrite/sendable.ts';
import { isOusted } from '../ousted.ts';
import type { RunContext } from '../run-context.ts';
import { command } from './command.ts';
import { batchesOf, isWithin, sameDocuments } from './copy-compare.ts';
import { dropIfThere, putInPlace, uuidsOf } from './copy-place.ts';
import { type Holder, isElsewhere, send } from './held.ts';

/** The collection that is copied, whatever name it has by now. */
const originalOf = ({ trash }: CopyOperation): string => uuidInTrash(trash);

async function copyInServer(holder: Holder, op: CopyOperation): Promise<void> {
  const { from, to, collation } = op;
  const merge = docOf({ $merge: docOf({ into: to, on: '_id', whenMatched: 'fail', whenNotMatched: 'insert' }) });
  const body = new Map<string, Value>([
    ...aggregateCommand(from, [merge], collation),
    ['bypassDocumentValidation', true],
  ]);
  await send(holder, body, { uuid: originalOf(op) });
}

/**
 * Through this process, in the order in which the server holds them. An insertion takes no collection's UUID, and would make a
 * collection of what the next holder has renamed, so the lock fences each.
 */
async function copyHere({ db, lock, emit }: RunContext, { from, to }: CopyOperation): Promise<void> {
  for await (const found of batchesOf(db, from)) {
    const documents = wholeDocuments(from, found);
    if (documents.length > 0)
      await atomically(db, emit, async (session) => {
        await lock.fence(session);
        await insert(db, to, documents, session === undefined ? {} : { session });
      });
  }
}

/** The source takes no writes but deletes: what was deleted from it meanwhile goes from the copy too. */
async function followDeletes({ db, lock }: Holder, source: string, copied: string): Promise<void> {
  const gone = await readAll(
    db,
    aggregateCommand(copied, [
      docOf({ $lookup: docOf({ from: source, localField: '_id', foreignField: '_id', as: 'found' }) }),
      docOf({ $match: docOf({ found: docOf({ $size: int(0) }) }) }),
      docOf({ $project: docOf({ _id: int(1) }) }),
    ]),
  );
  await lock.assertHeld();
  await removeAll(
    db,
    copied,
    gone.map((document: Doc) => document.get('_id') as Value),
  );
}

/** The copy holds what the source does, or what a cap leaves of it. */
const agrees = (db: Database, { to, mayLose }: CopyOperation, source: string): Promise<boolean> =>
  mayLose ? isWithin(db, to, source) : sameDocuments(db, source, to);

const rounds = 5;

/** Makes the copy from the beginning, whatever an earlier attempt left. True where it was found equal, byte for byte. */
async function make(context: RunContext, op: CopyOperation): Promise<boolean> {
  const { db } = context;
  await dropIfThere(context, op.to);
  await send(context, op.create, { uuid: null });
  const uuid = await collectionUuid(db, op.to);
  await (op.inServer ? copyInServer(context, op) : copyHere(context, op));
  if (op.indexes.length > 0) await send(context, createIndexes(op.to, op.indexes), { uuid });
  for (let round = 0; round < rounds; round += 1) {
    if (await agrees(db, op, op.from)) return true;
    await followDeletes(context, op.from, op.to);
  }
  return false;
}

function unequal(op: CopyOperation, source: number, made: number): SchemactlError {
  return new SchemactlError(
    `The copy of "${op.from}" does not equal it: ${source} documents, and ${made} in the copy.`,
    {
      code: 'SCH2306',
      exitCode: exitCodes.partial,
      details: ['The collection is as it was. Its documents may not fit the new options.'],
    },
  );
}

/** Once the source is out of reach nothing is deleted from it any more: what went at the last moment goes here too. */
async function settle(holder: Holder, op: CopyOperation, wasEqual: boolean): Promise<void> {
  const { db } = holder;
  const [source, made] = await Promise.all([fastCount(db, op.trash), fastCount(db, op.to)]);
  if (wasEqual && source === made) return;
  await followDeletes(holder, op.trash, op.to);
  if (await agrees(db, op, op.trash)) return;
  throw unequal(op, source, await fastCount(db, op.to));
}

const renamed = (db: Database, from: string, to: string): Doc =>
  docOf({ renameCollection: `${db.name}.${from}`, to: `${db.name}.${to}`, dropTarget: false });

/**
 * Copies a collection and puts the copy in its place; the old one lies in the trash then. Begun again after a crash it goes on
 * from where things stand: before the old one was moved away from the beginning, after that with the last look.
 * False where the run is interrupted before it begins.
 * Throws SchemactlError 23 where the two do not become equal; the collection is as it was then, and nothing of the copy is left.
 */
export async function copy(context: RunContext, op: CopyOperation): Promise<boolean> {
  const { db } = context;
  try {
    const before = await uuidsOf(db);
    const isMoved = before.has(op.trash);
    if (isMoved && !before.has(op.to)) return true;
    let wasEqual = false;
    if (!isMoved) {
      if (!(await command(context, op.seal))) return false;
      wasEqual = await make(context, op);
      await send(context, renamed(db, op.from, op.trash), { on: 'admin', uuid: originalOf(op) });
    }
    await settle(context, op, wasEqual);
    await putInPlace(context, op.to, op.from);
    return true;
  } catch (error) {
    // What a process that lost the lock cannot clean up, whoever comes next does.
    if (!isOusted(error)) await takeBack(context, op).catch(ifOusted);
    throw isServerError(error, 'CollectionUUIDMismatch') ? notInPlace(op.from) : error;
  }
}

function ifOusted(error: unknown): void {
  if (isOusted(error)) throw error;
}

/**
 * The collection under its name again, taking writes, and nothing of the copy left. Another collection of that name is left alone.
 * Throws SchemactlError 23 where the lock was lost: what stands there is another's work then.
 */
export async function takeBack(holder: Holder, op: CopyOperation): Promise<void> {
  const uuid = originalOf(op);
  const uuids = await uuidsOf(holder.db);
  if (uuids.has(op.trash) && uuids.has(op.to)) await putInPlace(holder, op.trash, op.from);
  if ((await collectionUuid(holder.db, op.from)) === uuid)
    await send(holder, op.unseal.body, { on: op.unseal.on, uuid }).catch((error: unknown) => {
      if (!isElsewhere(error)) throw error;
    });
  await dropIfThere(holder, op.to);
}
