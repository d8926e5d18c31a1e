import { internalError } from '../errors.ts';
import { fingerprint } from '../state/fingerprint.ts';
import type { CollectionState, DatabaseState, SourceMap } from '../state/types.ts';
import type { Change, ChangeOf, StepRef } from './change.ts';
import {
  type CheckData,
  type Hazard,
  type LedgerEntry,
  type Note,
  type Plan,
  type Selection,
  type Step,
  type Summary,
  sourceText,
  type Target,
} from './contract.ts';
import type { PlanContext } from './families/family.ts';
import { assertViewCollations, assertViewsEnd, brokenViews } from './families/collections/views.ts';
import { liveNameOf } from './families/collections/rename.ts';
import { strayIn } from './contained.ts';
import { familyOf } from './families/registry.ts';
import { inDependencyOrder } from './order.ts';
import { keepAllPreImages } from './pre-images.ts';
import { recountFirst, recountsOf, recountsOfSettled, withoutRecounts } from './recounts.ts';
import { assertSimulation, targetState } from './simulate.ts';
import { unitsOf } from './units.ts';

/** A database as it was read. */
export interface Known {
  readonly observed: DatabaseState;
  readonly uuids: Readonly<Record<string, string>>;
  /** The ledger. */
  readonly applied: ReadonlyMap<string, LedgerEntry>;
}

export interface PlanInput extends Known {
  readonly kind: Plan['kind'];
  readonly tool: string;
  readonly createdAt: string;
  readonly target: Target;
  readonly desired: string;
  readonly selection: Selection;
  readonly checkData: CheckData;
  readonly allow: readonly string[];
  readonly context: PlanContext;
  readonly sources: SourceMap;
  /** Everything that the data was asked about, also what turned out to have nothing to do. */
  readonly asked: readonly Change[];
  readonly ledger: readonly LedgerEntry[];
  readonly adopt: readonly string[];
  readonly release: readonly string[];
  readonly reverts: readonly StepRef[];
  readonly unmanaged: readonly string[];
  readonly unchanged: number;
  /** Of the plan as a whole, beside those of its steps. */
  readonly hazards: readonly Hazard[];
  readonly notes: readonly Note[];
}

/** Everything that comes before a change. */
function before(change: Change, changes: readonly Change[]): readonly Change[] {
  const family = familyOf(change);
  return [...family.needs(change, changes), ...(family.follows?.(change, changes) ?? [])];
}

function makeSteps(
  changes: readonly Change[],
  target: DatabaseState,
  { context, sources }: PlanInput,
): readonly Step[] {
  const ids = new Map(changes.map((change, at) => [change, `s${at + 1}`]));
  return changes.map((change): Step => {
    const family = familyOf(change);
    const { hazards, ...review } = family.review(change, context);
    const needs = before(change, context.changes).map((need) => ids.get(need));
    return {
      id: ids.get(change) as string,
      address: change.address,
      collection: change.collection,
      change: change.kind,
      reason: { code: change.reason },
      dependsOn: needs.filter((id): id is string => id !== undefined),
      source: sourceText(sources.get(change.address)),
      milestone: change.milestone,
      patch: family.patch(change),
      reverts: change.reverts,
      ...review,
      hazards: [...hazards, ...brokenViews(change, target)],
    };
  });
}

function summarise(steps: readonly Step[], unmanaged: readonly string[]): Summary {
  const count = (action: Step['action']): number => steps.filter((step) => step.action === action).length;
  return {
    create: count('create'),
    update: count('update'),
    replace: count('replace'),
    delete: count('delete'),
    write: count('write'),
    unmanaged: unmanaged.length,
  };
}

function partsOf({ options, validator, indexes }: CollectionState): Readonly<Record<string, string>> {
  const named = Object.entries(indexes).map(([name, index]) => [`indexes.${name}`, fingerprint(index)] as const);
  return Object.fromEntries([['options', fingerprint(options)], ['validator', fingerprint(validator)], ...named]);
}

/** The fingerprint of a collection as it is, or of its absence, and of what was applied to it: what a saved plan relies on. */
export function preconditionOf(collection: string, known: Known): Plan['preconditions'][number] {
  const entries = [...known.applied.values()].filter((entry) => entry.collection === collection);
  const applied = entries.map(({ address, definition, live }) => [address, definition, live]).sort();
  const state = known.observed.collections[collection] ?? null;
  return {
    collection,
    uuid: known.uuids[collection] ?? null,
    fingerprint: fingerprint(state),
    parts: state === null ? {} : partsOf(state),
    applied: fingerprint(applied),
  };
}

export function checksumOf(plan: Omit<Plan, 'checksum'>): string {
  const { createdAt: _, ...rest } = plan;
  return fingerprint(rest);
}

/** Whether a plan is as it was made: its checksum stands over all but itself and `createdAt`. */
export const isIntact = ({ checksum, ...rest }: Plan): boolean => checksumOf(rest) === checksum;

/**
 * The plan for a set of changes: ordered, reviewed, lowered, proven by replaying its patches. Pure.
 * Throws an internal error where its own steps would not lead to the target.
 */
export function makePlan(input: PlanInput): Plan {
  const { context, observed } = input;
  const changes = inDependencyOrder(
    context.changes,
    (change) => before(change, context.changes),
    ({ address }) => address,
  );
  const target = targetState(observed, changes);
  assertViewCollations(target);
  assertViewsEnd(target);
  const settled = input.asked.filter(
    (change): change is ChangeOf<'edit'> => change.kind === 'edit' && !context.changes.includes(change),
  );
  const counted = makeSteps(changes, target, input);
  const steps = counted.map(withoutRecounts);
  assertSimulation(observed, changes, steps);
  const touched = [
    ...new Set(changes.flatMap(({ collection }) => [collection, liveNameOf(collection, changes)])),
  ].sort();
  const plan: Omit<Plan, 'checksum'> = {
    formatVersion: 1,
    tool: input.tool,
    createdAt: input.createdAt,
    kind: input.kind,
    target: input.target,
    desired: input.desired,
    selection: input.selection,
    checkData: input.checkData,
    noop: steps.length === 0,
    allow: input.allow,
    summary: summarise(steps, input.unmanaged),
    unchanged: input.unchanged,
    documents: Object.fromEntries(
      touched
        .filter((name) => target.collections[name]?.type !== 'view')
        .map((name) => [name, context.facts?.documents.get(name) ?? 0]),
    ),
    preconditions: touched.map((name) => preconditionOf(name, input)),
    hazards: [...input.hazards, ...steps.flatMap(({ hazards }) => hazards)],
    recounts: [...counted.flatMap((step) => recountsOf(step, changes)), ...recountsOfSettled(settled, input.asked)],
    violations: steps.flatMap(({ violations }) => violations),
    notes: [...input.notes, ...steps.flatMap(({ notes }) => notes)],
    unmanaged: input.unmanaged,
    settled: settled.map(({ address, collection, path, action }) => ({ address, collection, path, action })),
    ownership: { adopt: input.adopt, release: input.release },
    ledger: input.ledger,
    reverts: input.reverts,
    steps,
    units: unitsOf(steps, changes, context).map((unit) => {
      const operations = unit.operations.map((operation) => keepAllPreImages(operation, target));
      return recountFirst({ ...unit, operations }, counted);
    }),
  };
  const stray = strayIn(plan);
  if (stray !== null) throw internalError(`the plan would hold ${stray}`);
  return { ...plan, checksum: checksumOf(plan) };
}
