import { exitCodes, SchemactlError } from '../errors.ts';
import { record } from '../state/normalise.ts';
import type { CollectionState, DatabaseState } from '../state/types.ts';
import { excluding } from '../state/words.ts';
import type { Change, ChangeOf } from './change.ts';
import { appliedCollection } from './declared.ts';
import { protectedFromRollback } from './refusals.ts';
import { undoBytesPerDocument } from './families/family.ts';
import { impossible, incomplete, purged } from './invert/not-kept.ts';
import { inverseOf } from './rewrite/inverse.ts';
import { type Chain, collectionChains, indexChains, type Outcome, renameChains, singleChains } from './invert/chain.ts';
import { sameCollection, type SameCollection } from './invert/lineage.ts';
import type { InvertInput, RecordedEdit, RecordedStep } from './invert/recorded.ts';
import {
  indexInDropped,
  invertCollection,
  invertIndex,
  invertOptions,
  invertRename,
  invertValidator,
  leftOverBridges,
} from './invert/structure.ts';

export type {
  InvertInput,
  MissingChunks,
  RecordedEdit,
  RecordedLedgerChange,
  RecordedStep,
} from './invert/recorded.ts';

/** What a recorded step says of a rewrite: of which kind it was, and whether it took one back itself. */
function kindOf(step: RecordedStep['step'], { action }: RecordedEdit): Pick<ChangeOf<'restore'>, 'was' | 'again'> {
  if (action.kind !== 'restore') return { was: action.kind, again: false };
  const { was, again } = step.after as Pick<ChangeOf<'restore'>, 'was' | 'again'>;
  return { was, again: !again };
}

/** What was foreseen for the step, by as many documents as it turned out to change. */
function undoBytesOf({ reversal, estimate }: RecordedStep['step'], documents: number): number {
  const planned = estimate?.documents ?? 0;
  if (reversal.kind === 'impossible' || planned === 0) return documents * undoBytesPerDocument;
  return Math.round((reversal.undoBytes * documents) / planned);
}

/** Whether dates may be among the values that come back: not where the field was missing, or held what was no date yet. */
function mayBeDates({ action }: RecordedEdit, { was, again }: Pick<ChangeOf<'restore'>, 'was' | 'again'>): boolean {
  if (again) return was !== 'remove';
  if (was === 'convert') return action.kind !== 'convert' || !action.types.includes('date');
  return was === 'remove' || was === 'rename';
}

function restore({ step, ref }: RecordedStep, edit: RecordedEdit, live: CollectionState | undefined): Change {
  const { address, collection, milestone } = step;
  const { path, documents } = edit;
  const pass = { run: ref.run, unit: ref.unit };
  const kind = kindOf(step, edit);
  const base = { address, collection, milestone, reason: 'rolled-back', reverts: [ref] };
  return {
    ...base,
    ...kind,
    kind: 'restore',
    path,
    action: inverseOf(edit, edit.at, edit.pass),
    pass,
    documents,
    undoBytes: undoBytesOf(step, documents),
    mayBeDates: mayBeDates(edit, kind),
    indexes: Object.entries(live?.indexes ?? {}).map(([name, index]) => ({ name, ...index })),
  };
}

/**
 * Whether a later step leaves an object otherwise than a run did: not one that only took back what still later runs had done
 * to it, which is as that run left it again.
 */
export function changesSince({ ref, step, done }: RecordedStep, run: number): boolean {
  const isTakingBack = done && step.reverts.length > 0 && step.reverts.every((reverted) => reverted.run > run);
  return ref.run > run && !isTakingBack;
}

/** A step that cannot be taken back alone, and the step of a later run that changed what it left. */
export interface Overtaken {
  readonly own: RecordedStep;
  readonly by: RecordedStep;
}

/** An object that a later run changed cannot be taken back past it; a collection takes everything within it along. */
export function overtaken(steps: readonly RecordedStep[], later: readonly RecordedStep[]): readonly Overtaken[] {
  const creations = steps.filter(({ step }) => step.change === 'collection' && step.action === 'create');
  return later.flatMap((by) => {
    const { step } = by;
    const own =
      steps.find((each) => each.step.address === step.address && changesSince(by, each.ref.run)) ??
      creations.find((each) => each.step.collection === step.collection && changesSince(by, each.ref.run));
    return own === undefined ? [] : [{ own, by }];
  });
}

