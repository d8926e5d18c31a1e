import { DatabaseError } from '../database/port.ts';
import { persistently } from '../database/persist.ts';
import { fastCount } from '../database/read.ts';
import { internalError } from '../errors.ts';
import type { LedgerEntry, Step } from '../planner/contract.ts';
import type { CommandOperation, Operation, RewriteOperation } from '../planner/operation.ts';
import type { RunEvent } from '../report/events.ts';
import { showId } from '../state/show.ts';
import { documentsThat, plural } from '../state/words.ts';
import { atomically } from './atomically.ts';
import { assertInPlace } from './in-place.ts';
import { advance, type LedgerChange, type UnitEntry } from './journal.ts';
import { type PlanHeader } from './runs.ts';
import { readLedger, writeLedger } from './ledger.ts';
import { assertNothing } from './operations/assert.ts';
import { copy } from './operations/copy.ts';
import { command } from './operations/command.ts';
import { type Passed, rewrite } from './operations/rewrite.ts';
import type { RunContext } from './run-context.ts';
import { see } from './see.ts';
import { titleOf } from './titles.ts';

/** A unit that began and did not end, and why. */
export interface Failure {
  readonly entry: UnitEntry;
  readonly error: unknown;
}

export interface Executed {
  readonly done: number;
  /** Documents changed by this process. */
  readonly documents: number;
  readonly interrupted: boolean;
  readonly failure: Failure | null;
}

/** What is recorded once the steps hold: the entry that the plan has for an address, or that it has none any more. */
function ledgerChanges(
  addresses: readonly string[],
  header: PlanHeader,
  ledger: ReadonlyMap<string, LedgerEntry>,
): readonly LedgerChange[] {
  const planned = new Map(header.ledger.map((entry) => [entry.address, entry]));
  return addresses.map((address) => ({
    address,
    before: ledger.get(address) ?? null,
    after: planned.get(address) ?? null,
  }));
}

const ownershipOf = ({ ownership }: PlanHeader): readonly string[] => [...ownership.adopt, ...ownership.release];

/** Addresses that hold once the unit is done: an object that a later unit goes on with is recorded by that one. */
function settledAddresses(entry: UnitEntry, entries: readonly UnitEntry[]): readonly string[] {
  const later = new Set(
    entries.filter(({ order }) => order > entry.order).flatMap(({ steps }) => steps.map(({ address }) => address)),
  );
  return [...new Set(entry.steps.map(({ address }) => address))].filter((address) => !later.has(address));
}

/** What was recorded of a collection that a unit drops goes with it. */
function heldByDropped({ steps }: UnitEntry, ledger: ReadonlyMap<string, LedgerEntry>): readonly string[] {
  const dropped = new Set(
    steps.flatMap(({ change, after, collection }) => (change === 'collection' && after === null ? [collection] : [])),
  );
  return [...ledger.values()].filter(({ collection }) => dropped.has(collection)).map(({ address }) => address);
}

/** What was found is read immediately before the first operation and kept: whoever goes on later must not read it again. */
async function begin(
  context: RunContext,
  entry: UnitEntry,
  entries: readonly UnitEntry[],
  header: PlanHeader,
): Promise<UnitEntry> {
  if (entry.state === 'started' && entry.found !== null) return entry;
  const found = await see(context.db, entry.steps, 'before');
  const known = await readLedger(context.db);
  const addresses =
    entry.steps.length === 0
      ? ownershipOf(header)
      : [...new Set([...settledAddresses(entry, entries), ...heldByDropped(entry, known)])];
  const ledger = ledgerChanges(addresses, header, known);
  await advance(context.db, entry, context.lock.token, { state: 'started', found, ledger });
  return { ...entry, state: 'started', found, ledger };
}

async function total(context: RunContext, operation: Operation, steps: readonly Step[]): Promise<number | null> {
  if (operation.kind !== 'rewrite') return null;
  const planned = Math.max(0, ...steps.map(({ estimate }) => estimate?.documents ?? 0));
  return planned > 0 ? planned : fastCount(context.db, operation.collection);
}

/**
 * What a pass left because the application has changed it since: by field, with a few ids where they are of that field
 * alone, else once for all fields, as they are known of the pass.
 */
function keptWarnings(
  { steps }: UnitEntry,
  { edits, collection }: RewriteOperation,
  { kept, sample, gone }: Passed,
): readonly RunEvent[] {
  const warning = (address: string, message: string, code = 'kept'): RunEvent => ({
    event: 'warning',
    code,
    address,
    message,
  });
  const changed = 'that the run had changed';
  const missing = documentsThat(gone, [`${changed} is there no more`, `${changed} are there no more`]);
  const ids = sample.map(showId).join(', ');
  const left = edits.flatMap(({ step }, at) => {
    const count = kept[at] ?? 0;
    return count === 0 ? [] : [{ count, address: steps.find(({ id }) => id === step)?.address ?? '' }];
  });
  const isOne = left.length === 1;
  return [
    ...left.map(({ address, count }) =>
      warning(
        address,
        `${plural(count, 'document')} changed since and stay as they are${isOne ? ` (ids ${ids})` : ''}`,
      ),
    ),
    ...(left.length > 1 ? [warning(collection, `of these documents in one field or another: ids ${ids}`)] : []),
    ...(gone > 0 ? [warning(collection, missing, 'gone')] : []),
  ];
}

/** Takes how many documents more were written, batch by batch. */
type Wrote = (documents: number) => void;

/**
 * Takes back what came before a look at the data, since it refuses the application's writes; in the journal first: whoever goes on
 * must do it again.
 */
async function takeBack(
  context: RunContext,
  entry: UnitEntry,
  look: number,
  otherwise: CommandOperation,
): Promise<void> {
  await advance(context.db, entry, context.lock.token, { operation: look - 1 });
  await command(context, otherwise);
}

