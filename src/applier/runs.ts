import { persistently } from '../database/persist.ts';
import type { Database, Session } from '../database/port.ts';
import { findAll } from '../database/read.ts';
import { findAndModify, insert, update } from '../database/write.ts';
import type { Plan, Step } from '../planner/contract.ts';
import { canonical } from '../state/encode.ts';
import type { Run, RunState } from '../state/runs.ts';
import { type Doc, doc, docOf, int, scalar, toNumber, type Value } from '../state/value.ts';
import { atomically } from './atomically.ts';
import { dateAt, numberAt, parsedAt, textAt } from './fields.ts';
import { claimUnits, ownershipUnit, partsOfUnits, type UnitEntry, writeUnits } from './journal.ts';
import type { Lock } from './lock.ts';
import { fenced } from './ousted.ts';
import type { RunContext } from './run-context.ts';
import { store } from './store.ts';

type Emit = RunContext['emit'];

const runId = (db: Database, run: number): string => `${db.name}#${run}`;

function runOf(document: Doc): Run {
  return {
    run: numberAt(document, 'run'),
    kind: textAt(document, 'kind') === 'rollback' ? 'rollback' : 'apply',
    state: textAt(document, 'state') as RunState,
    by: textAt(document, 'by') ?? '?',
    host: textAt(document, 'host') ?? '?',
    commit: textAt(document, 'commit'),
    tool: textAt(document, 'tool') ?? '?',
    desired: textAt(document, 'desired') ?? '',
    checksum: textAt(document, 'checksum') ?? '',
    startedAt: dateAt(document, 'startedAt') ?? 0,
    endedAt: dateAt(document, 'endedAt'),
    steps: { done: numberAt(document, 'stepsDone'), total: numberAt(document, 'stepsTotal') },
    documents: numberAt(document, 'documents'),
    late: document.get('late') === null ? null : numberAt(document, 'late'),
    continues: toNumber(document.get('continues')) ?? null,
    message: textAt(document, 'message'),
    purgedAt: dateAt(document, 'purgedAt'),
    purgedBy: textAt(document, 'purgedBy'),
  };
}

/** All runs of this target, oldest first. Reads only. */
export async function readRuns(db: Database): Promise<readonly Run[]> {
  const found = await findAll(db.records, {
    collection: store.runs,
    filter: docOf({ target: db.name }),
    sort: docOf({ run: int(1) }),
    projection: docOf({ plan: int(0) }),
  });
  return found.map(runOf);
}

/** The numbers of the runs that ended longer ago than so many milliseconds, by the server's clock. Reads only. */
export async function runsEndedBefore(db: Database, milliseconds: number): Promise<ReadonlySet<number>> {
  const limit = docOf({ $subtract: ['$$NOW', scalar('long', String(milliseconds))] });
  const ended = docOf({ $and: [docOf({ $ne: ['$endedAt', null] }), docOf({ $lt: ['$endedAt', limit] })] });
  const found = await findAll(db.records, {
    collection: store.runs,
    filter: docOf({ target: db.name, endedAt: docOf({ $type: 'date' }), $expr: ended }),
    projection: docOf({ run: int(1) }),
  });
  return new Set(found.map((document) => numberAt(document, 'run')));
}

/** The plan of a run without its units and steps, which stand in the units' own entries. */
export type PlanHeader = Omit<Plan, 'units' | 'steps'>;

/** Null where somebody made something unreadable of it. */
export async function readHeader(db: Database, run: number): Promise<PlanHeader | null> {
  const [found] = await findAll(db.records, { collection: store.runs, filter: docOf({ _id: runId(db, run) }) });
  try {
    const header = found === undefined ? null : parsedAt(found, 'plan');
    return typeof header === 'object' ? (header as PlanHeader | null) : null;
  } catch {
    return null;
  }
}

const numberOf = ({ id }: Step): number => Number(id.slice(1));

/** The plan of a run as it was when the run began, put together again from what the journal holds. */
export function recordedPlan(header: PlanHeader, entries: readonly UnitEntry[]): Plan {
  const steps = new Map(entries.flatMap((entry) => entry.steps.map((step) => [step.id, step])));
  const units = entries.map(({ unit }) => unit).filter(({ id }) => id !== ownershipUnit.id);
  return { ...header, steps: [...steps.values()].sort((a, b) => numberOf(a) - numberOf(b)), units };
}

