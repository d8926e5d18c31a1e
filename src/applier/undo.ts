import type { Database, Session } from '../database/port.ts';
import { findAll } from '../database/read.ts';
import { insert, update } from '../database/write.ts';
import { canonical } from '../state/encode.ts';
import { type Doc, docOf, int, isDoc, isList, toNumber, type Value } from '../state/value.ts';
import { store } from './store.ts';

/** Documents that the same edits of a pass changed. */
export interface ChangedGroup {
  /** Positions in the pass's list of edits. */
  readonly edits: readonly number[];
  readonly ids: readonly Value[];
}

/** What one batch changed: enough to take it back, and to take that back again. */
export interface UndoChunk {
  readonly run: number;
  readonly unit: string;
  readonly n: number;
  readonly groups: readonly ChangedGroup[];
}

const idOf = (db: Database, { run, unit, n }: Omit<UndoChunk, 'groups'>): string => `${db.name}#${run}#${unit}#${n}`;

function chunkDoc(db: Database, { groups, ...key }: UndoChunk): Doc {
  return docOf({
    _id: idOf(db, key),
    target: db.name,
    run: int(key.run),
    unit: key.unit,
    n: int(key.n),
    groups: groups.map(({ edits, ids }) => docOf({ edits: edits.map(int), ids })),
  });
}

/** Saves a chunk in the transaction that changes its documents. */
export async function saveChunk(db: Database, chunk: UndoChunk, session: Session): Promise<void> {
  await insert(db, store.undo, [chunkDoc(db, chunk)], { session });
}

/** Saves a chunk before its documents are changed; a batch that is repeated after a crash adds to what it saved before. */
export async function addToChunk(db: Database, chunk: UndoChunk): Promise<void> {
  const saved = (await readChunk(db, chunk, undefined)) ?? [];
  const known = new Set(saved.flatMap(({ ids }) => ids.map(canonical)));
  const fresh = chunk.groups.map(({ edits, ids }) => ({ edits, ids: ids.filter((id) => !known.has(canonical(id))) }));
  const merged = chunkDoc(db, { ...chunk, groups: [...saved, ...fresh] });
  await update(db, { collection: store.undo, filter: docOf({ _id: idOf(db, chunk) }), update: merged, upsert: true });
}

function groupOf(document: Doc): ChangedGroup {
  const edits = document.get('edits');
  const ids = document.get('ids');
  return {
    edits: isList(edits) ? edits.map((edit) => toNumber(edit) ?? 0) : [],
    ids: isList(ids) ? ids : [],
  };
}

/** The n-th chunk of a unit, or null past the last. */
export async function readChunk(
  db: Database,
  key: Omit<UndoChunk, 'groups'>,
  session: Session | undefined,
): Promise<readonly ChangedGroup[] | null> {
  const find = { collection: store.undo, filter: docOf({ _id: idOf(db, key) }), limit: 1 };
  const [found] = await findAll(db, find, session === undefined ? {} : { session });
  const groups = found?.get('groups');
  if (found === undefined) return null;
  return isList(groups) ? groups.filter(isDoc).map(groupOf) : [];
}
