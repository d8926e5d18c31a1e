import type { Reversal, Step } from '../../planner/contract.ts';
import { grouped } from '../../state/words.ts';
import { rewriteWords } from '../rewrite.ts';
import { detailOf, isUncounted, subject } from '../step.ts';
import { reasons } from './text.ts';

/** What is done to an object, behind its name; empty where its kind and the sign say it all. */
export function doneTo(step: Step): string {
  const { change, action, reason } = step;
  if (change === 'edit' || change === 'restore') return rewriteWords(step);
  if (change === 'validator') return subject(step);
  const why = action === 'delete' ? (reasons[reason.code] ?? '') : '';
  return [detailOf(step), why].filter((part) => part !== '').join('; ');
}

/** How many documents a step writes, or reads for an index; empty where none. */
export function documentsOf({ estimate }: Step): string {
  if (estimate === null) return '';
  if (isUncounted(estimate)) return 'not counted';
  return `${estimate.exact ? '' : 'about '}${grouped(estimate.documents)}`;
}

/** How far a step can be taken back. */
export function reversalWords(reversal: Reversal): string {
  if (reversal.kind === 'exact') return 'exact';
  return reversal.kind === 'lossy' ? `all but ${reversal.lost}` : `impossible: ${reversal.reason}`;
}
