import type { Database, Session } from '../database/port.ts';
import { findAll } from '../database/read.ts';
import { findAndModify, insert, update } from '../database/write.ts';
import { exitCodes, internalError, SchemactlError } from '../errors.ts';
import type { LedgerEntry, Plan, Step, Unit } from '../planner/contract.ts';
import type { StructureState } from '../planner/operation.ts';
import { canonical, decode, type Json } from '../state/encode.ts';
import type { Run, RunState } from '../state/runs.ts';
import { type Doc, doc, docOf, int, isDoc, isList, isScalar, toNumber, type Value } from '../state/value.ts';
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
  readonly found: readonly Seen[] | null;
  readonly made: readonly Seen[] | null;
  readonly ledger: readonly LedgerChange[] | null;
}

/** The unit that records what was adopted and released; it has no steps. */
export const ownershipUnit: Unit = { id: 'ownership', collection: '', steps: [], operations: [] };

const runId = (db: Database, run: number): string => `${db.name}#${run}`;
const unitId = (db: Database, run: number, unit: string): string => `${runId(db, run)}#${unit}`;

const number = (document: Doc, name: string): number => toNumber(document.get(name)) ?? 0;
const text = (document: Doc, name: string): string | null => {
  const value = document.get(name);
  return typeof value === 'string' ? value : null;
};
const date = (document: Doc, name: string): number | null => {
  const value = document.get(name);
  return isScalar(value) && value.type === 'date' ? Number(value.text) : null;
};
/** What was written as canonical text, by our own hand, so its shape is what was put in. */
const parsed = (document: Doc, name: string): unknown => {
  const found = text(document, name);
  return found === null ? null : decode(JSON.parse(found) as Json);
};

function runOf(document: Doc): Run {
  return {
    run: number(document, 'run'),
    kind: text(document, 'kind') === 'rollback' ? 'rollback' : 'apply',
    state: text(document, 'state') as RunState,
    by: text(document, 'by') ?? '?',
    host: text(document, 'host') ?? '?',
    commit: text(document, 'commit'),
    tool: text(document, 'tool') ?? '?',
    desired: text(document, 'desired') ?? '',
    checksum: text(document, 'checksum') ?? '',
    startedAt: date(document, 'startedAt') ?? 0,
    endedAt: date(document, 'endedAt'),
    steps: { done: number(document, 'stepsDone'), total: number(document, 'stepsTotal') },
    documents: number(document, 'documents'),
    late: number(document, 'late'),
    continues: toNumber(document.get('continues')) ?? null,
    message: text(document, 'message'),
  };
}

function entryOf(document: Doc): UnitEntry {
  const cursor = document.get('cursor');
  const after = isDoc(cursor) ? cursor.get('after') : undefined;
  const counts = document.get('counts');
  const work = parsed(document, 'work') as { unit: Unit; steps: readonly Step[] } | null;
  if (work === null) throw internalError('a journal entry holds no unit');
  return {
    id: String(document.get('_id')),
    run: number(document, 'run'),
    order: number(document, 'order'),
    state: text(document, 'state') as UnitState,
    ...work,
    operation: number(document, 'operation'),
    after: after === undefined ? null : [after],
    chunks: number(document, 'chunks'),
    counts: isList(counts) ? counts.map((count) => toNumber(count) ?? 0) : [],
    found: parsed(document, 'found') as readonly Seen[] | null,
    made: parsed(document, 'made') as readonly Seen[] | null,
    ledger: parsed(document, 'ledger') as readonly LedgerChange[] | null,
  };
}

const ofTarget = (db: Database, more: Readonly<Record<string, Value>> = {}): Doc => docOf({ target: db.name, ...more });

/** All runs of this target, oldest first. Reads only. */
export async function readRuns(db: Database): Promise<readonly Run[]> {
  const found = await findAll(db, {
    collection: store.runs,
    filter: ofTarget(db),
    sort: docOf({ run: int(1) }),
    projection: docOf({ plan: int(0) }),
  });
  return found.map(runOf);
}

/** The units of a run in their order. Reads only. */
export async function readUnits(db: Database, run: number): Promise<readonly UnitEntry[]> {
  const found = await findAll(db, {
    collection: store.steps,
    filter: ofTarget(db, { run: int(run) }),
    sort: docOf({ order: int(1) }),
  });
  return found.map(entryOf);
}

/** The plan of a run without its units and steps, which stand in the units' own entries. */
export type PlanHeader = Omit<Plan, 'units' | 'steps'>;

