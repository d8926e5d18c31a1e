import { type Doc, docOf, int, toNumber, type Value } from '../state/value.ts';
import { persistently } from './persist.ts';
import type { Database, RunOptions } from './port.ts';

/** Writes inside a transaction take its write concern; all others are majority-acknowledged and journaled. */
function durability(options: RunOptions): RunOptions {
  return options.session === undefined ? { ...options, durable: true } : options;
}

export async function insert(
  db: Database,
  collection: string,
  documents: readonly Doc[],
  options: RunOptions = {},
): Promise<void> {
  await db.run(docOf({ insert: collection, documents }), durability(options));
}

export interface Update {
  readonly collection: string;
  readonly filter: Doc;
  readonly update: Value;
  readonly multi?: boolean;
  readonly upsert?: boolean;
}

export interface Updated {
  readonly matched: number;
  readonly modified: number;
}

export async function update(
  db: Database,
  { collection, filter, ...rest }: Update,
  options: RunOptions = {},
): Promise<Updated> {
  const statement = docOf({ q: filter, u: rest.update, multi: rest.multi ?? false, upsert: rest.upsert ?? false });
  const reply = await db.run(docOf({ update: collection, updates: [statement] }), durability(options));
  return { matched: toNumber(reply.get('n')) ?? 0, modified: toNumber(reply.get('nModified')) ?? 0 };
}

/** Updates each document by a filter and a pipeline of its own, in one command; answers how many matched theirs. */
export async function updateEach(
  db: Database,
  collection: string,
  statements: readonly { readonly filter: Doc; readonly update: Value }[],
  options: RunOptions = {},
): Promise<number> {
  const updates = statements.map((one) => docOf({ q: one.filter, u: one.update }));
  const reply = await db.run(docOf({ update: collection, updates, ordered: false }), durability(options));
  return toNumber(reply.get('n')) ?? 0;
}

/** The server takes up to 100,000 statements a command; fewer keep a command far under 48 MB. */
const statementsAtOnce = 500;

async function inParts(statements: readonly Doc[], send: (part: readonly Doc[]) => Promise<Doc>): Promise<void> {
  for (let at = 0; at < statements.length; at += statementsAtOnce)
    await send(statements.slice(at, at + statementsAtOnce));
}

/** Replaces documents by `_id`, or inserts them. */
export async function putAll(
  db: Database,
  collection: string,
  documents: readonly Doc[],
  options: RunOptions = {},
): Promise<void> {
  const statements = documents.map((u) => docOf({ q: docOf({ _id: u.get('_id') }), u, upsert: true }));
  await inParts(statements, (updates) => db.run(docOf({ update: collection, updates }), durability(options)));
}

/** Removes documents by `_id`. */
export async function removeAll(
  db: Database,
  collection: string,
  ids: readonly Value[],
  options: RunOptions = {},
): Promise<void> {
  const statements = ids.map((_id) => docOf({ q: docOf({ _id }), limit: int(1) }));
  await inParts(statements, (deletes) => db.run(docOf({ delete: collection, deletes }), durability(options)));
}

/**
 * Updates one document by a pipeline and answers it as it is afterwards, or null where none matched. Sent again after an
 * unknown outcome: the pipeline must come to the same when it is run twice.
 */
export async function findAndModify(
  db: Database,
  collection: string,
  query: Doc,
  pipeline: readonly Value[],
  { upsert = false, timeoutMs }: { readonly upsert?: boolean; readonly timeoutMs?: number } = {},
): Promise<Doc | null> {
  const command = docOf({ findAndModify: collection, query, update: pipeline, new: true, upsert });
  const options = { durable: true, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
  const found = (await persistently(() => db.run(command, options))).get('value');
  return found instanceof Map ? (found as Doc) : null;
}
