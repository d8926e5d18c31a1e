import { aggregateCommand, readAll } from '../../database/read.ts';
import { exitCodes, internalError, SchemactlError } from '../../errors.ts';
import type { Held, Join } from '../../planner/operation.ts';
import { heldAt, holderOf, type Part } from '../../planner/rewrite/held.ts';
import { matchedStages } from '../../planner/rewrite/join.ts';
import { namesOf } from '../../planner/rewrite/path.ts';
import { gather } from '../../planner/rewrite/record.ts';
import { showId } from '../../state/show.ts';
import { roughSize } from '../../state/size.ts';
import { docOf, isUndefined, type Value } from '../../state/value.ts';
import { plural } from '../../state/words.ts';
import { type Batch, reading, type Prepared } from './batch.ts';
import { candidates, documentBytes, keyOf, partReader, withinBytes } from './candidates.ts';
import { type Match, matchesOf, nothingMatched, servedBest } from './matches.ts';
import { putIntoEach } from './put.ts';

/** The join as the server makes it, whatever is compared. */
async function joined(batch: Batch, join: Join, documents: readonly Part[]): Promise<(document: Part) => Match> {
  const { context, op, session } = batch;
  const ids = documents.map(({ id }) => id);
  const pipeline = [
    docOf({ $match: docOf({ _id: docOf({ $in: ids }) }) }),
    ...matchedStages(await servedBest(batch, join, ids)),
  ];
  const found = await readAll(context.db, aggregateCommand(op.collection, pipeline), reading(session));
  const matches = new Map<string, Match>(
    found.map((one) => [
      keyOf(one.get('_id') as Value),
      one.get('several') === true ? 'several' : { value: one.get('value') ?? null },
    ]),
  );
  return ({ id }) => matches.get(keyOf(id)) ?? nothingMatched;
}

const idsShown = 5;

/** Throws SchemactlError 22 for documents that match several, of a link for which that is an error. */
function assertSingle(documents: readonly Part[]): void {
  if (documents.length === 0) return;
  const count = plural(documents.length, 'document');
  const shown = documents.slice(0, idsShown).map(({ id }) => showId(id));
  throw new SchemactlError(`${count} of a batch now match several documents, or by an array (ambiguous-match).`, {
    code: 'SCH2202',
    exitCode: exitCodes.violated,
    details: [`Nothing was changed in that batch. Ids: ${shown.join(', ')}${documents.length > idsShown ? ', …' : ''}`],
    next: ['See how many there are in all: schemactl plan', 'Mend what they match, or fill their field by hand'],
  });
}

/** Null and missing are filled, and the deprecated undefined, which the server takes for missing. */
const isEmpty = (held: Held): boolean => held === null || held[0] === null || isUndefined(held[0]);

/** A pass that fills one field from another collection: the join is read, its values are written by id. */
export async function preparePopulate(batch: Batch): Promise<Prepared | null> {
  const [edit] = batch.op.edits;
  if (edit?.action.kind !== 'populate') throw internalError('a pass of joins holds another edit');
  const path = namesOf(edit.path);
  const { join, ambiguous } = edit.action;
  const { projection, partOf } = partReader(
    [edit],
    join.match.map(([field]) => field),
  );
  const found = withinBytes(await candidates(batch, projection), documentBytes).map(partOf);
  const last = found.at(-1)?.id;
  if (last === undefined) return null;
  const open = found.filter(({ fields }) => holderOf(fields, path) !== null && isEmpty(heldAt(fields, path)));
  const matchOf = (await matchesOf(batch, join, open)) ?? (await joined(batch, join, open));
  if (ambiguous === 'fail') assertSingle(open.filter((part) => matchOf(part) === 'several'));
  const matched = open.flatMap((part) => {
    const match = matchOf(part);
    return match === 'several' || match.value === null ? [] : [{ part, value: match.value }];
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
