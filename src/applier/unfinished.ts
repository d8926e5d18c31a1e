import type { CopyOperation } from '../planner/operation.ts';
import type { CollectionState } from '../state/types.ts';
import type { UnitEntry } from './journal.ts';

/** A collection that was being copied by a unit which did not end, and how it was found. */
export interface UnfinishedCopy {
  readonly op: CopyOperation;
  readonly state: CollectionState;
  readonly uuid: string;
}

/** Copies that a run which was cut off left unfinished: the old collection is in its place, or both lie beside it. */
export function unfinishedCopies(
  entries: readonly UnitEntry[],
  uuids: Readonly<Record<string, string>>,
): readonly UnfinishedCopy[] {
  return entries
    .filter(({ state }) => state === 'started')
    .flatMap(({ unit, found }) => {
      const op = unit.operations.find((operation) => operation.kind === 'copy');
      const before = found?.find(({ state }) => state?.kind === 'collection')?.state;
      if (op === undefined || before?.kind !== 'collection' || before.uuid === null) return [];
      const isSwapped = uuids[op.trash] !== undefined && uuids[op.to] === undefined;
      return isSwapped ? [] : [{ op, state: before.state, uuid: before.uuid }];
    });
}
