import type { Database, Session } from '../../database/port.ts';
import { type Find, findAll, findCommand, readBatches } from '../../database/read.ts';
import type { Edit, Held, RewriteOperation } from '../../planner/operation.ts';
import { anyMayApply } from '../../planner/rewrite/edits.ts';
import { fieldNames } from '../../planner/rewrite/expressions.ts';
import type { Part } from '../../planner/rewrite/held.ts';
import { mayMatch } from '../../planner/rewrite/join.ts';
import { isInArray, namesOf, rootOf } from '../../planner/rewrite/path.ts';
import { holdsAt, member } from '../../planner/rewrite/walk.ts';
import { canonical } from '../../state/encode.ts';
import { roughSize } from '../../state/size.ts';
import { type Doc, docOf, int, isDoc, isList, toNumber, type Value } from '../../state/value.ts';
import { type Batch, reading, type Position } from './batch.ts';

/** A filter: documents in which a pass may have something to do. */
export function guardOf({ edits }: RewriteOperation): Doc {
  const [only] = edits;
  return only?.action.kind === 'populate' ? mayMatch(only.path, only.action.join) : anyMayApply(edits);
}

const byId = docOf({ _id: int(1) });

/**
 * Documents by `_id` behind the one where the pass stands, up to the last of this look; `min`, which holds that one too,
 * reads on across BSON types, which `$gt` would not, and `max` leaves the last one out, so it is read by itself.
 */
function inOrder(op: RewriteOperation, { after }: Position, last: Value): readonly Find[] {
  const { collection } = op;
  if (after !== null && keyOf(after[0]) === keyOf(last)) return [];
  const range = { collection, sort: byId, hint: byId, max: docOf({ _id: last }) };
  const behind = after === null ? [] : [docOf({ _id: docOf({ $ne: after[0] }) })];
  const filter = docOf({ $and: [guardOf(op), ...behind] });
  return [
    after === null ? { ...range, filter } : { ...range, filter, min: docOf({ _id: after[0] }) },
    these(op, [last]),
  ];
}

/** Those of these documents in which the pass may have something to do. */
const these = (op: RewriteOperation, ids: readonly Value[]): Find => ({
  collection: op.collection,
  filter: docOf({ _id: docOf({ $in: ids }), $and: [guardOf(op)] }),
  sort: byId,
});

/** The ids of the next documents, looked for outside any transaction: over many documents that takes longer than one may. */
export async function locate(
  db: Database,
  op: RewriteOperation,
  at: Position,
  { last, size }: { readonly last: Value; readonly size: number },
): Promise<readonly Value[]> {
  const found: Doc[] = [];
  for (const find of inOrder(op, at, last)) {
    const limit = size - found.length;
    if (limit > 0) found.push(...(await findAll(db, { ...find, limit, projection: byId })));
  }
  return withinBytes(found, idBytes).map((document) => document.get('_id') as Value);
}

/** The next documents of the pass. */
export async function candidates(batch: Batch, projection: Doc): Promise<readonly Doc[]> {
  const { context, op, at, size, session, located, last } = batch;
  const finds = located !== null ? [these(op, located)] : last === null ? [] : inOrder(op, at, last[0]);
  const found: Doc[] = [];
  let bytes = 0;
  for (const find of finds) {
    const limit = size - found.length;
    if (limit <= 0 || bytes > documentBytes.limit) break;
    const command = findCommand({ ...find, limit, projection });
    for await (const part of readBatches(context.db, command, reading(session))) {
      found.push(...part);
      bytes += part.reduce((sum, document) => sum + documentBytes.of(document), 0);
      if (bytes > documentBytes.limit) break;
    }
  }
  return found;
}

/** These documents, in any order. */
export async function documentsOf(
  db: Database,
  collection: string,
  ids: readonly Value[],
  projection: Doc,
  session: Session | undefined,
): Promise<readonly Doc[]> {
  const filter = docOf({ _id: docOf({ $in: ids }) });
  return findAll(db, { collection, filter, projection }, reading(session));
}

/** Ids go into one filter and one undo chunk, which hold 16 MiB; most ids are 12 bytes. */
export const idBytes = { limit: 4 * 1024 * 1024, of: (document: Doc) => roughSize(document.get('_id') ?? null) };

