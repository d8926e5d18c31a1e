import { type Database, isServerError } from '../../database/port.ts';
import { aggregateCommand, docAt, fastCount, readAll } from '../../database/read.ts';
import { insert, removeAll } from '../../database/write.ts';
import { exitCodes, SchemactlError } from '../../errors.ts';
import type { CopyOperation } from '../../planner/operation.ts';
import { rename } from '../../planner/families/collections/commands.ts';
import { createIndexes } from '../../planner/families/indexes/spec.ts';
import type { CollectionState } from '../../state/types.ts';
import { type Doc, docOf, int, isDoc, isList, toNumber, type Value } from '../../state/value.ts';
import type { RunContext } from '../run-context.ts';
import type { UnitEntry } from '../journal.ts';
import { command } from './command.ts';
import { isDone } from './probe.ts';

/** A collection that is not there is dropped already (26). */
async function dropIfThere(db: Database, collection: string): Promise<void> {
  await db.run(docOf({ drop: collection }), { durable: true }).catch((error: unknown) => {
    if (!isServerError(error, 26)) throw error;
  });
}

async function copyInServer(db: Database, { from, to, collation }: CopyOperation): Promise<void> {
  const merge = docOf({ $merge: docOf({ into: to, on: '_id', whenMatched: 'fail', whenNotMatched: 'insert' }) });
  const command = new Map<string, Value>([
    ...aggregateCommand(from, [merge], collation),
    ['bypassDocumentValidation', true],
  ]);
  await db.run(command, { durable: true });
}

const batchSize = 1000;

/** Through this process, in the order in which the server holds them. */
async function copyHere(context: RunContext, { from, to }: CopyOperation): Promise<void> {
  const { db } = context;
  const send = async (documents: readonly Doc[]): Promise<void> => {
    context.lock.assertHeld();
    if (documents.length > 0) await insert(db, to, documents);
  };
  const first = docAt(await db.run(docOf({ find: from, batchSize: int(batchSize) })), 'cursor');
  await send(batchOf(first, 'firstBatch'));
  let id = first.get('id') as Value;
  while (!isFinished(id)) {
    const next = docAt(await db.run(docOf({ getMore: id, collection: from, batchSize: int(batchSize) })), 'cursor');
    await send(batchOf(next, 'nextBatch'));
    id = next.get('id') as Value;
  }
}

const isFinished = (id: Value): boolean => toNumber(id) === 0;

function batchOf(cursor: Doc, name: string): readonly Doc[] {
  const batch = cursor.get(name);
  return isList(batch) ? batch.filter(isDoc) : [];
}

async function hashes(db: Database, { from, to }: CopyOperation): Promise<{ equal: boolean }> {
  const reply = await db.run(docOf({ dbHash: int(1), collections: [from, to] }));
  const found = docAt(reply, 'collections');
  return { equal: found.get(from) === found.get(to) };
}

/** The source takes no writes but deletes: what was deleted from it meanwhile goes from the copy too. */
async function followDeletes(db: Database, { from, to }: CopyOperation): Promise<void> {
  const gone = await readAll(
    db,
    aggregateCommand(to, [
      docOf({ $lookup: docOf({ from, localField: '_id', foreignField: '_id', as: 'found' }) }),
      docOf({ $match: docOf({ found: docOf({ $size: int(0) }) }) }),
      docOf({ $project: docOf({ _id: int(1) }) }),
    ]),
  );
  await removeAll(
    db,
    to,
    gone.map((document) => document.get('_id') as Value),
  );
}

const rounds = 5;

/**
 * Makes the copy from the beginning, whatever an earlier attempt left, and compares it byte for byte (dbHash).
 * Throws SchemactlError 23 where the two do not become equal; the source is as it was then.
 */
export async function copy(context: RunContext, op: CopyOperation): Promise<void> {
  try {
    await command(context, op.seal);
    await make(context, op);
  } catch (error) {
    await command(context, op.unseal).catch(() => undefined);
    throw error;
  }
}

async function make(context: RunContext, op: CopyOperation): Promise<void> {
  const { db } = context;
  await dropIfThere(db, op.to);
  await db.run(op.create, { durable: true });
  await (op.inServer ? copyInServer(db, op) : copyHere(context, op));
  context.lock.assertHeld();
  if (op.indexes.length > 0) await db.run(createIndexes(op.to, op.indexes), { durable: true });
  for (let round = 0; round < rounds; round += 1) {
    if ((await hashes(db, op)).equal) return;
    await followDeletes(db, op);
  }
  const [source, made] = await Promise.all([fastCount(db, op.from), fastCount(db, op.to)]);
  throw new SchemactlError(
    `The copy of "${op.from}" does not equal it: ${source} documents, and ${made} in the copy.`,
    {
      code: 'SCH2306',
      exitCode: exitCodes.partial,
      details: ['Documents were deleted faster than the copy could follow, or do not fit the new options.'],
    },
  );
}

/** A collection that was being copied by a unit which did not end, and how it was found. */
export interface UnfinishedCopy {
  readonly op: CopyOperation;
  readonly state: CollectionState;
  readonly uuid: string;
}

/** Copies that a run which was cut off left unfinished: the new collection has not taken the old one's place. */
export function unfinishedCopies(
  entries: readonly UnitEntry[],
  uuids: Readonly<Record<string, string>>,
): readonly UnfinishedCopy[] {
  return entries
    .filter(({ state }) => state === 'started')
    .flatMap(({ unit, found }) => {
      const op = unit.operations.find((operation) => operation.kind === 'copy');
      const before = found?.find(({ state }) => state?.kind === 'collection')?.state;
      if (op === undefined || before?.kind !== 'collection' || before.uuid === null) return [];
      const now = uuids[op.from];
      const isSwapped = now !== undefined && now !== before.uuid;
      return isSwapped ? [] : [{ op, state: before.state, uuid: before.uuid }];
    });
}

/** Gives an unfinished copy up: the collection is under its name again, takes writes, and nothing of the copy is left. */
export async function abandonCopy(db: Database, { op, uuid }: UnfinishedCopy): Promise<void> {
  const done = { kind: 'collection-present', collection: op.from, uuid } as const;
  const back = [rename(db.name, op.trash, op.from, done), op.unseal];
  for (const { body, on, done: probe } of back) {
    if (!(await isDone(db, probe))) await db.run(body, { on, durable: true });
  }
  await dropIfThere(db, op.to);
}