export interface NewRun {
  readonly plan: Plan;
  readonly by: string;
  readonly host: string;
  readonly commit: string | null;
  readonly continues: number | null;
}

const literal = (value: Value): Doc => docOf({ $literal: value });

function runDoc(db: Database, run: number, token: number, { plan, ...who }: NewRun): Doc {
  const { units: _units, steps, ...header } = plan;
  return docOf({
    _id: runId(db, run),
    target: db.name,
    run: int(run),
    kind: plan.kind,
    state: 'opening',
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
  });
}

async function nextNumber(db: Database): Promise<number> {
  const newest = {
    collection: store.runs,
    filter: docOf({ target: db.name }),
    sort: docOf({ run: int(-1) }),
    limit: 1,
  };
  const [found] = await findAll(db.records, { ...newest, projection: docOf({ run: int(1) }) });
  return (found === undefined ? 0 : numberAt(found, 'run')) + 1;
}

/**
 * Writes the run and all its units before anything is done, so that whoever comes after a crash knows everything; a large plan
 * in several transactions. Each touches the lock document, so none of them commits once somebody else has the lock.
 */
export async function openRun(db: Database, lock: Lock, opening: NewRun, emit: Emit): Promise<number> {
  const run = await nextNumber(db);
  const fenced = (write: (session: Session | undefined) => Promise<void>): Promise<void> =>
    atomically(db, emit, async (session) => {
      await lock.fence(session, run);
      await write(session);
    });
  await fenced((session) =>
    insert(db.records, store.runs, [runDoc(db, run, lock.token, opening)], session === undefined ? {} : { session }),
  );
  for (const part of partsOfUnits(db, run, opening.plan, lock.token))
    await fenced((session) => writeUnits(db, part, session));
  await fenced(async (session) => {
    const begin = [docOf({ $set: docOf({ state: 'running', startedAt: '$$NOW' }) })];
    const own = { collection: store.runs, filter: ownRun(db, run, lock.token), update: begin };
    await update(db.records, own, session === undefined ? {} : { session });
  });
  return run;
}

/** Says that what a run kept is forgotten, before it is: from then on it is not rolled back. Fenced by the lock. */
export async function markPurged(db: Database, lock: Lock, run: number, by: string, emit: Emit): Promise<void> {
  const mark = [docOf({ $set: docOf({ purgedAt: '$$NOW', purgedBy: literal(by) }) })];
  await atomically(db, emit, async (session) => {
    await lock.fence(session);
    const own = { collection: store.runs, filter: docOf({ _id: runId(db, run) }), update: mark };
    await update(db.records, own, session === undefined ? {} : { session });
  });
}

export interface Closing {
  readonly state: RunState;
  readonly done: number;
  readonly documents: number;
  readonly late: number | null;
  readonly message: string | null;
}

/** A run whose opening was cut off has not begun before somebody settles it. */
const startedAt: Doc = docOf({ $ifNull: ['$startedAt', '$$NOW'] });

const ownRun = (db: Database, run: number, token: number): Doc => doc(['_id', runId(db, run)], ['token', int(token)]);

/** Says what became of a run. Throws SchemactlError 23 where another process has made it its own: that one says it then. */
export async function closeRun(db: Database, run: number, token: number, closing: Closing): Promise<void> {
  const set = docOf({
    state: literal(closing.state),
    stepsDone: int(closing.done),
    documents: int(closing.documents),
    late: closing.late === null ? null : int(closing.late),
    message: literal(closing.message),
    startedAt,
    endedAt: '$$NOW',
  });
  const closed = await findAndModify(db.records, store.runs, ownRun(db, run, token), [docOf({ $set: set })]);
  if (closed === null) throw fenced();
}

/** A run goes on: it is running again. */
export async function reopenRun(db: Database, run: number, token: number): Promise<void> {
  const set = docOf({ state: 'running', startedAt, endedAt: null, message: null });
  await findAndModify(db.records, store.runs, ownRun(db, run, token), [docOf({ $set: set })]);
}

/** Makes a run one's own: its units' tokens first, so that the old holder is shut out before anything is read. */
export async function claimRun(db: Database, run: number, token: number): Promise<void> {
  await claimUnits(db, run, token);
  const claim = docOf({ $set: docOf({ token: int(token) }) });
  const filter = docOf({ _id: runId(db, run), token: docOf({ $lte: int(token) }) });
  await persistently(() => update(db.records, { collection: store.runs, filter, update: claim }));
}
