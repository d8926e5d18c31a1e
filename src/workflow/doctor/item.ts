import { DatabaseError } from '../../database/port.ts';
import type { ChecklistItem } from '../../state/checklist.ts';

type Found = Pick<ChecklistItem, 'state' | 'message'> & Partial<ChecklistItem>;

/** Unauthorized; Atlas has a number of its own. */
const notPermitted: readonly number[] = [13, 8000];

/**
 * One item, measured. What this login may not ask is said to be unknown, with what it takes (`needs`); so is what the server
 * does not answer.
 */
export async function item(title: string, needs: string, measure: () => Promise<Found>): Promise<ChecklistItem> {
  try {
    return { title, next: null, measured: {}, ...(await measure()) };
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    const isForbidden = notPermitted.includes(error.code ?? 0);
    return {
      title,
      state: 'unknown',
      message: isForbidden
        ? `may not be asked: this takes ${needs}`
        : `the server said: ${error.codeName}: ${error.message}`,
      next: isForbidden ? `ask with a login that has ${needs}` : null,
      measured: {},
    };
  }
}
