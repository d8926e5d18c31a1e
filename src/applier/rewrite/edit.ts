import { aggregateCommand, readAll } from '../../database/read.ts';
import type { Edit } from '../../planner/operation.ts';
import { stagesOf } from '../../planner/rewrite/edits.ts';
import type { Part } from '../../planner/rewrite/held.ts';
import { slotOf } from '../../planner/rewrite/path.ts';
import { type Changed, changedBy, gather } from '../../planner/rewrite/record.ts';
import { docOf, equalValues, type Value } from '../../state/value.ts';
import { type Batch, reading, type Prepared, updateDocuments } from './batch.ts';
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
import { updateGuarded } from './put.ts';
import { assertTold } from './sendable.ts';

type Parts = ReadonlyMap<string, Part>;

/**
 * The documents as the stages would leave them: for servers without transactions, where what changes is saved before.
 * Those that somebody changed while this was asked are left out: his value would be taken for ours.
 */
async function foreseen(batch: Batch, before: readonly Part[], reader: PartReader): Promise<Parts> {
  const ids = before.map(({ id }) => id);
  const after = await asForeseen(batch, ids, reader);
  const still = await asWritten(batch, ids, reader);
  const isSteady = ({ id, fields }: Part): boolean => equalValues(fields, still.get(keyOf(id))?.fields ?? null);
  const steady = new Set(before.filter(isSteady).map(({ id }) => keyOf(id)));
  return new Map([...after].filter(([key]) => steady.has(key)));
}

async function asForeseen(batch: Batch, ids: readonly Value[], { projection, partOf }: PartReader): Promise<Parts> {
  const { context, op, session } = batch;
  const pipeline = [
    docOf({ $match: docOf({ _id: docOf({ $in: ids }) }) }),
    ...stagesOf(op.edits),
    docOf({ $project: projection }),
  ];
  const found = await readAll(context.db, aggregateCommand(op.collection, pipeline), reading(session));
  return new Map(found.map(partOf).map((part) => [keyOf(part.id), part]));
}

async function asWritten(batch: Batch, ids: readonly Value[], { projection, partOf }: PartReader): Promise<Parts> {
  const { context, op, session } = batch;
  const found = await documentsOf(context.db, op.collection, ids, projection, session);
  return new Map(found.map(partOf).map((part) => [keyOf(part.id), part]));
}

interface Foreseen {
  readonly id: Value;
  readonly changes: readonly Changed[];
}

/** Changes the documents in which each value that goes is still the one that was saved. */
async function writeForeseen(
  batch: Batch,
  documents: readonly Foreseen[],
  stages: readonly Value[],
): Promise<readonly number[]> {
  const { edits } = batch.op;
  const left = edits.map(() => 0);
  const groups = new Map<string, Foreseen[]>();
  for (const document of documents) {
    const key = document.changes.map(({ at }) => at).join();
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [document]);
    else group.push(document);
  }
  for (const group of groups.values()) {
    const changes = group[0]?.changes ?? [];
    if (changes.length === 0) continue;
    const guarded = group.map(({ id, changes: own }) => ({
      id,
      expected: own.flatMap(({ at, before }) => {
        const path = slotOf((edits[at] as Edit).path);
        return before === null ? [] : [{ path, held: before }];
      }),
      update: stages,
    }));
    const changed = await updateGuarded(batch, guarded, [guardOf(batch.op)]);
    for (const { at } of changes) left[at] = (left[at] ?? 0) + changed;
  }
  return left;
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
  const stages = [...stagesOf(op.edits)];
  if (session !== undefined) await updateDocuments(batch, ids, stages);
  const after = session === undefined ? await foreseen(batch, found, reader) : await asWritten(batch, ids, reader);
  const documents = found.map((before) => {
    const now = after.get(keyOf(before.id));
    const changes = op.edits.flatMap((edit, at) => (now === undefined ? [] : (changedBy(edit, at, before, now) ?? [])));
    return { id: before.id, changes };
  });
  const told = found.flatMap((before) => {
    const now = after.get(keyOf(before.id));
    return now === undefined ? [] : [{ before, after: now }];
  });
  assertTold(op.collection, op.edits, told);
  return {
    groups: gather(documents),
    after: [last],
    kept: [],
    sample: [],
    write: session === undefined ? () => writeForeseen(batch, documents, stages) : () => Promise.resolve([]),
  };
}
