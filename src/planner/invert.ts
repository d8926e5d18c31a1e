import { exitCodes, SchemactlError } from '../errors.ts';
import type { CollectionState, DatabaseState } from '../state/types.ts';
import type { Value } from '../state/value.ts';
import type { Change, StepRef } from './change.ts';
import type { LedgerEntry, Step } from './contract.ts';
import { trashName } from './families/collections/collection.ts';
import type { NamedIndex, StructureState } from './operation.ts';
import { chooseWay, sameIndex } from './routes.ts';

/** A step as its run recorded it, and as it still stands: no later run has taken it back. */
export interface RecordedStep {
  readonly ref: StepRef;
  readonly step: Step;
  /** False where its unit was begun and not finished: what it did is then read from the server. */
  readonly done: boolean;
  /** What stood there immediately before, and what the step left. Null: nothing, or no structure. */
  readonly found: StructureState | null;
  readonly made: StructureState | null;
  /** The edits of its pass that belong to it. */
  readonly edits: readonly RecordedEdit[];
}

export interface RecordedEdit {
  readonly edit: number;
  readonly path: readonly string[];
  readonly from: readonly [Value] | null;
  readonly to: readonly [Value] | null;
  readonly documents: number;
}

/** A recorded change of the ledger: with the step of that address, or by itself (adopted, released). */
export interface RecordedLedgerChange {
  readonly run: number;
  readonly step: StepRef | null;
  readonly address: string;
  readonly milestone: string | null;
  readonly before: LedgerEntry | null;
}

export interface InvertInput {
  /** What is to be taken back, newest first. */
  readonly steps: readonly RecordedStep[];
  /** What later runs did that is not to be taken back. */
  readonly later: readonly RecordedStep[];
  readonly observed: DatabaseState;
  readonly uuids: Readonly<Record<string, string>>;
  readonly version: string;
}

/** Several runs at one address are one change: from as it is now to as the earliest of them found it. */
interface Chain {
  readonly address: string;
  /** Newest first; never empty. */
  readonly steps: readonly RecordedStep[];
  readonly newest: RecordedStep;
  readonly earliest: RecordedStep;
}

const isStructural = ({ step }: RecordedStep): boolean => step.change === 'collection' || step.change === 'index';

function chainsOf(steps: readonly RecordedStep[]): readonly Chain[] {
  const byAddress = new Map<string, RecordedStep[]>();
  for (const step of steps.filter(isStructural)) {
    byAddress.set(step.step.address, [...(byAddress.get(step.step.address) ?? []), step]);
  }
  return [...byAddress].map(([address, group]) => ({
    address,
    steps: group,
    newest: group[0] as RecordedStep,
    earliest: group.at(-1) as RecordedStep,
  }));
}

const baseOf = ({ address, newest, steps }: Chain) => ({
  address,
  collection: newest.step.collection,
  milestone: newest.step.milestone,
  reason: 'rolled-back',
  reverts: steps.map(({ ref }) => ref),
});

/** What became of one address: a change, nothing left to do, or that it is no longer as the run left it. */
type Outcome = { readonly change: Change } | 'nothing' | 'moved';

function invertCollection(chain: Chain, input: InvertInput): Outcome {
  const { newest, earliest } = chain;
  const { collection } = newest.step;
  const live = input.observed.collections[collection] ?? null;
  const uuid = input.uuids[collection] ?? null;
  const found = earliest.found?.kind === 'collection' ? earliest.found : null;
  const made = newest.made?.kind === 'collection' ? newest.made : null;
  const base = { ...baseOf(chain), kind: 'collection', ownWork: true } as const;
  if (found === null) {
    if (live === null) return newest.done ? 'moved' : 'nothing';
    if (newest.done && made !== null && made.uuid !== uuid) return 'moved';
    return { change: { ...base, before: live, after: null, uuid, trash: uuid === null ? null : trashName(uuid) } };
  }
  if (live !== null) return newest.done && uuid !== found.uuid ? 'moved' : 'nothing';
  const trash = trashName(found.uuid ?? '');
  const after: CollectionState | undefined = input.observed.collections[trash];
  if (after === undefined) throw emptied(chain.address);
  return { change: { ...base, before: null, after, uuid: found.uuid, trash } };
}

function emptied(address: string): SchemactlError {
  return new SchemactlError(`"${address}" cannot be brought back: its trash was emptied.`, {
    code: 'SCH2005',
    exitCode: exitCodes.blocked,
    next: [`Go on without it: --exclude ${address}`],
  });
}

const indexOf = (state: StructureState | null): NamedIndex | null => (state?.kind === 'index' ? state.state : null);

function liveIndex(collection: CollectionState | undefined, name: string | undefined): NamedIndex | null {
  const index = name === undefined ? undefined : collection?.indexes[name];
  return name === undefined || index === undefined ? null : { name, ...index };
}

