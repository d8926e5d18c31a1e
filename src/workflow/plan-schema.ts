import type { Observed } from '../database/introspect.ts';
import type { Database, Topology } from '../database/port.ts';
import type { Change } from '../planner/change.ts';
import type { CheckData, Hazard, LedgerEntry, Plan, Selection, Target } from '../planner/contract.ts';
import { isRecorded } from '../planner/declared.ts';
import { type Diff, diffSchema } from '../planner/diff.ts';
import type { PlanContext } from '../planner/families/family.ts';
import { hasEditWork } from '../planner/families/fields/counts.ts';
import { unmatchedNotes } from '../planner/families/fields/edit.ts';
import { withLinkIndexes } from '../planner/families/link-indexes.ts';
import { linkNotes } from '../planner/families/links.ts';
import { type Known, makePlan } from '../planner/plan.ts';
import type { Facts } from '../planner/questions.ts';
import { nothingDeclared } from '../planner/refusals.ts';
import { assertSelectsSomething, selectChanges, selector, type Selects } from '../planner/select.ts';
import type { Snapshot } from '../planner/snapshot.ts';
import { matchesGlob } from '../state/address.ts';
import { fingerprint } from '../state/fingerprint.ts';
import type { Schema, SourceMap } from '../state/types.ts';
import type { Ask } from './answers.ts';
import { buildNotes } from './builds.ts';
import { gatherFacts } from './facts.ts';
import { emptyTarget, readLive, type ServedDatabase, serverNotes, targetOf, tool } from './live.ts';

export interface PlanSchemaOptions {
  readonly schema: Schema;
  readonly sources: SourceMap;
  readonly selection: Selection;
  readonly checkData: CheckData;
  readonly allow: readonly string[];
  /** False: nothing is kept to take rewritten documents back with. */
  readonly undo?: boolean;
  /** Globs of addresses that are not reported as unmanaged. */
  readonly ignore?: readonly string[];
  /** How the data is asked; left out: every question each time. */
  readonly ask?: Ask;
  /** False: no ids of documents are named. */
  readonly samples?: boolean;
  readonly now: Date;
}

/** What is declared of documents that hold it already needs no step; it is adopted. */
const hasWork = (change: Change, facts: Facts | null): boolean =>
  change.kind !== 'edit' || hasEditWork(change, facts?.answers ?? null);

/** Declarations about documents alone: where nothing is to be written they hold at once. */
const isOfData = ({ kind }: LedgerEntry): boolean => kind === 'field' || kind === 'link';

interface Ownership {
  readonly entries: readonly LedgerEntry[];
  readonly adopt: readonly string[];
  readonly release: readonly string[];
  readonly unchanged: number;
}

function ownershipOf(
  diff: Diff,
  selects: Selects,
  changes: readonly Change[],
  ledger: ReadonlyMap<string, LedgerEntry>,
): Ownership {
  const stepped = new Set(changes.map(({ address }) => address));
  const deferred = new Set(diff.changes.map(({ address }) => address).filter((address) => !stepped.has(address)));
  const inScope = ({ address, milestone }: LedgerEntry): boolean => stepped.has(address) || selects(address, milestone);
  const declared = diff.declared.filter(inScope);
  const still = declared.filter(({ address }) => !stepped.has(address));
  const adopted = still.filter(
    (entry) => !isRecorded(entry, ledger) && (isOfData(entry) || !deferred.has(entry.address)),
  );
  return {
    entries: [...declared.filter(({ address }) => stepped.has(address)), ...adopted],
    adopt: adopted.map(({ address }) => address),
    release: diff.released.filter(inScope).map(({ address }) => address),
    unchanged: still.length,
  };
}

/** What a plan is made against: a live database, or what is known of one. */
interface Base extends ServedDatabase, Known {
  readonly building: Observed['building'];
  readonly target: Target;
  /** What the data answers; null where it is not asked. */
  readonly ask: (context: PlanContext) => Promise<Facts | null>;
  /** Of a plan that does anything at all. */
  readonly hazards: readonly Hazard[];
}

