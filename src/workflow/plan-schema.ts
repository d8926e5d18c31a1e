import type { Database } from '../database/port.ts';
import type { Change } from '../planner/change.ts';
import type { CheckData, LedgerEntry, Plan, Selection } from '../planner/contract.ts';
import { type Diff, diffSchema } from '../planner/diff.ts';
import type { PlanContext } from '../planner/families/family.ts';
import { linkNotes } from '../planner/families/links.ts';
import { makePlan } from '../planner/plan.ts';
import type { Facts } from '../planner/questions.ts';
import { assertSelectsSomething, selectChanges, selector, type Selects } from '../planner/select.ts';
import { fingerprint } from '../state/fingerprint.ts';
import type { Schema, SourceMap } from '../state/types.ts';
import { gatherFacts } from './facts.ts';
import { emptyTarget, readLive, serverNotes, targetOf, tool } from './live.ts';

export interface PlanSchemaOptions {
  readonly schema: Schema;
  readonly sources: SourceMap;
  readonly selection: Selection;
  readonly checkData: CheckData;
  readonly allow: readonly string[];
  readonly now: Date;
}

/** A default that no document lacks needs no step; it is adopted. */
function hasWork(change: Change, facts: Facts | null): boolean {
  const answer = facts?.answers.get(change.address);
  return change.kind !== 'default' || answer === undefined || answer.count > 0 || !answer.exact;
}

const isRecorded = (entry: LedgerEntry, ledger: ReadonlyMap<string, LedgerEntry>): boolean => {
  const known = ledger.get(entry.address);
  return (
    known !== undefined &&
    known.definition === entry.definition &&
    known.live === entry.live &&
    known.milestone === entry.milestone
  );
};

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
    (entry) => !isRecorded(entry, ledger) && (entry.kind === 'default' || !deferred.has(entry.address)),
  );
  return {
    entries: [...declared.filter(({ address }) => stepped.has(address)), ...adopted],
    adopt: adopted.map(({ address }) => address),
    release: diff.released.filter(inScope).map(({ address }) => address),
    unchanged: still.length,
  };
}

/** Plans from a schema to this database. Reads only. */
export async function planSchema(db: Database, options: PlanSchemaOptions): Promise<Plan> {
  const live = await readLive(db);
  const { schema, selection, checkData } = options;
  const { observed, ledger } = live;
  const diff = diffSchema({
    observed: observed.state,
    uuids: observed.uuids,
    schema,
    ledger,
    version: db.server.version,
    checkData,
  });
  const selects = selector(selection, schema.milestones);
  const known = [...diff.declared, ...ledger.values(), ...diff.changes].map(({ address }) => address);
  assertSelectsSomething(selection, known);
  const asked: PlanContext = {
    database: db.name,
    version: db.server.version,
    mode: db.server.topology === 'standalone' ? 'plain' : 'transaction',
    facts: null,
    changes: selectChanges(diff.changes, selects, selection),
  };
  const facts = await gatherFacts(db, observed, asked, checkData);
  const context = { ...asked, facts, changes: asked.changes.filter((change) => hasWork(change, facts)) };
  const recorded = new Set(diff.declared.filter((entry) => isRecorded(entry, ledger)).map(({ address }) => address));
  const isNew = (address: string): boolean => !recorded.has(address) && selects(address, null);
  const ownership = ownershipOf(diff, selects, context.changes, ledger);
  return makePlan({
    kind: 'apply',
    tool,
    createdAt: options.now.toISOString(),
    target: targetOf(db, observed),
    desired: fingerprint({ schema, selection }),
    selection,
    checkData,
    allow: options.allow,
    observed: observed.state,
    uuids: observed.uuids,
    applied: ledger,
    context,
    sources: options.sources,
    ledger: ownership.entries,
    adopt: ownership.adopt,
    release: ownership.release,
    reverts: [],
    unmanaged: diff.unmanaged,
    unchanged: ownership.unchanged,
    hazards: context.changes.length === 0 ? [] : emptyTarget(db, live),
    notes: [...serverNotes(db), ...linkNotes(schema, observed.state, isNew)],
  });
}
