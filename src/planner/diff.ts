import { exitCodes, SchemactlError } from '../errors.ts';
import { addressOf } from '../state/address.ts';
import type { CollectionDeclaration, CollectionState, DatabaseState, Schema } from '../state/types.ts';
import type { Change } from './change.ts';
import type { CheckData, LedgerEntry } from './contract.ts';
import { declaredEdits, declaredObjects } from './declared.ts';
import { diffCollection, dropOf } from './families/collections/compare.ts';
import { addressesOf, type Build, diffIndexes, type IndexDiff } from './families/indexes/compare.ts';
import { withLinkIndexes } from './families/link-indexes.ts';
import { viewCircle } from './families/collections/views.ts';
import { viewsInCircle } from './refusals.ts';
import { applyRenames } from './renames.ts';
import { diffValidator } from './families/validators/compare.ts';

export interface DiffInput {
  readonly observed: DatabaseState;
  readonly uuids: Readonly<Record<string, string>>;
  /** Unfinished index builds by collection, as they are named now. */
  readonly building: Readonly<Record<string, readonly Build[]>>;
  readonly schema: Schema;
  /** What was applied before, by address. */
  readonly ledger: ReadonlyMap<string, LedgerEntry>;
  readonly version: string;
  readonly checkData: CheckData;
}

export interface Diff {
  /** In the order in which they are to run, as far as nothing depends on another. */
  readonly changes: readonly Change[];
  /** Everything declared, with live names filled in. */
  readonly declared: readonly LedgerEntry[];
  /** Applied before, declared no longer, and left as they are. */
  readonly released: readonly LedgerEntry[];
  readonly unmanaged: readonly string[];
}

/** Why nothing can be planned for a collection as it is. */
export interface Refusal {
  readonly collection: string;
  readonly error: SchemactlError;
}

const ownPrefix = 'schemactl_';
/** Our own collections are never unmanaged, never drift, never imported. */
export const isOwn = (collection: string): boolean => collection.startsWith(ownPrefix);

interface CollectionDiff {
  readonly changes: readonly Change[];
  readonly names: IndexDiff['names'];
  readonly unmanaged: readonly string[];
}

const noReverts = { reverts: [] } as const;

function editChanges(
  declaration: CollectionDeclaration,
  live: CollectionState,
  { ledger, checkData, version }: DiffInput,
  entries: ReadonlyMap<string, LedgerEntry>,
): readonly Change[] {
  const indexes = Object.entries(live.indexes).map(([name, index]) => ({ name, ...index }));
  const held = { validator: live.validator, indexes, capped: live.options['capped'] === true };
  return declaredEdits(declaration, version).flatMap(({ address, milestone, ...edit }) => {
    const applied = ledger.get(address);
    const settled = applied !== undefined && applied.definition === entries.get(address)?.definition;
    if (settled && checkData !== 'full') return [];
    const reason = applied === undefined ? 'newly-declared' : settled ? 'checked-again' : 'declared-otherwise';
    const base = { address, collection: declaration.name, milestone, reason };
    return [{ ...noReverts, ...base, ...edit, kind: 'edit', held }];
  });
}

/** Entries of the ledger by collection. */
export function byCollection(ledger: ReadonlyMap<string, LedgerEntry>): ReadonlyMap<string, readonly LedgerEntry[]> {
  const found = new Map<string, LedgerEntry[]>();
  for (const entry of ledger.values()) {
    const own = found.get(entry.collection);
    if (own === undefined) found.set(entry.collection, [entry]);
    else own.push(entry);
  }
  return found;
}

type Known = DiffInput & { readonly applied: ReturnType<typeof byCollection> };

function diffWithin(
  declaration: CollectionDeclaration,
  input: Known,
  entries: ReadonlyMap<string, LedgerEntry>,
): CollectionDiff {
  const { name } = declaration;
  const live = input.observed.collections[name] ?? null;
  const own = diffCollection(declaration, { ...input, collections: input.observed.collections });
  if (declaration.absent) return { changes: own, names: [], unmanaged: [] };
  const edits = live === null ? [] : editChanges(declaration, live, input, entries);
  const validator = diffValidator(declaration, live, input.ledger);
  const building = input.building[name] ?? input.building[declaration.renamedFrom ?? ''] ?? [];
  const indexes = diffIndexes(declaration, live, building, input);
  const unmanaged = [...addressesOf(name, indexes.unmanaged), ...validator.unmanaged];
  return {
    changes: [...own, ...edits, ...validator.changes, ...indexes.changes],
    names: indexes.names,
    unmanaged: declaration.unmanaged === 'ignore' ? [] : unmanaged,
  };
}

