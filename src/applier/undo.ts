import { bytesOf } from '../database/bson.ts';
import { exactDocOf } from '../database/exact.ts';
import type { Database, Session } from '../database/port.ts';
import { persistently } from '../database/persist.ts';
import { findAll, sizeOf } from '../database/read.ts';
import { insert, putAll, removeAll } from '../database/write.ts';
import { internalError } from '../errors.ts';
import type { MissingChunks } from '../planner/invert.ts';
import type { Scope } from '../planner/operation.ts';
import type { ChangedEdit, ChangedGroup } from '../planner/rewrite/record.ts';
import { canonical } from '../state/encode.ts';
import { roughSize } from '../state/size.ts';
import { type Doc, docOf, int, isDoc, isList, type Scalar, scalar, toNumber, type Value } from '../state/value.ts';
import { store } from './store.ts';

/** What one batch changed: enough to take it back, and to take that back again. */
export interface UndoChunk {
  readonly run: number;
  readonly unit: string;
  readonly n: number;
  readonly groups: readonly ChangedGroup[];
}

type Key = Omit<UndoChunk, 'groups'>;

/** The `_id` of a chunk, or of its first part. */
export const chunkId = (db: Database, { run, unit, n }: Key): string => `${db.name}#${run}#${unit}#${n}`;

const idOf = (db: Database, key: Key, part: number): string => `${chunkId(db, key)}${part === 0 ? '' : `/${part}`}`;

const texts = (names: readonly string[] | null): readonly Value[] | null => names;

type Column = readonly Value[] | null;

/** Edits within one array hold the same arrays: a column that an earlier one has is kept as the place of that one. */
function columnDoc(column: Column, earlier: readonly Column[]): Value | undefined {
  if (column === null) return undefined;
  const same = earlier.findIndex((other) => other?.every((value, at) => value === column[at]) === true);
  return same < 0 ? column : int(same);
}

function editDoc({ at, names, before, after }: ChangedEdit, position: number, all: readonly ChangedEdit[]): Doc {
  const earlier = all.slice(0, position);
  return docOf({
    at: int(at),
    names: texts(names) ?? undefined,
    before: columnDoc(
      before,
      earlier.map((edit) => edit.before),
    ),
    after: columnDoc(
      after,
      earlier.map((edit) => edit.after),
    ),
  });
}

const groupDoc = ({ edits, ids }: ChangedGroup): Doc => docOf({ edits: edits.map(editDoc), ids });

/** More than this is kept in parts: a document holds 16 MiB, and one value can be almost as large. */
const partBytes = 8 * 1024 * 1024;

function header(db: Database, key: Key, part: number): Readonly<Record<string, Value>> {
  return { _id: idOf(db, key, part), target: db.name, run: int(key.run), unit: key.unit, n: int(key.n) };
}

/** The documents in which a chunk is kept: one, or as many parts as its bytes need. */
function chunkDocs(db: Database, { groups, ...key }: UndoChunk): readonly Doc[] {
  const list: readonly Value[] = groups.map(groupDoc);
  if (roughSize(list) <= partBytes) return [docOf({ ...header(db, key, 0), groups: list })];
  const bytes = bytesOf(docOf({ groups: list }));
  const count = Math.ceil(bytes.length / partBytes);
  return Array.from({ length: count }, (_, part) => {
    const slice = bytes.subarray(part * partBytes, (part + 1) * partBytes);
    const base64 = Buffer.from(slice).toString('base64');
    return docOf({ ...header(db, key, part), parts: int(count), bytes: scalar('binary', `00:${base64}`) });
  });
}

/** Saves a chunk in the transaction that changes its documents. */
export async function saveChunk(db: Database, chunk: UndoChunk, session: Session): Promise<void> {
  for (const part of chunkDocs(db, chunk)) await insert(db.records, store.undo, [part], { session });
}

/** What was saved of documents other than these. */
function ofOthers(saved: readonly ChangedGroup[], fresh: readonly ChangedGroup[]): readonly ChangedGroup[] {
  const known = new Set(fresh.flatMap(({ ids }) => ids.map(canonical)));
  return saved.map(({ edits, ids }) => {
    const isOther = ids.map((id) => !known.has(canonical(id)));
    const keep = <T>(list: readonly T[]): readonly T[] => list.filter((_, at) => isOther[at]);
    return {
      ids: keep(ids),
      edits: edits.map((edit) => ({
        ...edit,
        before: edit.before === null ? null : keep(edit.before),
        after: edit.after === null ? null : keep(edit.after),
      })),
    };
  });
}

/**
 * Saves a chunk before its documents are changed. A batch that is repeated after a crash found again what had not been
 * written, as it is now; what it does not find again was written, and stays as it was saved.
 */
export async function addToChunk(db: Database, chunk: UndoChunk): Promise<void> {
  const saved = (await readChunk(db, chunk, undefined)) ?? [];
  const groups = [...ofOthers(saved, chunk.groups), ...chunk.groups].filter(({ ids }) => ids.length > 0);
  for (const part of chunkDocs(db, { ...chunk, groups })) await putAll(db.records, store.undo, [part]);
}

