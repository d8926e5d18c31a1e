import { addressOf } from '../../../state/address.ts';
import type { CollectionDeclaration, CollectionState } from '../../../state/types.ts';
import type { Change, ChangeOf } from '../../change.ts';
import type { LedgerEntry } from '../../contract.ts';
import {
  blockedByProtection,
  cannotKeep,
  missingCollection,
  notACollection,
  protectedFromCopy,
  tooOld,
} from '../../refusals.ts';
import { since } from '../../versions.ts';
import { appliedCollection } from '../../declared.ts';
import { simpleCollation } from '../../../state/canonical/collation.ts';
import { trashName } from './commands.ts';
import { collectionOption, differingCollectionOptions, isModifiable } from './options.ts';

export interface Known {
  readonly collections: Readonly<Record<string, CollectionState>>;
  readonly uuids: Readonly<Record<string, string>>;
  readonly ledger: ReadonlyMap<string, LedgerEntry>;
  readonly version: string;
}

const base = (declaration: CollectionDeclaration) => ({
  address: addressOf.collection(declaration.name),
  collection: declaration.name,
  milestone: declaration.milestone,
  reverts: [],
  ownWork: false,
});

function creation(declaration: CollectionDeclaration): ChangeOf<'collection'> {
  const { type, options } = declaration;
  return {
    ...base(declaration),
    kind: 'collection',
    reason: 'not-in-database',
    before: null,
    after: { type, options, validator: null, indexes: {} },
    uuid: null,
    trash: null,
  };
}

/** Throws SchemactlError 20 for an option that this server does not know. */
function assertKnown({ name, options }: CollectionDeclaration, version: string): void {
  for (const [option, value] of Object.entries(options)) {
    const gate = collectionOption(option).since(value);
    if (gate !== null && !since(version, gate)) throw tooOld(addressOf.collection(name), option, gate, version);
  }
}

/** A collection with other options: what an index inherited before, or did not, it says itself from now on. */
export function recreated(live: CollectionState, options: CollectionState['options']): CollectionState {
  const kept = Object.entries(options).filter(([name, value]) => collectionOption(name).canonical(value) !== undefined);
  const own = Object.fromEntries(kept);
  if (own['collation'] === undefined) return { ...live, options: own };
  const indexes = Object.entries(live.indexes).map(([name, { key, options: given }]) => {
    return [name, { key, options: { collation: simpleCollation, ...given } }] as const;
  });
  return { ...live, options: own, indexes: Object.fromEntries(indexes) };
}

const isOn = (name: string, options: CollectionState['options']): boolean => {
  const value = options[name];
  return value !== undefined && collectionOption(name).canonical(value) !== undefined;
};

/** Throws SchemactlError 20 where what is declared does not go with what the collection has and keeps. */
function assertTogether(
  { name, options }: CollectionDeclaration,
  live: CollectionState,
  after: CollectionState['options'],
  version: string,
): void {
  const [images, preImages] = ['changeStreamPreAndPostImages', 'recordPreImages'];
  if (isOn(images, after) && isOn(preImages, after)) {
    throw cannotKeep(name, options[images] === undefined ? images : preImages, Object.keys(options));
  }
  if (after['capped'] !== true) return;
  if (after['clusteredIndex'] !== undefined) throw cannotKeep(name, 'clusteredIndex', Object.keys(options));
  const expiring = Object.entries(live.indexes).find(([, index]) => index.options['expireAfterSeconds'] !== undefined);
  const isMade = live.options['capped'] !== true;
  if (expiring !== undefined && isMade && since(version, '6.0.0')) {
    throw cannotKeep(name, `TTL of "${expiring[0]}"`, Object.keys(options));
  }
}

function modification(declaration: CollectionDeclaration, live: CollectionState, known: Known): readonly Change[] {
  const { options, protect } = declaration;
  const names = differingCollectionOptions(live.options, options, Object.keys(options));
  if (names.length === 0) return [];
  const { size: _, max: __, ...uncapped } = live.options;
  const after = { ...(options['capped'] === false ? uncapped : live.options), ...options };
  const reason = 'declared-otherwise';
  assertTogether(declaration, live, after, known.version);
  if (!isModifiable(live.options, after, names, known.version)) {
    const uuid = known.uuids[declaration.name] ?? null;
    const isKept = protect || appliedCollection(known.ledger.get(addressOf.collection(declaration.name)))?.protect;
    if (isKept === true) throw protectedFromCopy(declaration.name, names);
    return [{ ...base(declaration), kind: 'recreate', reason, before: live, after: recreated(live, after), uuid }];
  }
  return [{ ...base(declaration), kind: 'options', reason, type: live.type, before: live.options, after }];
}

/** The drop of a live collection; what was applied was another where its type differs, and that is left alone. Throws SchemactlError 20 where it is protected. */
export function dropOf(
  drop: {
    readonly address: string;
    readonly collection: string;
    readonly milestone: string | null;
    readonly reason: string;
  },
  known: Known,
): readonly ChangeOf<'collection'>[] {
  const before = known.collections[drop.collection];
  const applied = appliedCollection(known.ledger.get(drop.address));
  if (before === undefined || (applied !== null && applied.type !== before.type)) return [];
  if (applied?.protect === true) throw blockedByProtection(drop.address);
  const uuid = known.uuids[drop.collection] ?? null;
  const trash = uuid === null ? null : trashName(uuid);
  return [{ ...drop, kind: 'collection', reverts: [], before, after: null, uuid, trash, ownWork: false }];
}

/**
 * What differs between a declared collection and the live one, apart from what stands in it.
 * Throws SchemactlError 20 for what may not be planned at all.
 */
export function diffCollection(declaration: CollectionDeclaration, known: Known): readonly Change[] {
  const { name, type, milestone } = declaration;
  const live = known.collections[name] ?? null;
  if (declaration.absent) {
    return dropOf(
      { address: addressOf.collection(name), collection: name, milestone, reason: 'declared-absent' },
      known,
    );
  }
  if (live === null && declaration.mustExist) throw missingCollection(name, Object.keys(known.collections));
  assertKnown(declaration, known.version);
  if (live === null) return [creation(declaration)];
  if (live.type !== type) throw notACollection(name, type, live.type);
  return modification(declaration, live, known);
}