/** What `work` answers; where it refuses (20), why, and `otherwise`. */
function unlessRefused<T>(collection: string, work: () => T, otherwise: T, refusals: Refusal[]): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SchemactlError) || error.exitCode !== exitCodes.blocked) throw error;
    refusals.push({ collection, error });
    return otherwise;
  }
}

const undone: CollectionDiff = { changes: [], names: [], unmanaged: [] };

/** Milestones in their order, what carries none first; then collections by name, each in its own order; drops last. */
function inOrder(changes: readonly Change[], schema: Schema): readonly Change[] {
  const rank = new Map(schema.milestones.map(({ id }, at) => [id, at + 1]));
  const isDrop = (change: Change): boolean =>
    (change.kind === 'index' || change.kind === 'collection') && change.after === null;
  const tier = (change: Change): number =>
    isDrop(change) ? Number.POSITIVE_INFINITY : change.milestone === null ? 0 : (rank.get(change.milestone) ?? 0);
  return [...changes].sort((a, b) => Math.sign(tier(a) - tier(b)) || 0);
}

/**
 * What differs between a database and a schema. Pure; the order of collections and indexes in the files
 * does not show in the result, the order of fields does. Throws SchemactlError 20 for what may not be planned at all.
 */
export function diffSchema(given: DiffInput): Diff {
  const { refusals, ...diff } = diffPermitted(given);
  const [first] = refusals;
  if (first !== undefined) throw first.error;
  return diff;
}

/** The same for whoever only looks: what may not be planned is left out, and why is said. */
export function diffPermitted(given: DiffInput): Diff & { readonly refusals: readonly Refusal[] } {
  const refusals: Refusal[] = [];
  const schema = withLinkIndexes(given.schema, given);
  const circle = viewCircle(new Map(schema.collections.map(({ name, options }) => [name, options])));
  if (circle.length > 0) throw viewsInCircle(circle);
  const { changes: renames, former, ...renamed } = applyRenames(schema.collections, given);
  const input = { ...given, ...renamed, applied: byCollection(renamed.ledger) };
  const { ledger, observed } = input;
  const declared = declaredObjects(schema);
  const entries = new Map(declared.map((entry) => [entry.address, entry]));
  const diffs = schema.collections.map((declaration) =>
    unlessRefused(declaration.name, () => diffWithin(declaration, input, entries), undone, refusals),
  );
  const declaredNames = new Set(schema.collections.map(({ name }) => name));
  const gone = [...ledger.values()].filter((entry) => !entries.has(entry.address));
  const drops = gone
    .filter(({ kind, collection }) => kind === 'collection' && !declaredNames.has(collection))
    .flatMap(({ address, collection, milestone }) => {
      const drop = { address, collection, milestone, reason: 'no-longer-declared' };
      const known = { ...input, collections: observed.collections };
      return unlessRefused(collection, () => dropOf(drop, known), [], refusals);
    });
  const changes = [...renames, ...diffs.flatMap((diff) => diff.changes), ...drops];
  const changed = new Set(changes.map(({ address }) => address));
  const dropped = new Set(drops.map(({ collection }) => collection));
  const names = new Map(diffs.flatMap((diff) => diff.names));
  const undeclared = Object.keys(observed.collections).filter(
    (name) => !declaredNames.has(name) && !isOwn(name) && !dropped.has(name),
  );
  return {
    changes: inOrder(changes, schema),
    declared: declared.map((entry) => ({ ...entry, live: names.get(entry.address) ?? null })),
    released: [
      ...gone.filter(({ address, collection }) => !changed.has(address) && !dropped.has(collection)),
      ...former,
    ],
    unmanaged: [
      ...(schema.unmanaged === 'ignore' ? [] : undeclared.map((name) => addressOf.collection(name))),
      ...diffs.flatMap(({ unmanaged }) => unmanaged),
    ].sort(),
    refusals,
  };
}