const namesOf = (value: Value | undefined): readonly string[] | null =>
  isList(value) ? value.map((name) => String(name)) : null;

function columnOf(value: Value | undefined, earlier: readonly Column[]): Column {
  if (isList(value)) return value;
  return earlier[toNumber(value) ?? -1] ?? null;
}

function editsOf(documents: readonly Doc[]): readonly ChangedEdit[] {
  const edits: ChangedEdit[] = [];
  for (const document of documents) {
    edits.push({
      at: toNumber(document.get('at')) ?? 0,
      names: namesOf(document.get('names')),
      before: columnOf(
        document.get('before'),
        edits.map(({ before }) => before),
      ),
      after: columnOf(
        document.get('after'),
        edits.map(({ after }) => after),
      ),
    });
  }
  return edits;
}

function groupsOf(value: Value | undefined): readonly ChangedGroup[] {
  return (isList(value) ? value : []).filter(isDoc).map((group) => {
    const [edits, ids] = [group.get('edits'), group.get('ids')];
    return { edits: isList(edits) ? editsOf(edits.filter(isDoc)) : [], ids: isList(ids) ? ids : [] };
  });
}

async function readPart(db: Database, key: Key, part: number, session: Session | undefined): Promise<Doc | null> {
  const find = { collection: store.undo, filter: docOf({ _id: idOf(db, key, part) }), limit: 1 };
  const [found] = await findAll(db.records, find, session === undefined ? { exact: true } : { exact: true, session });
  return found ?? null;
}

const bytesIn = (part: Doc): Buffer => Buffer.from((part.get('bytes') as Scalar).text.slice(3), 'base64');

/** `#` comes just before `$`. */
const ofRun = (db: Database, run: number): Doc =>
  docOf({ _id: docOf({ $gte: `${db.name}#${run}#`, $lt: `${db.name}#${run}$` }) });

const ofTarget = (db: Database): Doc => docOf({ _id: docOf({ $gte: `${db.name}#`, $lt: `${db.name}$` }) });

const matching = (those: Doc): Doc => docOf({ $match: those });

/** What one run keeps in undo data. Reads only, by way of the index on `_id`. */
export const undoSize = (db: Database, run: number) => sizeOf(db.records, store.undo, [matching(ofRun(db, run))]);

/** Bytes of all undo data of this target. Reads only, by way of the index on `_id`. */
export const undoBytes = async (db: Database): Promise<number> =>
  (await sizeOf(db.records, store.undo, [matching(ofTarget(db))])).bytes;

const removedAtOnce = 500;

/** Forgets the undo data of a run, some at a time; `assertHeld` throws once somebody else has the lock. */
export async function forgetUndo(db: Database, run: number, assertHeld: () => Promise<void>): Promise<void> {
  const some = {
    collection: store.undo,
    filter: ofRun(db, run),
    projection: docOf({ _id: int(1) }),
    limit: removedAtOnce,
  };
  for (let found = await findAll(db.records, some); found.length > 0; found = await findAll(db.records, some)) {
    await assertHeld();
    const ids = found.map((document) => document.get('_id') ?? null);
    await persistently(() => removeAll(db.records, store.undo, ids));
  }
}

/**
 * What is missing of the undo data of a run, by unit, of as many chunks as each wrote; units that miss nothing are left out.
 * Reads nothing but the index on `_id`; whether all parts of a chunk are there is known once it is read.
 */
export async function missingChunks(
  db: Database,
  run: number,
  units: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<string, MissingChunks>> {
  const find = { collection: store.undo, filter: ofRun(db, run), projection: docOf({ _id: int(1) }) };
  const there = new Set((await findAll(db.records, find)).map((one) => one.get('_id')));
  const missing = [...units].map(([unit, chunks]) => {
    const all = Array.from({ length: chunks }, (_, n) => chunkId(db, { run, unit, n }));
    return [unit, { ids: all.filter((id) => !there.has(id)), chunks }] as const;
  });
  return new Map(missing.filter(([, { ids }]) => ids.length > 0));
}

/** How many chunks a recorded pass has written. */
export async function chunksOf(db: Database, scope: Scope): Promise<number> {
  if (scope.kind !== 'changed-by') throw internalError('a pass over all documents has no chunks to visit');
  const filter = docOf({ _id: `${db.name}#${scope.run}#${scope.unit}` });
  const [entry] = await findAll(db.records, { collection: store.steps, filter, projection: docOf({ chunks: int(1) }) });
  return toNumber(entry?.get('chunks')) ?? 0;
}

/** The n-th chunk of a unit, or null where it, or a part of it, is not there. */
export async function readChunk(
  db: Database,
  key: Key,
  session: Session | undefined,
): Promise<readonly ChangedGroup[] | null> {
  const first = await readPart(db, key, 0, session);
  const count = toNumber(first?.get('parts'));
  if (first === null || count === undefined) return first === null ? null : groupsOf(first.get('groups'));
  const parts = [bytesIn(first)];
  for (let part = 1; part < count; part += 1) {
    const next = await readPart(db, key, part, session);
    if (next === null) return null;
    parts.push(bytesIn(next));
  }
  return groupsOf(exactDocOf(Buffer.concat(parts)).get('groups'));
}
