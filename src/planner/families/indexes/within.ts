import { docOf, type Value } from '../../../state/value.ts';
import type { NamedIndex } from '../../operation.ts';

/** The stage that lets only those documents through which the index holds by its filter; none where it has none. */
export function withinFilter({ options }: NamedIndex): readonly Value[] {
  const filter = options['partialFilterExpression'];
  return filter === undefined ? [] : [docOf({ $match: filter })];
}