/** Answers whether it is finished, not interrupted. */
async function perform(
  context: RunContext,
  entry: UnitEntry,
  operation: Operation,
  at: number,
  wrote: Wrote,
): Promise<boolean> {
  switch (operation.kind) {
    case 'command':
      return command(context, operation);
    case 'copy':
      return persistently(() => copy(context, operation));
    case 'assert':
      await assertNothing(context, operation, (otherwise) => takeBack(context, entry, at, otherwise));
      return true;
    case 'rewrite': {
      const expected = await total(context, operation, entry.steps);
      const began = performance.now();
      let changed = 0;
      const passed = await rewrite(context, entry, operation, ({ documents, batch, rested }) => {
        wrote(documents - changed);
        changed = documents;
        const perSecond = Math.round(documents / Math.max(0.001, (performance.now() - began) / 1000));
        // More came than were planned: how many there will be, nobody knows.
        const all = expected !== null && documents > expected ? null : expected;
        context.emit({ event: 'progress', unit: entry.unit.id, documents, total: all, perSecond, batch, rested });
      });
      if (passed.finished) for (const warning of keptWarnings(entry, operation, passed)) context.emit(warning);
      return passed.finished;
    }
    default:
      return operation satisfies never;
  }
}

/** Where the server refuses what the look ahead of it has let through. Never throws: why it stopped matters more. */
async function takeBackRefused(context: RunContext, entry: UnitEntry, at: number, error: unknown): Promise<void> {
  const look = entry.unit.operations[at - 1];
  const isRefused = error instanceof DatabaseError && error.kind === 'server' && !error.givenUp;
  if (!isRefused || look?.kind !== 'assert' || look.otherwise === null) return;
  // What is left of it stands in the journal, and whoever goes on begins with it.
  await takeBack(context, entry, at - 1, look.otherwise).catch(() => undefined);
}

/** Whether the collection's name may stand for another one afterwards. */
function makesAnother(operation: Operation): boolean {
  if (operation.kind !== 'command') return operation.kind === 'copy';
  return ['create', 'renameCollection', 'drop'].includes([...operation.body.keys()][0] ?? '');
}

/** Runs one unit from where it stands; answers whether it is finished, not interrupted. */
async function runUnit(
  context: RunContext,
  planned: UnitEntry,
  entries: readonly UnitEntry[],
  header: PlanHeader,
  wrote: Wrote,
): Promise<boolean> {
  const { db, lock } = context;
  let uuid = await assertInPlace(db, planned, entries, header);
  const entry = await begin(context, planned, entries, header);
  for (let at = entry.operation; at < entry.unit.operations.length; at += 1) {
    const operation = entry.unit.operations[at];
    if (operation === undefined) throw internalError(`unit ${entry.unit.id} has no operation ${at}`);
    if (context.signal.aborted) return false;
    const guarded = { ...context, guard: { collection: entry.unit.collection, uuid } };
    const finished = await perform(guarded, entry, operation, at, wrote).catch(async (error: unknown) => {
      await takeBackRefused(guarded, entry, at, error);
      throw error;
    });
    if (makesAnother(operation)) uuid = null;
    if (!finished) return false;
    await advance(db, entry, lock.token, { operation: at + 1 });
  }
  const made = await see(db, entry.steps, 'after');
  await advance(db, entry, lock.token, { made });
  await lock.assertHeld();
  await atomically(db, context.emit, async (session) => {
    await writeLedger(db, context.run, entry.ledger ?? [], session);
    await advance(db, entry, lock.token, { state: 'done' }, session);
  });
  return true;
}

/**
 * Runs what is left of a run, unit by unit, and stops at the first that fails or when interrupted.
 * Never throws for what an operation answers; that is in `failure`.
 */
export async function executeUnits(
  context: RunContext,
  entries: readonly UnitEntry[],
  header: PlanHeader,
): Promise<Executed> {
  let done = 0;
  let documents = 0;
  const wrote: Wrote = (more) => void (documents += more);
  for (const entry of entries) {
    if (entry.state === 'done') {
      done += entry.steps.length;
      continue;
    }
    if (context.signal.aborted) return { done, documents, interrupted: true, failure: null };
    try {
      const run = (more: Wrote): Promise<boolean> => runUnit(context, entry, entries, header, more);
      const finished = await announced(context, entry, wrote, run);
      if (!finished) return { done, documents, interrupted: true, failure: null };
    } catch (error) {
      return { done, documents, interrupted: false, failure: { entry, error } };
    }
    done += entry.steps.length;
  }
  return { done, documents, interrupted: false, failure: null };
}

/** Says when a unit starts and ends; the ownership unit has no steps and is not spoken of. */
async function announced(
  context: RunContext,
  { unit, steps }: UnitEntry,
  wrote: Wrote,
  work: (wrote: Wrote) => Promise<boolean>,
): Promise<boolean> {
  if (steps.length === 0) return work(wrote);
  const title = titleOf(steps);
  const isPass = unit.operations.some(({ kind }) => kind === 'rewrite');
  const expected = Math.max(0, ...steps.map(({ estimate }) => estimate?.documents ?? 0));
  context.emit({
    event: 'unit-started',
    unit: unit.id,
    title,
    steps: steps.map(({ address }) => address),
    documents: isPass ? expected : null,
  });
  const began = performance.now();
  let documents = 0;
  const finished = await work((more) => {
    documents += more;
    wrote(more);
  });
  const seconds = (performance.now() - began) / 1000;
  if (finished)
    context.emit({ event: 'unit-done', unit: unit.id, title, documents: isPass ? documents : null, seconds });
  return finished;
}
