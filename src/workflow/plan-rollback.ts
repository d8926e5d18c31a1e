import { standing } from '../applier/recorded.ts';
import { readRuns } from '../applier/runs.ts';
import { isOpen, type Run } from '../state/runs.ts';
import { assertAsRecorded } from './as-recorded.ts';
import { canGoOn } from './settle.ts';
import { withUnfinished } from '../database/introspect.ts';
import type { Database } from '../database/port.ts';
import { exitCodes, SchemactlError } from '../errors.ts';
import type { Change } from '../planner/change.ts';
import type { LedgerEntry, Plan, Selection } from '../planner/contract.ts';
import type { PlanContext } from '../planner/families/family.ts';
import { changesSince, invertSteps, type RecordedLedgerChange } from '../planner/invert.ts';
import { makePlan } from '../planner/plan.ts';
import { selector } from '../planner/select.ts';
import { canonical } from '../state/encode.ts';
import { fingerprint } from '../state/fingerprint.ts';
import { gatherFacts } from './facts.ts';
import { type Live, readLive, serverNotes, targetOf, tool } from './live.ts';
import { selectRuns, type SelectedRuns, type Which } from './select-runs.ts';
import { readAllRecorded } from './ways-back.ts';

export interface PlanRollbackOptions {
  readonly which: Which;
  readonly only: readonly string[];
  readonly exclude: readonly string[];
  readonly allow: readonly string[];
  /** False: nothing is kept to take the rollback itself back with. */
  readonly undo?: boolean;
  readonly now: Date;
}

const isSame = (a: LedgerEntry | null, b: LedgerEntry | null): boolean => canonical(a) === canonical(b);

/**
 * The ledger as the earliest of the runs found it, address by address; what a dropped collection held goes with it.
 * A run that was cut off in a step has not recorded it yet: what the ledger holds of it is from before that run, and stays.
 */
function ledgerBefore(
  changes: readonly RecordedLedgerChange[],
  later: SelectedRuns['later'],
  undone: readonly Change[],
  live: Live,
) {
  const dropped = droppedBy(undone);
  const before = new Map<string, LedgerEntry | null>();
  for (const change of changes) {
    const touchedLater = later.some((by) => by.step.address === change.address && changesSince(by, change.run));
    if (!touchedLater) before.set(change.address, change.before);
  }
  for (const entry of live.ledger.values())
    if (dropped.has(entry.collection) && !before.has(entry.address)) before.set(entry.address, null);
  const stepped = new Set(undone.map(({ address }) => address));
  for (const address of stepped) if (!before.has(address)) before.set(address, live.ledger.get(address) ?? null);
  for (const [address, entry] of before)
    if (!stepped.has(address) && isSame(live.ledger.get(address) ?? null, entry)) before.delete(address);
  const kept = [...before].filter(([, entry]) => entry === null || !dropped.has(entry.collection));
  return {
    entries: kept.flatMap(([, entry]) => (entry === null ? [] : [entry])),
    rest: [...before.keys()].filter(
      (address) => !stepped.has(address) && !dropped.has(live.ledger.get(address)?.collection ?? ''),
    ),
  };
}

function droppedBy(changes: readonly Change[]): ReadonlySet<string> {
  return new Set(
    changes.flatMap((change) => (change.kind === 'collection' && change.after === null ? [change.collection] : [])),
  );
}

function assertMilestoneKnown(
  which: Which,
  live: Live,
  recorded: readonly { readonly milestone: string | null }[],
): void {
  if (which.kind !== 'milestone') return;
  const known = new Set(
    [...live.ledger.values(), ...recorded].map(({ milestone }) => milestone).filter((one) => one !== null),
  );
  if (known.has(which.milestone)) return;
  throw new SchemactlError(`Nothing was ever applied under milestone "${which.milestone}".`, {
    code: 'SCH6406',
    exitCode: exitCodes.usage,
    details: [known.size === 0 ? 'No milestone was applied here.' : `Applied were: ${[...known].sort().join(', ')}.`],
    next: ['See them: schemactl status'],
  });
}

type Request = Pick<PlanRollbackOptions, 'which' | 'only' | 'exclude'>;

/** The same request is the same work, however much of it was done before it was cut off. */
function desiredOf({ which, only, exclude }: Request, runs: readonly number[]): string {
  const what = which.kind === 'last' || which.kind === 'run' ? runs : which;
  return fingerprint({ rollback: what, only, exclude });
}

const selectionOf = ({ only, exclude }: Request): Selection => ({ only, exclude, milestone: null, through: null });

/** The rollback that was asked for before and cut off, where it can be gone on with; null: it is to be planned. Reads only. */
export async function cutOffRollback(db: Database, request: Request): Promise<Run | null> {
  const runs = await readRuns(db);
  const newest = runs.at(-1);
  if (!isOpen(newest) || newest.kind !== 'rollback') return null;
  // As it was when that rollback was planned: what it has taken back since does not stand any more.
  const recorded = standing(await readAllRecorded(db, runs.slice(0, -1)));
  const selected = selectRuns(request.which, recorded, selector(selectionOf(request), []));
  return desiredOf(request, selected.runs) === newest.desired && (await canGoOn(db, newest)) ? newest : null;
}

/** Plans to take recorded runs back: an ordinary plan, made from the journal. Reads only. */
export async function planRollback(db: Database, options: PlanRollbackOptions): Promise<Plan> {
  const live = await readLive(db);
  const observed = { ...live.observed, state: withUnfinished(live.observed) };
  const recorded = await readAllRecorded(db, live.runs);
  assertMilestoneKnown(
    options.which,
    live,
    recorded.flatMap(({ ledger }) => ledger),
  );
  const selection = selectionOf(options);
  const selected = selectRuns(options.which, standing(recorded), selector(selection, []));
  for (const run of new Set(selected.steps.map(({ ref }) => ref.run)))
    await assertAsRecorded(db, run, 'Take another run back alone: schemactl rollback --run N');
  const changes = invertSteps({
    steps: selected.steps,
    later: selected.later,
    past: recorded.flatMap(({ steps }) => steps),
    observed: observed.state,
    uuids: observed.uuids,
    ledger: live.ledger,
    version: db.server.version,
  });
  const asked: PlanContext = {
    database: db.name,
    version: db.server.version,
    mode: db.server.topology === 'standalone' ? 'plain' : 'transaction',
    undo: options.undo ?? true,
    facts: null,
    changes,
  };
  const context = { ...asked, facts: await gatherFacts(db, observed, asked, 'fast') };
  const ledger = ledgerBefore(selected.ledger, selected.later, changes, live);
  const put = new Set(ledger.entries.map(({ address }) => address));
  const reverts = selected.steps.map(({ ref }) => ref);
  return makePlan({
    kind: 'rollback',
    tool,
    createdAt: options.now.toISOString(),
    target: targetOf(db, live),
    desired: desiredOf(options, selected.runs),
    selection,
    checkData: 'fast',
    allow: options.allow,
    observed: observed.state,
    uuids: observed.uuids,
    applied: live.ledger,
    context,
    sources: new Map(),
    asked: context.changes,
    ledger: ledger.entries,
    adopt: ledger.rest.filter((address) => put.has(address)),
    release: ledger.rest.filter((address) => !put.has(address)),
    reverts,
    unmanaged: [],
    unchanged: 0,
    hazards: [],
    notes: serverNotes(db),
  });
}
