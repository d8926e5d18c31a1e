import { isDoc, isList, isScalar, type Value } from '../../../state/value.ts';
import type { ChangeOf } from '../../change.ts';

type EditChange = ChangeOf<'edit'>;

function holds(value: Value, is: (one: Value) => boolean): boolean {
  if (is(value)) return true;
  if (isDoc(value)) return [...value.values()].some((inner) => holds(inner, is));
  return isList(value) && value.some((inner) => holds(inner, is));
}

const isDate = (value: Value): boolean => isScalar(value) && value.type === 'date';

/** Whether an array may stand where there was none: joins take none, conversions make none. */
export function mayMakeArrays({ action }: EditChange): boolean {
  if (action.kind === 'fill') return holds(action.value, isList);
  return action.kind === 'compute' || action.kind === 'rename';
}

/** Whether a date may stand where there was none. */
export function mayMakeDates({ action, declares }: EditChange): boolean {
  switch (action.kind) {
    case 'fill':
      return holds(action.value, isDate);
    case 'convert':
      return action.types.includes('date');
    case 'populate':
      return declares === null || declares.types.includes('date');
    case 'compute':
    case 'rename':
      return true;
    case 'remove':
      return false;
    default:
      return action satisfies never;
  }
}
