import { readUnits, type UnitEntry } from '../applier/journal.ts';
import { readLock } from '../applier/lock-document.ts';
import { readRuns } from '../applier/runs.ts';
import { store } from '../applier/store.ts';
import { undoBytes, undoSize } from '../applier/undo.ts';
import { introspect } from '../database/introspect.ts';
import { type Database, isServerError } from '../database/port.ts';
import type { LedgerEntry, Step } from '../planner/contract.ts';
import { type DriftFinding, findDrift } from '../planner/drift.ts';
import { declaredObjects } from '../planner/declared.ts';
import { withLinkIndexes } from '../planner/families/link-indexes.ts';
import { trashName } from '../planner/families/collections/commands.ts';
import { isOpen, type Run, type WayBack } from '../state/runs.ts';
import type { MilestoneState, MilestoneStatus, Status, UndoStatus } from '../state/status.ts';
import type { Schema } from '../state/types.ts';
import { docOf, toNumber } from '../state/value.ts';
import { unsettledBy } from './drift.ts';
import { leftoversIn } from './leftovers.ts';
import { type Live, readLive } from './live.ts';
import { unsettledOf, withProgress } from './progress.ts';
import { inProgress } from './quiet.ts';
import { readAllRecorded, waysBack } from './ways-back.ts';

const inWords: Readonly<Partial<Record<DriftFinding['reason'], string>>> = {
  'dropped-by-hand': 'was dropped by hand',
  'changed-by-hand': 'was changed by hand',
};

function stateOf(done: number, total: number, drift: number): MilestoneState {
  if (drift > 0) return 'drifted';
  if (done === total) return 'completed';
  return done === 0 ? 'pending' : 'partial';
}

type Part = Pick<MilestoneStatus, 'state' | 'done' | 'total' | 'drift'>;

/** Done: applied as it is declared now, and still so on the server. Drifted: applied, and changed by hand since. */
function partOf(entries: readonly LedgerEntry[], findings: ReadonlyMap<string, DriftFinding>): Part {
  const done = entries.filter(({ address }) => !findings.has(address)).length;
  const drift = entries.flatMap(({ address }) => {
    const finding = findings.get(address);
    if (finding?.verdict !== 'drift') return [];
    return [`${address} ${inWords[finding.reason] ?? finding.refusal ?? 'differs'}`];
  });
  return { state: stateOf(done, entries.length, drift.length), done, total: entries.length, drift };
}

/** Bytes of all undo data: by metadata where it is ours alone; null where this login may not ask. */
async function bytesKept(db: Database): Promise<number | null> {
  try {
    if (db.records !== db) return await undoBytes(db);
    return toNumber((await db.run(docOf({ collStats: store.undo }))).get('size')) ?? 0;
  } catch (error) {
    if (isServerError(error, 'forbidden')) return null;
    if (isServerError(error, 'missing')) return 0;
    throw error;
  }
}

async function readUndo(db: Database, { runs, observed }: Live): Promise<UndoStatus> {
  const there = Object.keys(observed.state.collections);
  const ways = waysBack(await readAllRecorded(db, runs), there);
  const isLeft = ({ run }: Run): boolean => ['possible', 'partly', 'with-later'].includes(ways.get(run)?.state ?? '');
  return {
    bytes: await bytesKept(db),
    leftovers: leftoversIn(there, runs.at(-1)),
    collections: there.filter((name) => name.startsWith(trashName(''))).length,
    runs: runs.filter(isLeft).map(({ run, endedAt }) => ({ run, endedAt, state: ways.get(run)?.state ?? 'possible' })),
  };
}

/** Where every milestone stands, and what can be taken back. Reads structure, ledger and journal, never the documents. */
export async function readStatus(db: Database, schema: Schema): Promise<Status> {
  const [live, lock] = await Promise.all([readLive(db), readLock(db)]);
  const { observed, ledger, runs } = live;
  const newest = runs.at(-1);
  const { state, uuids, building } = observed;
  const { version } = db.server;
  const unsettled = await unsettledBy(db, isOpen(newest) ? newest : null);
  const drift = findDrift({ observed: state, uuids, building, schema, ledger, version, unsettled });
  const findings = new Map(drift.findings.map((finding) => [finding.address, finding]));
  const declared = declaredObjects(withLinkIndexes(schema, { observed: state, ledger }));
  const part = (id: string | null): Part =>
    partOf(
      declared.filter(({ milestone }) => milestone === id),
      findings,
    );
  const busy = inProgress(lock, live);
  return {
    database: db.name,
    milestones: schema.milestones.map(({ id, title }) => ({ id, title, ...part(id) })),
    others: part(null),
    lastRun: newest === undefined ? null : await withProgress(db, newest),
    unsettled: isOpen(newest) && busy === null ? await unsettledOf(db, newest) : null,
    inProgress: busy,
    undo: await readUndo(db, live),
    lock,
  };
}

/** Whether anything is left to do or has drifted. */
export function hasDifferences({ milestones, others }: Status): boolean {
  return milestones.some(({ state }) => state !== 'completed') || others.done < others.total;
}

/** A run, and what can still be taken back of it. */
export interface KnownRun {
  readonly run: Run;
  readonly wayBack: WayBack;
}

/** All runs, oldest first. Reads only. */
export async function readHistory(db: Database): Promise<readonly KnownRun[]> {
  const [runs, observed] = await Promise.all([readRuns(db), introspect(db)]);
  const ways = waysBack(await readAllRecorded(db, runs), Object.keys(observed.state.collections));
  const told = await Promise.all(runs.map((run) => withProgress(db, run)));
  return told.map((run) => ({
    run,
    wayBack: ways.get(run.run) ?? { state: 'nothing', by: null, blocked: [], later: [], lost: [] },
  }));
}

/** One object that a run changed. */
export interface RunObject extends Pick<Step, 'address' | 'action' | 'milestone'> {
  readonly state: UnitEntry['state'];
  readonly documents: number;
  /** Documents that it left since somebody changed them. */
  readonly kept: number;
}

function counted({ unit }: UnitEntry, counts: readonly number[], step: string): number {
  return unit.operations
    .flatMap((operation) => (operation.kind === 'rewrite' ? operation.edits : []))
    .reduce((sum, edit, at) => sum + (edit.step === step ? (counts[at] ?? 0) : 0), 0);
}

/** What became of each step of a run, and what is kept to take it back with. Reads only. */
export async function readRun(db: Database, run: number) {
  const [units, { bytes }] = await Promise.all([readUnits(db, run), undoSize(db, run)]);
  const objects = units.flatMap((entry) =>
    entry.steps.map(
      ({ id, address, action, milestone }): RunObject => ({
        address,
        action,
        milestone,
        state: entry.state,
        documents: counted(entry, entry.counts, id),
        kept: counted(entry, entry.kept, id),
      }),
    ),
  );
  return { objects, undoBytes: bytes };
}
