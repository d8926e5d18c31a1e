import { aggregateCommand, readAll } from '../../database/read.ts';
import { stagesOf } from '../../planner/rewrite/edits.ts';
import type { Part } from '../../planner/rewrite/held.ts';
import { changedBy, gather } from '../../planner/rewrite/record.ts';
import { docOf, type Value } from '../../state/value.ts';
import { type Batch, inSession, type Prepared, updateDocuments } from './batch.ts';
import {
  candidates,
  documentBytes,
  documentsOf,
  guardOf,
  keyOf,
  partReader,
  type PartReader,
  withinBytes,
} from './candidates.ts';

type Parts = ReadonlyMap<string, Part>;

/** The documents as the stages would leave them: for servers without transactions, where what changes is saved before. */
async function foreseen(batch: Batch, ids: readonly Value[], { projection, partOf }: PartReader): Promise<Parts> {
  const { context, op, session } = batch;
  const pipeline = [
    docOf({ $match: docOf({ _id: docOf({ $in: ids }) }) }),
    ...stagesOf(op.edits),
    docOf({ $project: projection }),
  ];
  const found = await readAll(context.db, aggregateCommand(op.collection, pipeline), inSession(session));
  return new Map(found.map(partOf).map((part) => [keyOf(part.id), part]));
}

async function asWritten(batch: Batch, ids: readonly Value[], { projection, partOf }: PartReader): Promise<Parts> {
  const { context, op, session } = batch;
  const found = await documentsOf(context.db, op.collection, ids, projection, session);
  return new Map(found.map(partOf).map((part) => [keyOf(part.id), part]));
}

/**
 * A pass of any edits of single documents: what each did is told from the documents before and after, within the
 * transaction that changes them.
 */
export async function prepareEdit(batch: Batch): Promise<Prepared | null> {
  const { op, session } = batch;
  const reader = partReader(op.edits);
  const found = withinBytes(await candidates(batch, reader.projection), documentBytes).map(reader.partOf);
  const last = found.at(-1)?.id;
  if (last === undefined) return null;
  const ids = found.map(({ id }) => id);
  const send = (): Promise<void> =>
    updateDocuments(batch, ids, [...stagesOf(op.edits)], session === undefined ? [guardOf(op)] : []);
  if (session !== undefined) await send();
  const after = session === undefined ? await foreseen(batch, ids, reader) : await asWritten(batch, ids, reader);
  const documents = found.map((before) => {
    const now = after.get(keyOf(before.id));
    const changes = op.edits.flatMap((edit, at) => (now === undefined ? [] : (changedBy(edit, at, before, now) ?? [])));
    return { id: before.id, changes };
  });
  return {
    groups: gather(documents),
    after: [last],
    kept: [],
    sample: [],
    write: session === undefined ? send : () => Promise.resolve(),
  };
}
