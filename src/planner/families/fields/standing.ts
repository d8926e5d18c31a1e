import type { Change, ChangeOf } from '../../change.ts';
import type { NamedIndex } from '../../operation.ts';
import { isBridge } from '../indexes/bridge.ts';
import { fieldsReadBy } from '../indexes/reads.ts';
import { isOver } from './places.ts';

type EditChange = ChangeOf<'edit'>;

const isReadBy = (index: NamedIndex, change: EditChange): boolean =>
  fieldsReadBy(index).some((field) => isOver(change, field));

/** Whether an index goes before an edit: what reads the field would refuse values of it, or delete documents. */
export const makesWay = ({ before, after }: ChangeOf<'index'>, change: EditChange): boolean =>
  before !== null && after === null && !isBridge(before.name) && isReadBy(before, change);

/** Indexes that read what an edit writes and are there while its pass runs. */
export function standingIndexes(change: EditChange, changes: readonly Change[]): readonly NamedIndex[] {
  const gone = changes.flatMap((other) =>
    other.kind === 'index' && other.collection === change.collection && makesWay(other, change)
      ? [other.before?.name]
      : [],
  );
  return change.held.indexes.filter((index) => isReadBy(index, change) && !gone.includes(index.name));
}
