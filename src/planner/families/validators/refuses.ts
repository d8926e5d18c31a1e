import type { Doc } from '../../../state/value.ts';

/** Whether a validator makes writes fail: action error, and not switched off. */
export function refuses(validator: Doc | null): validator is Doc {
  return validator !== null && validator.get('action') === 'error' && validator.get('level') !== 'off';
}