function withoutSamples(facts: Facts | null): Facts | null {
  if (facts === null) return null;
  const answers = [...facts.answers].map(([id, answer]) => [id, { ...answer, sample: [] }] as const);
  return { ...facts, answers: new Map(answers) };
}

/** Plans from a schema to this database. Reads only. */
export async function planSchema(db: Database, options: PlanSchemaOptions): Promise<Plan> {
  const live = await readLive(db);
  const { observed, ledger } = live;
  const base: Base = {
    name: db.name,
    server: db.server,
    observed: observed.state,
    uuids: observed.uuids,
    building: observed.building,
    applied: ledger,
    target: targetOf(db, live),
    ask: (context) => gatherFacts(db, observed, context, options.checkData, options.ask),
    hazards: emptyTarget(db, live),
  };
  return planAgainst(base, options);
}

/** Plans from a schema to the database of a snapshot, for review: the data is not asked, so it cannot be applied. */
export async function planSnapshot(snapshot: Snapshot, options: Omit<PlanSchemaOptions, 'checkData'>): Promise<Plan> {
  const { target, structure, uuids, ledger } = snapshot;
  const base: Base = {
    name: target.database,
    server: { version: target.server, topology: target.topology.split(' ')[0] as Topology },
    observed: structure,
    uuids,
    building: {},
    applied: new Map(ledger.map((entry) => [entry.address, entry])),
    target,
    ask: () => Promise.resolve(null),
    hazards: [],
  };
  return planAgainst(base, { ...options, checkData: 'none' });
}

/** Throws SchemactlError 20 for a schema that declares nothing where something was applied. */
function assertDeclaresSomething({ collections }: Schema, ledger: ReadonlyMap<string, LedgerEntry>): void {
  const applied = [...ledger.values()].filter(({ kind }) => kind === 'collection');
  if (collections.length === 0 && applied.length > 0) throw nothingDeclared(applied.map(({ address }) => address));
}

async function planAgainst(base: Base, options: PlanSchemaOptions): Promise<Plan> {
  const { schema, selection, checkData, ignore = [] } = options;
  const { observed, uuids, building, applied, server } = base;
  const { version } = server;
  assertDeclaresSomething(schema, applied);
  const diff = diffSchema({ observed, uuids, building, schema, ledger: applied, version, checkData });
  const selects = selector(selection, schema.milestones);
  const known = [...diff.declared, ...applied.values(), ...diff.changes].map(({ address }) => address);
  assertSelectsSomething(selection, known);
  const asked: PlanContext = {
    database: base.name,
    version,
    mode: server.topology === 'standalone' ? 'plain' : 'transaction',
    undo: options.undo ?? true,
    facts: null,
    changes: selectChanges(diff.changes, selects, selection),
  };
  const answered = await base.ask(asked);
  const facts = options.samples === false ? withoutSamples(answered) : answered;
  const context = { ...asked, facts, changes: asked.changes.filter((change) => hasWork(change, facts)) };
  const recorded = new Set(diff.declared.filter((entry) => isRecorded(entry, applied)).map(({ address }) => address));
  const isNew = (address: string): boolean => !recorded.has(address) && selects(address, null);
  const ownership = ownershipOf(diff, selects, context.changes, applied);
  return makePlan({
    kind: 'apply',
    tool,
    createdAt: options.now.toISOString(),
    target: base.target,
    desired: fingerprint({ schema, selection }),
    selection,
    checkData,
    allow: options.allow,
    observed,
    uuids,
    applied,
    context,
    sources: options.sources,
    asked: asked.changes,
    ledger: ownership.entries,
    adopt: ownership.adopt,
    release: ownership.release,
    reverts: [],
    unmanaged: diff.unmanaged.filter((address) => !ignore.some((glob) => matchesGlob(glob, address))),
    unchanged: ownership.unchanged,
    hazards: context.changes.length === 0 ? [] : base.hazards,
    notes: [
      ...serverNotes(base),
      ...buildNotes(building, context.changes),
      ...asked.changes.filter((change) => !hasWork(change, facts)).flatMap((change) => unmatchedNotes(change, facts)),
      ...linkNotes(withLinkIndexes(schema, { observed, ledger: applied }), observed, isNew),
    ],
  });
}
