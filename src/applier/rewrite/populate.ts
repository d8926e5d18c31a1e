import { aggregateCommand, readAll } from '../../database/read.ts';
import { internalError } from '../../errors.ts';
import type { FieldPath, Held, Join } from '../../planner/operation.ts';
import { heldAt, holderOf, type Part } from '../../planner/rewrite/held.ts';
import { joinStages } from '../../planner/rewrite/join.ts';
import { namesOf } from '../../planner/rewrite/path.ts';
import { gather } from '../../planner/rewrite/record.ts';
import { roughSize } from '../../state/size.ts';
import { docOf, int, isUndefined, type Value } from '../../state/value.ts';
import { type Batch, reading, type Prepared } from './batch.ts';
import { candidates, documentBytes, keyOf, partReader, withinBytes } from './candidates.ts';
import { matchesOf } from './matches.ts';
import { putIntoEach } from './put.ts';

/** The join as the server makes it, whatever is compared. */
async function joined(
  { context, op, session }: Batch,
  path: FieldPath,
  join: Join,
  documents: readonly Part[],
): Promise<(document: Part) => Value | null> {
  const pipeline = [
    docOf({ $match: docOf({ _id: docOf({ $in: documents.map(({ id }) => id) }) }) }),
    ...joinStages(path, join),
    docOf({ $project: docOf({ _id: int(1), value: `$${namesOf(path).join('.')}` }) }),
  ];
  const found = await readAll(context.db, aggregateCommand(op.collection, pipeline), reading(session));
  const values = new Map(found.map((one) => [keyOf(one.get('_id') as Value), one.get('value') ?? null]));
  return ({ id }) => values.get(keyOf(id)) ?? null;
}

/** Null and missing are filled, and the deprecated undefined, which the server takes for missing. */
const isEmpty = (held: Held): boolean => held === null || held[0] === null || isUndefined(held[0]);

/** A pass that fills one field from another collection: the join is read, its values are written by id. */
export async function preparePopulate(batch: Batch): Promise<Prepared | null> {
  const [edit] = batch.op.edits;
  if (edit?.action.kind !== 'populate') throw internalError('a pass of joins holds another edit');
  const path = namesOf(edit.path);
  const { join } = edit.action;
  const { projection, partOf } = partReader(
    [edit],
    join.match.map(([field]) => field),
  );
  const found = withinBytes(await candidates(batch, projection), documentBytes).map(partOf);
  const last = found.at(-1)?.id;
  if (last === undefined) return null;
  const open = found.filter(({ fields }) => holderOf(fields, path) !== null && isEmpty(heldAt(fields, path)));
  const valueOf = (await matchesOf(batch, join, open)) ?? (await joined(batch, edit.path, join, open));
  const matched = open.flatMap((part) => {
    const value = valueOf(part);
    return value === null ? [] : [{ part, value }];
  });
  const filled = withinBytes(matched, { ...documentBytes, of: ({ value }) => roughSize(value) });
  const end = filled.at(-1);
  const groups = gather(
    filled.map(({ part, value }) => ({
      id: part.id,
      changes: [{ at: 0, names: null, before: heldAt(part.fields, path), after: [value], isConstant: false }],
    })),
  );
  const rows = filled.map(({ part, value }) => ({
    id: part.id,
    live: part,
    puts: [{ path, value: [value] as const, from: null, names: null }],
  }));
  const write = async (): Promise<readonly number[]> => [await putIntoEach(batch, rows)];
  return {
    groups,
    after: [end !== undefined && filled.length < matched.length ? end.part.id : last],
    kept: [],
    sample: [],
    write,
  };
}
