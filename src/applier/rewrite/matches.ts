import { introspectCollection } from '../../database/introspect.ts';
import { readAll, readBatches, findCommand } from '../../database/read.ts';
import type { Join, RewriteOperation } from '../../planner/operation.ts';
import { furtherOf, holdArrays } from '../../planner/rewrite/join.ts';
import { doc, type Doc, docOf, int, isList, isNumber, isScalar, isUndefined, type Value } from '../../state/value.ts';
import { type Batch, reading } from './batch.ts';

/** What a document finds: the value that its only match gives, or null, or that there are several. */
export type Match = { readonly value: Value | null } | 'several';

export const nothingMatched: Match = { value: null };

/** Values of these types are equal exactly where their texts are, under no collation. */
const plainTypes: ReadonlySet<string> = new Set(['objectId', 'date', 'binary']);

/**
 * A text that two values share exactly where the server calls them equal without a collation. Null for those of which
 * this side does not judge: decimals and numbers past 2^53, symbols (equal to strings), documents, patterns.
 */
function equalityKey(value: Value | undefined): string | null {
  if (typeof value === 'string') return `string ${value}`;
  if (typeof value === 'boolean') return `bool ${String(value)}`;
  if (!isScalar(value)) return null;
  if (plainTypes.has(value.type)) return `${value.type} ${value.text}`;
  if (!isNumber(value) || value.type === 'decimal') return null;
  const number = Number(value.text);
  return Math.abs(number) < Number.MAX_SAFE_INTEGER ? `number ${number === 0 ? 0 : number}` : null;
}

const collated = new WeakMap<RewriteOperation, Promise<boolean>>();

/** Whether the collection compares by a collation, which a join from it then does as well. It never changes. */
function isCollated({ context, op }: Batch): Promise<boolean> {
  const known =
    collated.get(op) ??
    introspectCollection(context.db, op.collection).then((found) => found?.state.options['collation'] !== undefined);
  collated.set(op, known);
  return known;
}

const heldThere = new WeakMap<RewriteOperation, Promise<boolean>>();

/** Whether the join may meet an array in a further field of the match. The other collection is asked once a pass: an array that comes later meets nothing. */
async function mayMeetArrays({ context, op, session }: Batch, join: Join, ids: readonly Value[]): Promise<boolean> {
  const any = { projection: docOf({ _id: int(1) }), limit: 1 };
  const there = { collection: join.collection, filter: holdArrays(furtherOf(join, 'other')), ...any };
  const known = heldThere.get(op) ?? readAll(context.db, findCommand(there)).then(({ length }) => length > 0);
  heldThere.set(op, known);
  if (await known) return true;
  const filter = docOf({ $and: [docOf({ _id: docOf({ $in: ids }) }), holdArrays(furtherOf(join, 'own'))] });
  const own = findCommand({ collection: op.collection, filter, ...any });
  return (await readAll(context.db, own, reading(session))).length > 0;
}

/** The join as an index serves it, where that tells as much of these documents. */
export async function servedBest(batch: Batch, join: Join, ids: readonly Value[]): Promise<Join> {
  if (join.match.length < 2 || (await mayMeetArrays(batch, join, ids))) return join;
  return { ...join, isPlain: true };
}

/** The one pair of names by which a join may be made on this side; null where the server has to. */
function pairOf({ match, take }: Join): readonly [own: string, other: string] | null {
  const [pair] = match;
  if (pair === undefined || match.length > 1) return null;
  return [...pair, take].some((name) => name.includes('.')) ? null : pair;
}

/** Far more matches than values means that some value finds very many: the server stops at two for each. */
const matchesAValue = 3;

async function readMatches(
  batch: Batch,
  { collection, where, take }: Join,
  other: string,
  wanted: ReadonlyMap<string, Value>,
): Promise<ReadonlyMap<string, Match> | null> {
  const among = doc([other, docOf({ $in: [...wanted.values()] })]);
  const command = findCommand({
    ...{ collection, filter: where === null ? among : docOf({ $and: [among, where] }) },
    projection: docOf({ _id: int(0), key: `$${other}`, value: `$${take}` }),
    limit: wanted.size * matchesAValue + 1,
  });
  // Whatever the other collection compares by, a join compares as the collection does that it starts from.
  const simple: Doc = new Map([...command, ['collation', docOf({ locale: 'simple' })]]);
  const matches = new Map<string, Match>();
  let count = 0;
  for await (const found of readBatches(batch.context.db, simple, reading(batch.session))) {
    count += found.length;
    for (const one of found) {
      const key = equalityKey(one.get('key'));
      if (key === null || !wanted.has(key)) return null;
      matches.set(key, matches.has(key) ? 'several' : { value: one.get('value') ?? null });
    }
  }
  return count > wanted.size * matchesAValue ? null : matches;
}

/**
 * What the values of a batch find in the other collection, by their keys: one read for all of them, where a `$lookup`
 * reads once a document. Null where only the server can tell which values are equal.
 */
export async function matchesOf(
  batch: Batch,
  join: Join,
  documents: readonly { readonly fields: Doc }[],
): Promise<((document: { readonly fields: Doc }) => Match) | null> {
  const pair = pairOf(join);
  if (pair === null || (await isCollated(batch))) return null;
  const [own, other] = pair;
  const wanted = new Map<string, Value>();
  for (const { fields } of documents) {
    const value = fields.get(own);
    const key = equalityKey(value);
    if (key === null) return null;
    wanted.set(key, value as Value);
  }
  const matches = await readMatches(batch, join, other, wanted);
  if (matches === null) return null;
  return ({ fields }) => {
    const match = matches.get(equalityKey(fields.get(own)) ?? '');
    if (match === 'several') return match;
    return match !== undefined && isUsable(match.value) ? match : nothingMatched;
  };
}

/** An array or nothing stands for no value of its own. */
const isUsable = (value: Value | null): boolean => value !== null && !isList(value) && !isUndefined(value);
