import { DatabaseError } from '../../database/port.ts';
import { findAll } from '../../database/read.ts';
import { updateEach } from '../../database/write.ts';
import type { Held } from '../../planner/operation.ts';
import { heldIn, type Part } from '../../planner/rewrite/held.ts';
import { putAll, putBytes } from '../../planner/rewrite/put.ts';
import type { Put } from '../../planner/rewrite/restore.ts';
import { isUnchanged } from '../../planner/rewrite/unchanged.ts';
import { roughSize } from '../../state/size.ts';
import { type Doc, docOf, int, type Value } from '../../state/value.ts';
import { type Batch, leaseGuard, updateDocuments, writing } from './batch.ts';

/** One command holds 16 MiB; its filter and its change both hold the ids. */
const commandBytes = 8 * 1024 * 1024;
const commandStatements = 500;

/** What one command after the other may take, by the bytes that each carries; one alone may be larger. */
function byCommand<T>(
  all: readonly T[],
  bytesOf: (one: T) => number,
  most = Number.POSITIVE_INFINITY,
): readonly (readonly T[])[] {
  const commands: T[][] = [];
  let bytes = 0;
  for (const one of all) {
    const last = commands.at(-1);
    const size = bytesOf(one);
    if (last === undefined || last.length >= most || bytes + size > commandBytes) {
      commands.push([one]);
      bytes = size;
    } else {
      last.push(one);
      bytes += size;
    }
  }
  return commands;
}

/** A document that is changed only while it is as it was read. */
export interface Guarded {
  readonly id: Value;
  readonly expected: readonly { readonly path: readonly string[]; readonly held: Held }[];
  readonly update: Value;
}

/** What matched nothing was changed by somebody, unless the lease ran out meanwhile: then the batch is repeated. */
async function assertLeased({ context, op }: Batch, lease: readonly Doc[]): Promise<void> {
  const find = {
    collection: op.collection,
    filter: docOf({ $and: lease }),
    projection: docOf({ _id: int(1) }),
    limit: 1,
  };
  if ((await findAll(context.db, find)).length > 0) return;
  const labels = ['TransientTransactionError'];
  throw new DatabaseError('the lease ran out while a batch was written', { kind: 'server', labels });
}

/** Where no transaction holds reading and writing together: changes what is still as it was read; answers how many were not. */
export async function updateGuarded(
  batch: Batch,
  documents: readonly Guarded[],
  guards: readonly Doc[] = [],
): Promise<number> {
  const { context, op } = batch;
  const lease = leaseGuard(batch);
  const statements = documents.map(({ id, expected, update }) => {
    const own = expected.map(({ path, held }) => isUnchanged(path, held));
    return { filter: docOf({ _id: id, $and: [...own, ...guards, ...lease] }), update };
  });
  let left = documents.length;
  const size = ({ filter, update }: (typeof statements)[number]): number => roughSize(filter) + roughSize(update);
  for (const part of byCommand(statements, size, commandStatements))
    left -= await updateEach(context.db, op.collection, part, writing(batch));
  if (left > 0) await assertLeased(batch, lease);
  return left;
}

/** What is put into a document, and what was read of it. */
export interface Putting {
  readonly id: Value;
  readonly puts: readonly Put[];
  readonly live: Part;
}

/** A value that the server moves is whatever it is by then. */
function expectedOf({ puts, live }: Putting): Guarded['expected'] {
  const moved = puts.flatMap(({ path, from }) => (from === null ? [] : [[...path.slice(0, -1), from].join('.')]));
  const paths = new Map(puts.map(({ path }) => [path.join('.'), path]));
  return [...paths].filter(([text]) => !moved.includes(text)).map(([, path]) => ({ path, held: heldIn(live, path) }));
}

/**
 * Puts into each document what is listed for it; all of them get the same fields in the same places. Answers how many were
 * left, as they are no longer as they were read: none in a transaction.
 */
export async function putIntoEach(batch: Batch, documents: readonly Putting[]): Promise<number> {
  if (batch.session === undefined) {
    const guarded = documents.map((one) => ({
      id: one.id,
      expected: expectedOf(one),
      update: [...putAll([one.id], [one.puts])],
    }));
    return updateGuarded(batch, guarded);
  }
  for (const part of byCommand(documents, ({ id, puts }) => putBytes(id, puts))) {
    const ids = part.map(({ id }) => id);
    const rows = part.map(({ puts }) => puts);
    await updateDocuments(batch, ids, [...putAll(ids, rows)]);
  }
  return 0;
}