export async function readHeader(db: Database, run: number): Promise<PlanHeader> {
  const [found] = await findAll(db, { collection: store.runs, filter: docOf({ _id: runId(db, run) }) });
  const header = found === undefined ? null : (parsed(found, 'plan') as PlanHeader | null);
  if (header === null) throw internalError(`run ${run} has no plan`);
  return header;
}

export interface NewRun {
  readonly run: number;
  readonly plan: Plan;
  readonly by: string;
  readonly host: string;
  readonly commit: string | null;
  readonly continues: number | null;
  readonly token: number;
}

const literal = (value: Value): Doc => docOf({ $literal: value });

/** Writes the run and all its units before anything is done, so that whoever comes after a crash knows everything. */
export async function openRun(db: Database, { run, plan, token, ...who }: NewRun): Promise<void> {
  const { units, steps, ...header } = plan;
  const byId = new Map(steps.map((step) => [step.id, step]));
  const entries = [...units, ownershipUnit].map((unit, order) =>
    docOf({
      _id: unitId(db, run, unit.id),
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
  for (let at = 0; at < entries.length; at += 500) await insert(db, store.steps, entries.slice(at, at + 500));
  const fields: Readonly<Record<string, Value>> = {
    target: db.name,
    run: int(run),
    kind: plan.kind,
    state: 'running',
    by: who.by,
    host: who.host,
    commit: who.commit,
    tool: plan.tool,
    desired: plan.desired,
    checksum: plan.checksum,
    plan: canonical(header),
    token: int(token),
    stepsDone: int(0),
    stepsTotal: int(steps.length),
    documents: int(0),
    continues: who.continues === null ? null : int(who.continues),
    message: null,
  };
  const values = Object.entries(fields).map(([name, value]): [string, Value] => [name, literal(value)]);
  const pipeline = [docOf({ $set: new Map<string, Value>([...values, ['startedAt', '$$NOW']]) })];
  await findAndModify(db, store.runs, docOf({ _id: runId(db, run) }), pipeline, true);
}

export interface Closing {
  readonly state: RunState;
  readonly done: number;
  readonly documents: number;
  readonly late: number;
  readonly message: string | null;
}

const ownRun = (db: Database, run: number, token: number): Doc => doc(['_id', runId(db, run)], ['token', int(token)]);

/** Says what became of a run; a process that lost the lock says nothing any more. */
export async function closeRun(db: Database, run: number, token: number, closing: Closing): Promise<void> {
  const set = docOf({
    state: literal(closing.state),
    stepsDone: int(closing.done),
    documents: int(closing.documents),
    late: int(closing.late),
    message: literal(closing.message),
    endedAt: '$$NOW',
  });
  await findAndModify(db, store.runs, ownRun(db, run, token), [docOf({ $set: set })]);
}

/** A run goes on: it is running again. */
export async function reopenRun(db: Database, run: number, token: number): Promise<void> {
  const set = docOf({ state: 'running', endedAt: null, message: null });
  await findAndModify(db, store.runs, ownRun(db, run, token), [docOf({ $set: set })]);
}

/** Puts the new holder's token on a run and what is not done of it: no batch of the old holder can commit any more. */
export async function claimRun(db: Database, run: number, token: number): Promise<void> {
  const claim = docOf({ $set: docOf({ token: int(token) }), $inc: docOf({ beat: int(1) }) });
  const left = ofTarget(db, { run: int(run), state: docOf({ $ne: 'done' }) });
  await update(db, { collection: store.steps, filter: left, update: claim, multi: true });
  await update(db, { collection: store.runs, filter: docOf({ _id: runId(db, run) }), update: claim });
}

const fenced = (): SchemactlError =>
  new SchemactlError('Another process has taken this run over; this one stops.', {
    code: 'SCH2303',
    exitCode: exitCodes.partial,
    next: ['See where things stand: schemactl status'],
  });

export interface Advance {
  readonly state?: UnitState;
  readonly operation?: number;
  readonly cursor?: readonly [Value] | null;
  readonly chunks?: number;
  readonly counts?: readonly number[];
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
    counts: to.counts === undefined ? undefined : to.counts.map(int),
    found: to.found === undefined ? undefined : canonical(to.found),
    made: to.made === undefined ? undefined : canonical(to.made),
    ledger: to.ledger === undefined ? undefined : canonical(to.ledger),
  });
  const change = docOf({ $inc: docOf({ beat: int(1) }), $set: set.size === 0 ? undefined : set });
  const filter = doc(['_id', entry.id], ['token', int(token)]);
  const { matched } = await update(
    db,
    { collection: store.steps, filter, update: change },
    session === undefined ? {} : { session },
  );
  if (matched !== 1) throw fenced();
}