function assertNotChangedLater(steps: readonly RecordedStep[], later: readonly RecordedStep[]): void {
  for (const {
    own: passed,
    by: { ref, step },
  } of overtaken(steps, later)) {
    throw new SchemactlError(
      `"${passed.step.address}" cannot be taken back alone: run ${ref.run} changed "${step.address}" since.`,
      {
        code: 'SCH2006',
        exitCode: exitCodes.blocked,
        next: [
          `Take the later runs back too: schemactl rollback --to ${passed.ref.run - 1}`,
          `Or go on without it, adding: ${excluding([passed.step.address])}`,
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
      next: [`Go on without, adding: ${excluding(moved)}`],
    },
  );
}

const changedEdits = ({ edits }: RecordedStep): RecordedStep['edits'] => edits.filter(({ documents }) => documents > 0);

const addressesOf = (steps: readonly RecordedStep[]): readonly string[] => [
  ...new Set(steps.map(({ step }) => step.address)),
];

/** Documents cannot be as they were before without what was kept of them. */
function assertKept(steps: readonly RecordedStep[]): void {
  const changed = steps.filter((step) => changedEdits(step).length > 0);
  const named = (addresses: readonly string[]): string =>
    addresses.length === 1 ? `"${addresses.join()}"` : `${addresses.length} objects`;
  const gone = changed.filter((step) => step.purged !== undefined);
  if (gone[0] !== undefined) throw purged(named(addressesOf(gone)), gone[0], addressesOf(gone));
  const holed = changed.filter((step) => step.missing !== undefined);
  if (holed[0] === undefined) return;
  const { run } = holed[0].ref;
  const missing = holed.flatMap(({ ref, step, missing: found }) =>
    found === undefined || ref.run !== run ? [] : [{ of: step.address, ...found }],
  );
  throw incomplete(named(addressesOf(holed)), run, missing, addressesOf(holed));
}

/** Names everything for which nothing was ever kept. */
function assertReversible(steps: readonly RecordedStep[]): void {
  const found = steps.flatMap((recorded) => {
    const { reversal, address } = recorded.step;
    return reversal.kind === 'impossible' && changedEdits(recorded).length > 0 ? [{ address, ...reversal }] : [];
  });
  const [first] = found;
  if (first !== undefined) throw impossible([...new Set(found.map(({ address }) => address))].sort(), first.reason);
}

function restoresOf(recorded: RecordedStep, { collections }: DatabaseState): readonly Change[] {
  const changed = changedEdits(recorded);
  return changed.map((edit) => restore(recorded, edit, collections[recorded.step.collection]));
}

/** A pass whose collection is gone, or whose name another collection has now. */
function isStray(step: RecordedStep, uuids: ReadonlyMap<string, string | null>, isSame: SameCollection): boolean {
  const found = step.found?.kind === 'documents' ? step.found : null;
  const live = uuids.get(step.step.collection) ?? null;
  return found !== null && changedEdits(step).length > 0 && !isSame(live, found.uuid);
}

interface Inverted {
  readonly chain: Chain;
  readonly outcome: Outcome;
}

/** Made and dropped again by the selected runs: there is nothing left of it, nor of what was in it. */
const isGone = ({ chain, outcome }: Inverted): boolean =>
  outcome === 'nothing' && chain.newest.step.after === null && chain.earliest.found === null;

const changesOf = (inverted: readonly Inverted[]): readonly Change[] =>
  inverted.flatMap(({ outcome }) => (typeof outcome === 'object' ? [outcome.change] : []));

const isCollection = (change: Change): change is ChangeOf<'collection'> => change.kind === 'collection';

/** Collections as they will be once they are back from the trash, or as they are; null: dropped by this rollback. */
function futureOf(changes: readonly Change[]): ReadonlyMap<string, ChangeOf<'collection'>> {
  return new Map(changes.filter(isCollection).map((change) => [change.collection, change]));
}

function uuidsOf(
  input: InvertInput,
  future: ReadonlyMap<string, ChangeOf<'collection'>>,
  steps: readonly RecordedStep[],
) {
  const uuids = new Map<string, string | null>(Object.entries(input.uuids));
  for (const { step, found } of steps) {
    const returns = (future.get(step.collection)?.after ?? null) !== null;
    if (returns && found?.kind === 'collection') uuids.set(step.collection, found.uuid);
  }
  return uuids;
}

/** What earlier runs did stands under former names, so what is there is found under both. */
function underFormerNames(input: InvertInput, changes: readonly Change[]): InvertInput {
  const back = changes.filter((change): change is ChangeOf<'rename'> => change.kind === 'rename');
  const states = back.map(({ collection, state }) => [collection, state] as const);
  const uuids = back.flatMap(({ collection, uuid }) => (uuid === null ? [] : [[collection, uuid] as const]));
  return {
    ...input,
    observed: { collections: record([...Object.entries(input.observed.collections), ...states]) },
    uuids: record([...Object.entries(input.uuids), ...uuids]),
  };
}

/** Throws SchemactlError 20 where a protected collection would be dropped, or copied into another. */
function assertNotProtected(change: Change, { ledger }: InvertInput): void {
  const isLost =
    change.kind === 'recreate' ? change.uuid !== null : change.kind === 'collection' && change.before !== null;
  if (isLost && appliedCollection(ledger.get(change.address))?.protect === true)
    throw protectedFromRollback(change.address);
}

/**
 * The changes that take recorded steps back, in the reverse of the order in which they were made. Pure.
 * Throws SchemactlError 20 for what a later run changed, 21 for what is no longer as it was left.
 */
export function invertSteps(given: InvertInput): readonly Change[] {
  const { steps, version } = given;
  assertNotChangedLater(steps, given.later);
  const isSame = sameCollection(given);
  const renames = renameChains(steps).map((chain) => ({ chain, outcome: invertRename(chain, given, isSame) }));
  const input = underFormerNames(given, changesOf(renames));
  const isSameNow = sameCollection(input);
  const { observed } = input;
  const collections = collectionChains(steps).map((chain) => ({
    chain,
    outcome: invertCollection(chain, input, isSameNow),
  }));
  const future = futureOf(changesOf(collections));
  const gone = new Set(collections.filter(isGone).map(({ chain }) => chain.newest.step.collection));
  const chains = indexChains(steps);
  const indexes = chains.map((chain) => {
    const name = chain.newest.step.collection;
    const change = future.get(name);
    const live = observed.collections[name];
    if (gone.has(name)) return { chain, outcome: 'nothing' as const };
    if (change?.after === null) return { chain, outcome: indexInDropped(chain, live, version) };
    return { chain, outcome: invertIndex(chain, change?.after ?? live, version, chains) };
  });
  const within = (
    kind: 'options' | 'validator',
    invert: (chain: Chain, live: CollectionState | undefined) => Outcome,
  ) =>
    singleChains(steps, kind).map((chain): Inverted => {
      const { collection } = chain.newest.step;
      const change = future.get(collection);
      if (gone.has(collection) || change?.after === null) return { chain, outcome: 'nothing' };
      return { chain, outcome: invert(chain, change?.after ?? observed.collections[collection]) };
    });
  const options = within('options', (chain, live) => invertOptions(chain, live, version));
  const validators = within('validator', invertValidator);
  const all: readonly Inverted[] = [...renames, ...collections, ...options, ...validators, ...indexes];
  const isDropped = ({ step: { collection } }: RecordedStep): boolean =>
    gone.has(collection) || future.get(collection)?.after === null;
  const uuids = uuidsOf(input, future, steps);
  for (const change of changesOf(collections)) assertNotProtected(change, given);
  const staying = steps.filter((step) => !isDropped(step));
  assertReversible(staying);
  assertKept(staying);
  assertAsLeft([
    ...all.filter(({ outcome }) => outcome === 'moved').map(({ chain }) => chain.newest.step.address),
    ...staying.filter((step) => isStray(step, uuids, isSameNow)).map(({ step }) => step.address),
  ]);
  const byEarliest = new Map(all.map(({ chain, outcome }) => [chain.earliest, outcome]));
  const changes = steps.flatMap((step) => {
    const outcome = byEarliest.get(step);
    if (typeof outcome === 'object') return [outcome.change];
    return gone.has(step.step.collection) ? [] : restoresOf(step, observed);
  });
  const kept = new Set(staying.map(({ step }) => step.collection));
  return [
    ...changes,
    ...[...kept].flatMap((name) => leftOverBridges(name, observed.collections[name], version, steps)),
  ];
}
