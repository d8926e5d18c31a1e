import type { SchemactlError } from '../errors.ts';
import { addressOf } from '../state/address.ts';
import type { Ignored } from '../state/ignored.ts';
import { fingerprint } from '../state/fingerprint.ts';
import type { InProgress, Run } from '../state/runs.ts';
import type { DatabaseState } from '../state/types.ts';
import { appliedSchema } from './applied.ts';
import type { Change } from './change.ts';
import type { LedgerEntry, LedgerKind } from './contract.ts';
import { compareIndex, compareOptions, compareValidators, type Difference } from './compare.ts';
import { definitionOf, isRecorded } from './declared.ts';
import { diffPermitted, type DiffInput, isOwn, type Refusal } from './diff.ts';
import { bothNamesThere } from './refusals.ts';
import { applyRenames } from './renames.ts';

export const verdicts = ['drift', 'pending', 'unmanaged'] as const;
/** Drift: applied, then changed by hand. Pending: declared, not yet applied. Unmanaged: there, and never declared. */
export type Verdict = (typeof verdicts)[number];

export type DriftReason =
  | 'dropped-by-hand'
  | 'changed-by-hand'
  | 'not-in-database'
  | 'declared-otherwise'
  | 'declared-absent'
  | 'no-longer-declared'
  | 'renamed'
  | 'left-over'
  | 'not-applied'
  | 'not-recorded'
  | 'cut-off'
  | 'refused'
  | 'unmanaged'
  | 'pruned';

/** One object that is not as it is declared and was applied. Sides are plain data with user values; null: there is none. */
export interface DriftFinding {
  readonly address: string;
  readonly collection: string;
  readonly kind: LedgerKind;
  readonly verdict: Verdict;
  readonly reason: DriftReason;
  readonly milestone: string | null;
  readonly declared: unknown;
  readonly applied: unknown;
  /** Structure alone; what documents hold is not looked at. */
  readonly live: unknown;
  /** Of drift from what was applied to what is there, else from what is there to what is declared. */
  readonly difference: Difference | null;
  /** Why nothing can be planned for it as it is. */
  readonly refusal: string | null;
  /** The same as long as nothing about the finding changes. */
  readonly fingerprint: string;
}

export type DriftInput = Omit<DiffInput, 'checkData'> & {
  /** Addresses that a run which was cut off has begun and not finished. */
  readonly unsettled: ReadonlySet<string>;
};

export interface Drift {
  readonly findings: readonly DriftFinding[];
  /** Everything that is declared, was applied, or is there. */
  readonly looked: readonly Pick<DriftFinding, 'address' | 'collection' | 'milestone'>[];
}

export interface IgnoredFinding {
  readonly finding: DriftFinding;
  readonly rule: Ignored;
}

/** What one look at a database found. */
export interface DriftResult extends Drift {
  readonly database: string;
  /** Null where nobody is changing the database; else nothing is judged, and nothing is found. */
  readonly inProgress: InProgress | null;
  /** Objects that the selection leaves out. */
  readonly leftOut: readonly string[];
  readonly ignored: readonly IgnoredFinding[];
  /** Rules that would ignore something, had they not ended. */
  readonly expired: readonly Ignored[];
  /** A run that was cut off and waits to be gone on with. */
  readonly open: Run | null;
}

interface LiveObject {
  readonly collection: string;
  readonly kind: LedgerKind;
  readonly live: unknown;
}

/** What is there, by the address that it would have. */
function liveObjects({ collections }: DatabaseState): ReadonlyMap<string, LiveObject> {
  const found = new Map<string, LiveObject>();
  for (const [collection, { type, options, validator, indexes }] of Object.entries(collections)) {
    if (isOwn(collection)) continue;
    found.set(addressOf.collection(collection), { collection, kind: 'collection', live: { type, options } });
    if (validator !== null) {
      found.set(addressOf.validator(collection), { collection, kind: 'validator', live: validator });
    }
    for (const [name, index] of Object.entries(indexes)) {
      found.set(addressOf.index(collection, name), { collection, kind: 'index', live: { name, ...index } });
    }
  }
  return found;
}