/** An expression, read under the name `size`. */
export const documentSize: Doc = docOf({ $bsonSize: '$$ROOT' });

/** What a batch reads and writes of whole documents: one transaction need not hold more. */
export const documentBytes = {
  limit: 16 * 1024 * 1024,
  of: (document: Doc) => toNumber(document.get('size')) ?? 0,
};

/** The first of them that stay within the limit together; always at least one. */
export function withinBytes<T>(
  found: readonly T[],
  { limit, of }: { readonly limit: number; readonly of: (one: T) => number },
): readonly T[] {
  let bytes = 0;
  const end = found.findIndex((one) => {
    bytes += of(one);
    return bytes > limit;
  });
  return end < 0 ? found : found.slice(0, Math.max(1, end));
}

/**
 * How many of these documents, the first ones, one transaction should hold: they are about to be read, and `more` bytes
 * of each are about to be written.
 */
export async function fitting(
  db: Database,
  collection: string,
  ids: readonly Value[],
  more: (at: number) => number,
  session: Session | undefined,
): Promise<number> {
  const sized = docOf({ _id: int(1), size: documentSize });
  const found = await documentsOf(db, collection, ids, sized, session);
  const sizes = new Map(found.map((document) => [keyOf(document.get('_id') ?? null), documentBytes.of(document)]));
  const bytes = ids.map((id, at) => (sizes.get(keyOf(id)) ?? 0) + more(at));
  return withinBytes(bytes, { ...documentBytes, of: (size) => size }).length;
}

/** The fields of documents that edits are about, and how they are read. */
export interface PartReader {
  readonly projection: Doc;
  readonly partOf: (document: Doc) => Part;
}

function rootsOf(edits: readonly Edit[]): readonly string[] {
  const roots = edits.flatMap(({ path, action }) => {
    if (path.length > 1) return [rootOf(path)];
    const others = action.kind === 'rename' ? [action.from] : [];
    const moved = action.kind === 'restore' && action.move !== null ? [action.move.from, action.move.to] : [];
    return [rootOf(path), ...others, ...moved];
  });
  return [...new Set(roots)];
}

/** Whether the place of a field among all fields of a document is needed to put it back. */
const needsNames = ({ path, action }: Edit): boolean =>
  path.length === 1 && ['remove', 'rename', 'restore'].includes(action.kind);

/** `{ v }` with what stands at a path that leads through objects only, else false. */
const askedAt = (path: readonly string[]): Value =>
  holdsAt(path, { field: (holder, name) => docOf({ v: member(holder, name) }), item: () => false });

/** Paths at which a value may have to go again out of an object that this side keeps as bytes. */
const askedPaths = (edits: readonly Edit[]): readonly (readonly string[])[] =>
  edits.flatMap(({ path, action }) =>
    action.kind === 'restore' && path.length > 1 && !isInArray(path) ? [namesOf(path)] : [],
  );

/** Reads, under names of our own, what the edits are about and the other fields that are named; all other fields stay where they are, whatever they hold. */
export function partReader(edits: readonly Edit[], others: readonly string[] = []): PartReader {
  const roots = [...new Set([...rootsOf(edits), ...others.filter((name) => !name.includes('.'))])];
  const paths = askedPaths(edits);
  const projection = new Map<string, Value>([
    ['_id', int(1)],
    ['size', documentSize],
    ...(edits.some(needsNames) ? [['names', fieldNames] as const] : []),
    ...roots.map((root, at) => [`v${at}`, `$${root}`] as const),
    ...paths.map((path, at) => [`p${at}`, askedAt(path)] as const),
  ]);
  const partOf = (document: Doc): Part => {
    const fields = roots.flatMap((root, at) => {
      const value = document.get(`v${at}`);
      return value === undefined ? [] : [[root, value] as const];
    });
    const asked = paths.map((path, at): readonly [string, Held] => {
      const found = document.get(`p${at}`);
      const value = isDoc(found) ? found.get('v') : undefined;
      return [path.join('.'), value === undefined ? null : [value]];
    });
    const listed = document.get('names');
    return {
      id: document.get('_id') as Value,
      fields: new Map(fields),
      names: isList(listed) ? listed.map(String) : null,
      asked: new Map(asked),
    };
  };
  return { projection, partOf };
}

/** Ids as they are told apart on this side of the wire. */
export const keyOf = (id: Value): string => canonical(id);
