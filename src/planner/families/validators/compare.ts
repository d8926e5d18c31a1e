import { addressOf } from '../../../state/address.ts';
import type { CollectionDeclaration, CollectionState } from '../../../state/types.ts';
import type { Doc } from '../../../state/value.ts';
import type { ChangeOf } from '../../change.ts';
import type { LedgerEntry } from '../../contract.ts';
import { sameValidator } from './validator.ts';

export interface ValidatorDiff {
  readonly changes: readonly ChangeOf<'validator'>[];
  /** A validator that nobody declared, nor applied. */
  readonly unmanaged: readonly string[];
}

/** What differs between the declared validator of a collection and the live one; one that is not declared is left alone. */
export function diffValidator(
  declaration: CollectionDeclaration,
  live: CollectionState | null,
  ledger: ReadonlyMap<string, LedgerEntry>,
): ValidatorDiff {
  const { name: collection, validation, unmanaged } = declaration;
  const address = addressOf.validator(collection);
  const before = live?.validator ?? null;
  const applied = ledger.get(address);
  const change = (reason: string, after: Doc | null, milestone: string | null): ValidatorDiff => ({
    changes: [
      { kind: 'validator', address, collection, milestone, reason, before, after, ownWork: false, reverts: [] },
    ],
    unmanaged: [],
  });
  const nothing: ValidatorDiff = { changes: [], unmanaged: [] };
  if (validation !== null) {
    if (sameValidator(before, validation.validator)) return nothing;
    const reason =
      validation.validator === null ? 'declared-absent' : before === null ? 'not-in-database' : 'declared-otherwise';
    return change(reason, validation.validator, validation.milestone);
  }
  if (before === null) return nothing;
  if (applied !== undefined) return change('no-longer-declared', null, applied.milestone);
  if (unmanaged === 'prune') return change('unmanaged', null, null);
  return { changes: [], unmanaged: [address] };
}
