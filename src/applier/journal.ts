import { persistently } from '../database/persist.ts';
import type { Database, Session } from '../database/port.ts';
import { findAll } from '../database/read.ts';
import { putAll, update } from '../database/write.ts';
import type { LedgerEntry, Plan, Step, Unit } from '../planner/contract.ts';
import type { StructureState } from '../planner/operation.ts';
import { canonical } from '../state/encode.ts';
import { type Doc, doc, docOf, int, isDoc, isList, toNumber, type Value } from '../state/value.ts';
import { numberAt, parsedAt, textAt } from './fields.ts';
import { fenced } from './ousted.ts';
import { store } from './store.ts';

export type UnitState = 'pending' | 'started' | 'done';

/** What a unit changed in the ledger, so that a rollback can put it back. */
export interface LedgerChange {
  readonly address: string;
  readonly before: LedgerEntry | null;
  readonly after: LedgerEntry | null;
}

/** One address of a unit as it was found, or as it was left. */
export interface Seen {
  readonly address: string;
  readonly state: StructureState | null;
}

/** One unit of one run: this document is also the fence of every batch that belongs to it. */
export interface UnitEntry {
  readonly id: string;
  readonly run: number;
  readonly order: number;
  readonly state: UnitState;
  readonly unit: Unit;
  readonly steps: readonly Step[];
  /** The operation that runs, or would run next. */
  readonly operation: number;
  /** Where a pass stands: the last `_id` looked at, and how many undo chunks it wrote. */
  readonly after: readonly [Value] | null;
  readonly chunks: number;
  /** Documents changed by each edit of the unit's pass. */
  readonly counts: readonly number[];
  /** Documents that each edit left because somebody changed them since, with a few of their ids. */
  readonly kept: readonly number[];
  readonly sample: readonly Value[];
  /** Documents that a pass was to take back and that are there no more. */
  readonly gone: number;
  readonly found: readonly Seen[] | null;
  readonly made: readonly Seen[] | null;
  readonly ledger: readonly LedgerChange[] | null;
}

/** The unit that records what was adopted and released; it has no steps. */
export const ownershipUnit: Unit = { id: 'ownership', collection: '', steps: [], operations: [] };

function numbersAt(document: Doc, name: string): readonly number[] {
  const list = document.get(name);
  return isList(list) ? list.map((value) => toNumber(value) ?? 0) : [];
}

type Recorded = Pick<UnitEntry, 'unit' | 'steps' | 'found' | 'made' | 'ledger'>;

const isNamed = (value: unknown, name: string): boolean =>
  typeof (value as Readonly<Record<string, unknown>> | null)?.[name] === 'string';

const areNamed = (list: unknown, name: string): boolean =>
  Array.isArray(list) && list.every((value) => isNamed(value, name));

/** What was recorded as text, as far as it has the shape in which it was written. Null where somebody changed that. */
function recordedIn(document: Doc): Recorded | null {
  try {
    const work = parsedAt(document, 'work') as Pick<Recorded, 'unit' | 'steps'> | null;
    const [found, made, ledger] = ['found', 'made', 'ledger'].map((name) => parsedAt(document, name));
    const isWork = areNamed(work?.unit.operations, 'kind') && areNamed(work?.steps, 'id');
    const areSeen = [found, made, ledger].every((list) => list === null || areNamed(list, 'address'));
    return isWork && areSeen ? ({ ...work, found, made, ledger } as Recorded) : null;
  } catch {
    return null;
  }
}

/** In place of what cannot be read: the plan that the run began with is not whole then, as its checksum says. */
const unreadable: Recorded = {
  unit: { id: 'unreadable', collection: '', steps: [], operations: [] },
  steps: [],
  found: null,
  made: null,
  ledger: null,
};

function entryOf(document: Doc): UnitEntry {
  const cursor = document.get('cursor');
  const after = isDoc(cursor) ? cursor.get('after') : undefined;
  const sample = document.get('sample');
  return {
    ...(recordedIn(document) ?? unreadable),
    id: String(document.get('_id')),
    run: numberAt(document, 'run'),
    order: numberAt(document, 'order'),
    state: textAt(document, 'state') as UnitState,
    operation: numberAt(document, 'operation'),
    after: after === undefined ? null : [after],
    chunks: numberAt(document, 'chunks'),
    counts: numbersAt(document, 'counts'),
    kept: numbersAt(document, 'kept'),
    sample: isList(sample) ? sample : [],
    gone: numberAt(document, 'gone'),
  };
}

/** The units of a run in their order. Reads only. */
export async function readUnits(db: Database, run: number): Promise<readonly UnitEntry[]> {
  const found = await findAll(db.records, {
    collection: store.steps,
    filter: docOf({ target: db.name, run: int(run) }),
    sort: docOf({ order: int(1) }),
  });
  return found.map(entryOf);
}