const same = (a: NamedIndex | null, b: NamedIndex | null): boolean =>
  a === null || b === null ? a === b : a.name === b.name && sameIndex(a, b);

function invertIndex(chain: Chain, input: InvertInput): Outcome {
  const { newest, earliest } = chain;
  const collection = input.observed.collections[newest.step.collection];
  if (collection === undefined) return 'moved';
  const target = indexOf(earliest.found);
  const meant = newest.step.after as NamedIndex | null;
  const live = liveIndex(collection, meant?.name ?? target?.name);
  const made = newest.done ? indexOf(newest.made) : live;
  if (newest.done && meant !== null && !same(made, live)) return 'moved';
  if (newest.done && meant === null && live !== null && !same(live, target)) return 'moved';
  if (same(live, target)) return 'nothing';
  const targetIsThere = same(liveIndex(collection, target?.name), target);
  const after = targetIsThere ? null : target;
  if (live === null && after === null) return 'nothing';
  const base = { ...baseOf(chain), kind: 'index', ownWork: true } as const;
  if (live === null || after === null) return { change: { ...base, before: live, after, route: 'in-place' } };
  const way = chooseWay(live, after, { explicit: after.name, generated: after.name, taken: new Set() }, input.version);
  return { change: { ...base, before: live, after, route: way.route } };
}

function restore({ step, ref }: RecordedStep, { edit, path, from, to, documents }: RecordedEdit): Change {
  const { address, collection, milestone } = step;
  const pass = { run: ref.run, unit: ref.unit, edit };
  const base = { address, collection, milestone, reason: 'rolled-back', reverts: [ref] };
  return { ...base, kind: 'restore', path, from: to, to: from, pass, documents };
}

/** An object that a later run changed cannot be taken back past it; a collection takes everything within it along. */
function assertNotChangedLater(steps: readonly RecordedStep[], later: readonly RecordedStep[]): void {
  const creations = steps.filter(({ step }) => step.change === 'collection' && step.action === 'create');
  for (const { ref, step } of later) {
    const passed =
      steps.find((own) => own.step.address === step.address && own.ref.run < ref.run) ??
      creations.find((own) => own.step.collection === step.collection && own.ref.run < ref.run);
    if (passed === undefined) continue;
    throw new SchemactlError(
      `"${passed.step.address}" cannot be taken back alone: run ${ref.run} changed "${step.address}" since.`,
      {
        code: 'SCH2006',
        exitCode: exitCodes.blocked,
        next: [
          `Take the later runs back too: schemactl rollback --to ${passed.ref.run - 1}`,
          `Or go on without it: --exclude ${passed.step.address}`,
        ],
      },
    );
  }
}

function assertAsLeft(moved: readonly string[]): void {
  if (moved.length === 0) return;
  throw new SchemactlError(
    `${moved.length === 1 ? 'An object is' : `${moved.length} objects are`} no longer as the run left ${moved.length === 1 ? 'it' : 'them'}.`,
    {
      code: 'SCH2510',
      exitCode: exitCodes.stale,
      details: [...moved],
      next: [`Go on without: ${moved.map((address) => `--exclude ${address}`).join(' ')}`],
    },
  );
}

type CollectionChange = Extract<Change, { readonly kind: 'collection' }>;

/** Collections that go into the trash or come back from it take their indexes along, with whatever state those have. */
function collectionsOf(
  outcomes: Iterable<{ readonly outcome: Outcome }>,
  which: (change: CollectionChange) => boolean,
): readonly string[] {
  return [...outcomes].flatMap(({ outcome }) =>
    typeof outcome === 'object' && outcome.change.kind === 'collection' && which(outcome.change)
      ? [outcome.change.collection]
      : [],
  );
}

/**
 * The changes that take recorded steps back, in the reverse of the order in which they were made. Pure.
 * Throws SchemactlError 20 for what a later run changed, 21 for what is no longer as it was left.
 */
export function invertSteps(input: InvertInput): readonly Change[] {
  const { steps } = input;
  assertNotChangedLater(steps, input.later);
  const outcomes = new Map(
    chainsOf(steps).map((chain) => [
      chain.earliest,
      {
        chain,
        outcome: chain.newest.step.change === 'collection' ? invertCollection(chain, input) : invertIndex(chain, input),
      },
    ]),
  );
  const dropped = collectionsOf(outcomes.values(), (change) => change.after === null);
  const returning = collectionsOf(outcomes.values(), (change) => change.trash !== null && change.after !== null);
  const carried = new Set([...dropped, ...returning]);
  const moved = [...outcomes.values()].filter(
    ({ chain, outcome }) => outcome === 'moved' && !carried.has(chain.newest.step.collection),
  );
  assertAsLeft(moved.map(({ chain }) => chain.address));
  return steps.flatMap((step) => {
    const found = outcomes.get(step)?.outcome;
    if (typeof found === 'object') return [found.change];
    return step.edits.filter(({ documents }) => documents > 0).map((edit) => restore(step, edit));
  });
}
