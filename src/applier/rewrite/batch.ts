import type { RunOptions, Session } from '../../database/port.ts';
import { update } from '../../database/write.ts';
import { internalError } from '../../errors.ts';
import type { RewriteOperation } from '../../planner/operation.ts';
import type { ChangedGroup } from '../../planner/rewrite/record.ts';
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
  /** Documents to be taken back that are there no more. */
  readonly gone: number;
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
  readonly gone?: number;
  /**
   * Sends the writes; what they change is in `groups`, which must be saved first where no transaction holds both together.
   * There, somebody may have changed a document since it was read: it is left. Answers of how many each edit was left.
   */
  readonly write: () => Promise<readonly number[]>;
}

export const inSession = (session: Session | undefined): { session?: Session } =>
  session === undefined ? {} : { session };

/**
 * Writes within the batch. One that no transaction fences ends within a third of the lease: a lease that runs out while it is
 * written cannot stop it.
 */
export const writing = ({ context, session }: Pick<Batch, 'context' | 'session'>): RunOptions =>
  session === undefined ? { timeoutMs: context.lock.leaseMs / 3 } : { session };

/** Reads within the batch, so that what is kept of a document is all of it. */
export const reading = (session: Session | undefined): { exact: true; session?: Session } => ({
  exact: true,
  ...inSession(session),
});

/** A lease that ran out matches nothing; only where no transaction can fence the write. */
export function leaseGuard({ context, session }: Batch): readonly Doc[] {
  if (session !== undefined) return [];
  const until = { type: 'date', text: String(context.lock.leaseUntil()) } as const;
  return [docOf({ $expr: docOf({ $lt: ['$$NOW', until] }) })];
}

/** Updates these very documents and answers how many. Throws an internal error where a transaction does not find all of them. */
export async function updateDocuments(
  batch: Batch,
  ids: readonly Value[],
  change: Value,
  guards: readonly Doc[] = [],
): Promise<number> {
  const { context, op, session } = batch;
  const all = [...guards, ...leaseGuard(batch)];
  const filter = docOf({ _id: docOf({ $in: ids }), $and: all.length === 0 ? undefined : all });
  const statement = { collection: op.collection, filter, update: change, multi: true };
  const { matched } = await update(context.db, statement, writing(batch));
  if (session !== undefined && matched !== ids.length) {
    throw internalError(`a batch found ${ids.length} documents and changed ${matched}`);
  }
  return matched;
}
