import type { Session } from '../../database/port.ts';
import { update } from '../../database/write.ts';
import { internalError } from '../../errors.ts';
import type { RewriteOperation } from '../../planner/operation.ts';
import { putAll, putBytes } from '../../planner/rewrite/put.ts';
import type { ChangedGroup } from '../../planner/rewrite/record.ts';
import type { Put } from '../../planner/rewrite/restore.ts';
import { type Doc, docOf, type Value } from '../../state/value.ts';
import type { RunContext } from '../run-context.ts';

/** Where a pass stands; it is in the journal too, moved in the same transaction as the documents. */
export interface Position {
  /** How far it has come: the last `_id` looked at, or the place in the chunks that it takes back. */
  readonly after: readonly [Value] | null;
  /** Undo chunks written so far. */
  readonly chunks: number;
  /** Documents changed by each edit. */
  readonly counts: readonly number[];
  /** Documents that each edit left as somebody changed them since, with a few of their ids. */
  readonly kept: readonly number[];
  readonly sample: readonly Value[];
}

/** What a batch works on. */
export interface Batch {
  readonly context: RunContext;
  readonly op: RewriteOperation;
  readonly at: Position;
  /** The most documents it takes. */
  readonly size: number;
  /** Null where there are no transactions. */
  readonly session: Session | undefined;
  /** Ids that were looked for before the transaction began, where they lie far apart; null: look within it. */
  readonly located: readonly Value[] | null;
  /** The last `_id` of this look; null where it goes by something else than their order. */
  readonly last: readonly [Value] | null;
}

/** What a batch is about to do, or has done. */
export interface Prepared {
  readonly groups: readonly ChangedGroup[];
  /** Where the pass stands afterwards, but for chunks and counts. */
  readonly after: Position['after'];
  readonly kept: readonly number[];
  readonly sample: readonly Value[];
  /** Sends the writes; what they change is in `groups`, which must be saved first where no transaction holds both together. */
  readonly write: () => Promise<void>;
}

export const inSession = (session: Session | undefined): { session?: Session } =>
  session === undefined ? {} : { session };

/** A lease that ran out matches nothing; only where no transaction can fence the write. */
export function leaseGuard({ context, session }: Batch): readonly Doc[] {
  if (session !== undefined) return [];
  const until = { type: 'date', text: String(context.lock.leaseUntil()) } as const;
  return [docOf({ $expr: docOf({ $lt: ['$$NOW', until] }) })];
}

/** Updates these very documents. Throws an internal error where a transaction does not find all of them. */
export async function updateDocuments(
  batch: Batch,
  ids: readonly Value[],
  change: Value,
  guards: readonly Doc[] = [],
): Promise<void> {
  const { context, op, session } = batch;
  const all = [...guards, ...leaseGuard(batch)];
  const filter = docOf({ _id: docOf({ $in: ids }), $and: all.length === 0 ? undefined : all });
  const statement = { collection: op.collection, filter, update: change, multi: true };
  const { matched } = await update(context.db, statement, inSession(session));
  if (session !== undefined && matched !== ids.length) {
    throw internalError(`a batch found ${ids.length} documents and changed ${matched}`);
  }
}

/** One command holds 16 MiB; its filter and its change both hold the ids. */
const commandBytes = 8 * 1024 * 1024;

/** What one update after the other may take, by the bytes that each carries; one alone may be larger. */
export function byCommand<T>(all: readonly T[], bytesOf: (one: T) => number): readonly (readonly T[])[] {
  const commands: T[][] = [];
  let bytes = commandBytes;
  for (const one of all) {
    const size = bytesOf(one);
    bytes += size;
    if (bytes > commandBytes) {
      commands.push([]);
      bytes = size;
    }
    commands.at(-1)?.push(one);
  }
  return commands;
}

/** Puts into each document what is listed for it; all of them get the same fields in the same places. */
export async function putIntoEach(
  batch: Batch,
  documents: readonly { readonly id: Value; readonly puts: readonly Put[] }[],
  guards: readonly Doc[] = [],
): Promise<void> {
  for (const part of byCommand(documents, ({ id, puts }) => putBytes(id, puts))) {
    const ids = part.map(({ id }) => id);
    const rows = part.map(({ puts }) => puts);
    await updateDocuments(batch, ids, [...putAll(ids, rows)], guards);
  }
}
