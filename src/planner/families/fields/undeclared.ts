import { docOf, int, type Value } from '../../../state/value.ts';
import { documentsThat } from '../../../state/words.ts';
import type { ChangeOf } from '../../change.ts';
import type { Note } from '../../contract.ts';
import { isUndeclared } from '../../rewrite/convert.ts';
import { holdsAt, member } from '../../rewrite/walk.ts';

type EditChange = ChangeOf<'edit'>;

/** How many documents hold, once it is computed, what their field does not declare; a default is of a declared type. */
export function undeclaredSums({ path, action, declares }: EditChange): readonly (readonly [string, Value])[] {
  if (action.kind !== 'compute' || declares === null) return [];
  const test = (value: string): Value => isUndeclared(value, declares);
  const isWrong = holdsAt(path, { field: (holder, name) => test(member(holder, name)), item: test });
  return [['undeclared', docOf({ $sum: docOf({ $cond: [isWrong, int(1), int(0)] }) })]];
}

/** Values that are written all the same: only a validator refuses them. */
export function undeclaredNotes(
  { address, declares }: EditChange,
  sums: ReadonlyMap<string, number> | undefined,
): readonly Note[] {
  const count = sums?.get('undeclared') ?? 0;
  if (declares === null || count === 0) return [];
  const types = [...declares.types, ...(declares.nullable ? ['null'] : [])].join(' or ');
  const value = `a value that is not declared: the field holds ${types}`;
  const message = documentsThat(count, [`gets ${value}`, `get ${value}`]);
  return [{ code: 'undeclared-value', address, message }];
}