/** What a change of structure changes; null where it makes something, or takes something away. */
function differenceOf(change: Change | undefined, from: 'before' | 'after'): Difference | null {
  if (change === undefined) return null;
  const to = from === 'before' ? 'after' : 'before';
  const { collection } = change;
  switch (change.kind) {
    case 'index':
      return change[from] === null || change[to] === null
        ? null
        : (compareIndex(collection, change[from], change[to])[0] ?? null);
    case 'validator':
      return compareValidators(collection, change[from], change[to])[0] ?? null;
    case 'options':
      return compareOptions(collection, change[from], change[to])[0] ?? null;
    case 'recreate':
      return compareOptions(collection, change[from].options, change[to].options)[0] ?? null;
    default:
      return null;
  }
}

const kindOf = ({ kind, address }: Change): LedgerKind => {
  if (kind === 'index' || kind === 'validator') return kind;
  if (kind === 'edit' || kind === 'restore') return address.includes('.fields.') ? 'field' : 'link';
  return 'collection';
};

const isOfData = (kind: LedgerKind): boolean => kind === 'field' || kind === 'link' || kind === 'check';

const byAddress = (changes: readonly Change[]): ReadonlyMap<string, Change> =>
  new Map(changes.map((change) => [change.address, change]));

/** The three sides, under the names that collections are declared to have. */
function sidesOf(input: DriftInput) {
  const { observed, ledger } = input;
  const both = input.schema.collections.filter(
    ({ name, renamedFrom }) =>
      renamedFrom !== null &&
      observed.collections[renamedFrom] !== undefined &&
      observed.collections[name] !== undefined,
  );
  const twice: readonly Refusal[] = both.map(({ name, renamedFrom }) => ({
    collection: name,
    error: bothNamesThere(name, renamedFrom ?? ''),
  }));
  const collections = input.schema.collections.map((declaration) =>
    both.includes(declaration) ? { ...declaration, renamedFrom: null } : declaration,
  );
  const { changes: renames, former: _, ...read } = applyRenames(collections, { observed, uuids: input.uuids, ledger });
  const asked = { ...input, ...read, checkData: 'none' } as const;
  const wanted = diffPermitted({ ...asked, schema: { ...input.schema, collections } });
  const remembered = diffPermitted({ ...asked, schema: appliedSchema(read.ledger, read.observed) });
  return {
    read,
    declared: new Map(wanted.declared.map((entry) => [entry.address, entry])),
    wanted: byAddress([...wanted.changes, ...renames]),
    moved: byAddress(remembered.changes),
    refused: [...twice, ...wanted.refusals],
    lost: remembered.refusals,
    released: wanted.released,
    unmanaged: new Set(wanted.unmanaged),
  };
}

type Sides = ReturnType<typeof sidesOf>;

const refusalOf = (refusals: readonly Refusal[], address: string): SchemactlError | null =>
  refusals.find(({ collection }) => addressOf.collection(collection) === address)?.error ?? null;

/** Another declaration stands for the index of a released entry now. */
function isTakenOver({ kind, collection, live }: LedgerEntry, { declared, wanted }: Sides): boolean {
  if (kind !== 'index' || live === null) return false;
  const isOfIt = (change: Change): boolean =>
    change.kind === 'index' &&
    change.collection === collection &&
    change.before?.name === live &&
    change.after !== null;
  return (
    [...declared.values()].some((entry) => entry.collection === collection && entry.live === live) ||
    [...wanted.values()].some(isOfIt)
  );
}

interface Judged {
  readonly verdict: Verdict;
  readonly reason: DriftReason;
}

/** Why something is pending that was never applied, or not as it is declared now. */
function pendingReason(change: Change | undefined, entry: LedgerEntry | undefined): DriftReason {
  if (change === undefined) return entry !== undefined && isOfData(entry.kind) ? 'not-applied' : 'not-recorded';
  if (change.kind === 'edit') return 'not-applied';
  if (change.reason === 'unmanaged') return 'pruned';
  // What was never applied cannot have been dropped; the planner goes by the ledger's address alone.
  return change.reason === 'dropped-by-hand' ? 'not-in-database' : (change.reason as DriftReason);
}

/**
 * The verdict on one address, or null where all is as it should be. What is there differs both from what was applied and from
 * what is declared: drift. It is already as it is declared, or nobody touched it: then apply alone is missing.
 */
