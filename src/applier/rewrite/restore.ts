import { internalError } from '../../errors.ts';
import { incomplete } from '../../planner/invert/not-kept.ts';
import type { Scope } from '../../planner/operation.ts';
import { heldAt, type Part } from '../../planner/rewrite/held.ts';
import { isInArray, slotOf } from '../../planner/rewrite/path.ts';
import { putKey, withPut, withPuts } from '../../planner/rewrite/put.ts';
import { type Changed, type ChangedEdit, type ChangedGroup, gather } from '../../planner/rewrite/record.ts';
import { type Put, recordedOf, type Restore, takeBack } from '../../planner/rewrite/restore.ts';
import { roughSize } from '../../state/size.ts';
import { type Doc, docOf, int, isDoc, toNumber, type Value } from '../../state/value.ts';
import { chunkId, chunksOf, readChunk } from '../undo.ts';
import { type Batch, type Prepared } from './batch.ts';
import { documentsOf, fitting, keyOf, partReader } from './candidates.ts';
import { putIntoEach, type Putting } from './put.ts';

type Recorded = Extract<Scope, { kind: 'changed-by' }>;

/** Where a restoring pass stands: which chunk, and how many of its documents are done. */
interface Place {
  readonly chunk: number;
  readonly done: number;
}

/**
 * The newest chunk comes first: a pass that looked again may have changed a document twice, and what it found last is
 * the application's own. One more than the journal knows of may be there, where no transaction holds both together.
 */
async function placeOf({ context, op, at }: Batch): Promise<Place> {
  const place = at.after?.[0];
  if (isDoc(place)) return { chunk: toNumber(place.get('chunk')) ?? 0, done: toNumber(place.get('done')) ?? 0 };
  return { chunk: await chunksOf(context.db, op.scope), done: 0 };
}

const placeDoc = ({ chunk, done }: Place): Doc => docOf({ chunk: int(chunk), done: int(done) });

/** One document that a chunk records, with what each edit did to it. */
interface Entry {
  readonly id: Value;
  readonly n: number;
  readonly edits: readonly ChangedEdit[];
}

const isRestore = (edit: Batch['op']['edits'][number]): edit is Restore => edit.action.kind === 'restore';

/** What is kept of one document by the edits that are taken back. */
function recordedBytes({ id, n, edits }: Entry, own: readonly Restore[]): number {
  const wanted = edits.filter(({ at }) => own.some(({ action }) => action.edit === at));
  const values = new Set(wanted.flatMap(({ before, after }) => [before?.[n], after?.[n]]));
  return [...values].reduce<number>((sum, value) => sum + (value === undefined ? 0 : roughSize(value)), roughSize(id));
}

interface Restored extends Putting {
  readonly changes: readonly Changed[];
  /** Positions of edits that left what is there. */
  readonly kept: readonly number[];
}

/** Edits within one array record all of it, before the first of them and after the last: it is kept once. */
function wholeArray(change: Changed, { path }: Restore, before: Part, after: Part): Changed {
  if (!isInArray(path)) return change;
  const slot = slotOf(path);
  return { ...change, before: heldAt(before.fields, slot), after: heldAt(after.fields, slot) };
}

/** The edits are taken back in the reverse of their order, each on what those before it leave. */
function restored({ id, n, edits }: Entry, own: readonly Restore[], live: Part): Restored {
  const done: { puts: readonly Put[]; changes: readonly Changed[]; kept: readonly number[]; part: Part } = {
    puts: [],
    changes: [],
    kept: [],
    part: live,
  };
  for (const [at, edit] of [...own.entries()].reverse()) {
    const recorded = edits.find((one) => one.at === edit.action.edit);
    if (recorded === undefined) continue;
    const decision = takeBack(edit, at, recordedOf(recorded, edit, n), done.part);
    if (decision === 'done') continue;
    if (decision === 'kept') {
      done.kept = [...done.kept, at];
      continue;
    }
    done.puts = decision.puts.reduce(withPut, done.puts);
    done.changes = [decision.changed, ...done.changes];
    done.part = withPuts(done.part, decision.puts);
  }
  const changes = done.changes.map((change) => wholeArray(change, own[change.at] as Restore, live, done.part));
  return { id, live, puts: done.puts, changes, kept: done.kept };
}

async function writeAll(batch: Batch, documents: readonly Restored[]): Promise<readonly number[]> {
  const left = batch.op.edits.map(() => 0);
  const groups = new Map<string, Restored[]>();
  for (const document of documents) {
    if (document.puts.length === 0) continue;
    const key = `${document.changes.map(({ at }) => at).join()} ${putKey(document.puts)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [document]);
    else group.push(document);
  }
  for (const group of groups.values()) {
    const changed = await putIntoEach(batch, group);
    for (const { at } of group[0]?.changes ?? []) left[at] = (left[at] ?? 0) + changed;
  }
  return left;
}

const idsShown = 5;

/** Past the last that the journal knows of there may be one more, or none. Throws SchemactlError 20 for one that is gone. */
async function chunkAt({ context, op, session }: Batch, scope: Recorded, n: number): Promise<readonly ChangedGroup[]> {
  const { db } = context;
  const found = await readChunk(db, { ...scope, n }, session);
  if (found !== null) return found;
  const chunks = await chunksOf(db, scope);
  if (n >= chunks) return [];
  const missing = { of: op.collection, ids: [chunkId(db, { ...scope, n })], chunks };
  throw incomplete(`What "${op.collection}" holds`, scope.run, [missing], [`${op.collection}.**`]);
}

/** The next documents of the chunks that a pass recorded, as they were before it, where what it left still stands. */
export async function prepareRestore(batch: Batch): Promise<Prepared | null> {
  const { context, op, size, session } = batch;
  if (op.scope.kind !== 'changed-by') throw internalError('a pass over all documents has no chunks to visit');
  const own = op.edits.filter(isRestore);
  const place = await placeOf(batch);
  if (place.chunk < 0) return null;
  const groups = await chunkAt(batch, op.scope, place.chunk);
  const entries = groups.flatMap(({ ids, edits }) => ids.map((id, n): Entry => ({ id, n, edits })));
  const wanted = entries.slice(place.done, place.done + size);
  const many = wanted.map(({ id }) => id);
  const more = (at: number): number => recordedBytes(wanted[at] as Entry, own);
  const taken = wanted.slice(0, await fitting(context.db, op.collection, many, more, session));
  const ids = many.slice(0, taken.length);
  const next = place.done + taken.length;
  const { projection, partOf } = partReader(own);
  const live = new Map(
    (await documentsOf(context.db, op.collection, ids, projection, session))
      .map(partOf)
      .map((part) => [keyOf(part.id), part]),
  );
  const documents = taken.flatMap((entry) => {
    const part = live.get(keyOf(entry.id));
    return part === undefined ? [] : [restored(entry, own, part)];
  });
  return {
    groups: gather(documents),
    after: [placeDoc(next < entries.length ? { ...place, done: next } : { chunk: place.chunk - 1, done: 0 })],
    kept: own.map((_, position) => documents.filter(({ kept }) => kept.includes(position)).length),
    sample: documents
      .filter(({ kept }) => kept.length > 0)
      .slice(0, idsShown)
      .map(({ id }) => id),
    gone: taken.length - documents.length,
    write: () => writeAll(batch, documents),
  };
}