/** A transaction, and a command, take more; what one writes is held in memory until it commits. */
const partBytes = 8 * 1024 * 1024;
const partEntries = 500;

/** The entries of a run that begins, in parts that each go into one transaction. */
export function partsOfUnits(db: Database, run: number, plan: Plan, token: number): readonly (readonly Doc[])[] {
  const parts: Doc[][] = [[]];
  let bytes = 0;
  for (const entry of newEntries(db, run, plan, token)) {
    const own = Buffer.byteLength(String(entry.get('work')));
    const isFull = bytes > 0 && (bytes + own > partBytes || parts.at(-1)?.length === partEntries);
    if (isFull) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)?.push(entry);
    bytes += own;
  }
  return parts;
}

/** Writes such a part of a run whose number is ours alone. */
export async function writeUnits(db: Database, part: readonly Doc[], session: Session | undefined): Promise<void> {
  if (session !== undefined) return putAll(db.records, store.steps, part, { session });
  await persistently(() => putAll(db.records, store.steps, part));
}

function newEntries(db: Database, run: number, plan: Plan, token: number): readonly Doc[] {
  const byId = new Map(plan.steps.map((step) => [step.id, step]));
  return [...plan.units, ownershipUnit].map((unit, order) =>
    docOf({
      _id: `${db.name}#${run}#${unit.id}`,
      target: db.name,
      run: int(run),
      order: int(order),
      state: 'pending',
      token: int(token),
      beat: int(0),
      work: canonical({ unit, steps: unit.steps.map((id) => byId.get(id)) }),
      operation: int(0),
      chunks: int(0),
      counts: [],
    }),
  );
}

/**
 * Puts the new holder's token on what is not done of a run: no batch of the old holder can commit any more.
 * Throws SchemactlError 23 where a later holder has been here: a token never goes down.
 */
export async function claimUnits(db: Database, run: number, token: number): Promise<void> {
  const left: Readonly<Record<string, Value>> = { target: db.name, run: int(run), state: docOf({ $ne: 'done' }) };
  const claim = docOf({ $set: docOf({ token: int(token) }), $inc: docOf({ beat: int(1) }) });
  const filter = docOf({ ...left, token: docOf({ $lte: int(token) }) });
  await persistently(() => update(db.records, { collection: store.steps, filter, update: claim, multi: true }));
  const later = docOf({ ...left, token: docOf({ $gt: int(token) }) });
  const [found] = await findAll(db.records, {
    collection: store.steps,
    filter: later,
    limit: 1,
    projection: docOf({ _id: int(1) }),
  });
  if (found !== undefined) throw fenced();
}

/** Addresses of documents that a rollback which was cut off has begun to take back: they do not count as applied any more. */
export function halfTakenBack(entries: readonly UnitEntry[]): readonly string[] {
  const begun = entries.filter(({ state, chunks }) => state === 'started' && chunks > 0);
  return begun.flatMap(({ steps }) => steps.filter(({ change }) => change === 'restore').map(({ address }) => address));
}

export interface Advance {
  readonly state?: UnitState;
  readonly operation?: number;
  readonly cursor?: readonly [Value] | null;
  readonly chunks?: number;
  readonly counts?: readonly number[];
  readonly kept?: readonly number[];
  readonly sample?: readonly Value[];
  readonly gone?: number;
  readonly found?: readonly Seen[];
  readonly made?: readonly Seen[];
  readonly ledger?: readonly LedgerChange[];
}

/**
 * Moves a unit's entry on. It is the fence: the entry must carry our token, and `beat` really changes it,
 * so that a stolen token conflicts (112) where a read or a no-op would commit.
 */
export async function advance(
  db: Database,
  entry: Pick<UnitEntry, 'id'>,
  token: number,
  to: Advance,
  session?: Session,
): Promise<void> {
  const set = docOf({
    state: to.state,
    operation: to.operation === undefined ? undefined : int(to.operation),
    cursor: to.cursor === undefined ? undefined : to.cursor === null ? null : docOf({ after: to.cursor[0] }),
    chunks: to.chunks === undefined ? undefined : int(to.chunks),
    counts: to.counts?.map(int),
    kept: to.kept?.map(int),
    sample: to.sample,
    gone: to.gone === undefined ? undefined : int(to.gone),
    found: to.found === undefined ? undefined : canonical(to.found),
    made: to.made === undefined ? undefined : canonical(to.made),
    ledger: to.ledger === undefined ? undefined : canonical(to.ledger),
  });
  const change = docOf({ $inc: docOf({ beat: int(1) }), $set: set.size === 0 ? undefined : set });
  const filter = doc(['_id', entry.id], ['token', int(token)]);
  const statement = { collection: store.steps, filter, update: change };
  const { matched } =
    session === undefined
      ? await persistently(() => update(db.records, statement))
      : await update(db.records, statement, { session });
  if (matched !== 1) throw fenced();
}