function judge(address: string, sides: Sides, unsettled: ReadonlySet<string>): Judged | null {
  const { read, declared, wanted, moved, refused, lost, released } = sides;
  const [entry, applied, change] = [declared.get(address), read.ledger.get(address), wanted.get(address)];
  const isRefused = refusalOf(refused, address) !== null;
  const isLost = refusalOf(lost, address) !== null;
  const isMoved = moved.has(address) || isLost;
  const isOff =
    change !== undefined || isRefused || refused.some(({ collection }) => collection === applied?.collection);
  if (applied !== undefined && isMoved && isOff) {
    if (unsettled.has(address)) return { verdict: 'pending', reason: 'cut-off' };
    if (isLost) return { verdict: 'drift', reason: 'refused' };
    return {
      verdict: 'drift',
      reason: moved.get(address)?.reason === 'declared-otherwise' ? 'changed-by-hand' : 'dropped-by-hand',
    };
  }
  if (isRefused) return { verdict: 'pending', reason: 'refused' };
  if (change !== undefined || (entry !== undefined && !isRecorded(entry, read.ledger))) {
    const reason = pendingReason(change, entry);
    return { verdict: reason === 'pruned' ? 'unmanaged' : 'pending', reason };
  }
  const gone = released.find((one) => one.address === address);
  if (gone !== undefined && !isTakenOver(gone, sides)) return { verdict: 'pending', reason: 'no-longer-declared' };
  return sides.unmanaged.has(address) ? { verdict: 'unmanaged', reason: 'unmanaged' } : null;
}

function findingOf(address: string, judged: Judged, sides: Sides, live: ReadonlyMap<string, LiveObject>): DriftFinding {
  const { read, declared, wanted, moved, refused, lost } = sides;
  const [entry, applied] = [declared.get(address), read.ledger.get(address)];
  const [change, back] = [wanted.get(address), moved.get(address)];
  const isDrift = judged.verdict === 'drift';
  const known = live.get(address);
  const collection = (entry ?? applied ?? change ?? known)?.collection ?? '';
  const kind = entry?.kind ?? applied?.kind ?? (change === undefined ? known?.kind : kindOf(change)) ?? 'collection';
  const index = [back, change].find((one) => one?.kind === 'index');
  const name = (index?.kind === 'index' ? index.before?.name : null) ?? entry?.live ?? applied?.live ?? null;
  const there = kind === 'index' && name !== null ? live.get(addressOf.index(collection, name)) : known;
  const isAbsent = change?.reason === 'declared-absent';
  const said = {
    verdict: judged.verdict,
    reason: judged.reason,
    declared: entry === undefined ? (isAbsent ? { absent: true } : null) : definitionOf(entry),
    applied: applied === undefined ? null : definitionOf(applied),
    live: isOfData(kind) ? null : (there?.live ?? null),
  };
  return {
    ...said,
    address,
    collection,
    kind,
    milestone: (entry ?? applied ?? change)?.milestone ?? null,
    difference: isDrift ? differenceOf(back, 'after') : differenceOf(change, 'before'),
    refusal: (refusalOf(lost, address) ?? refusalOf(refused, address))?.message ?? null,
    fingerprint: fingerprint({ address, ...said }),
  };
}

/**
 * What is not as it is declared and was applied, each object once: the planner's differences from what is declared, beside
 * those from what was applied. Structure and the ledger alone are looked at. Pure.
 */
export function findDrift(input: DriftInput): Drift {
  const sides = sidesOf(input);
  const live = liveObjects(sides.read.observed);
  const refused = [...sides.refused, ...sides.lost].map(({ collection }) => addressOf.collection(collection));
  const addresses = [
    ...sides.declared.keys(),
    ...sides.read.ledger.keys(),
    ...sides.wanted.keys(),
    ...sides.unmanaged,
    ...refused,
  ];
  const looked = [...new Set(addresses)].sort();
  const findings = looked.flatMap((address) => {
    const judged = judge(address, sides, input.unsettled);
    return judged === null ? [] : [findingOf(address, judged, sides, live)];
  });
  return {
    findings: verdicts.flatMap((verdict) => findings.filter((finding) => finding.verdict === verdict)),
    looked: looked.map((address) => {
      const entry = sides.declared.get(address) ?? sides.read.ledger.get(address);
      const collection = entry?.collection ?? sides.wanted.get(address)?.collection ?? live.get(address)?.collection;
      return { address, collection: collection ?? '', milestone: entry?.milestone ?? null };
    }),
  };
}
