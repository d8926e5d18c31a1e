import { DatabaseError, isServerError } from '../../database/port.ts';
import type { ChecklistItem } from '../../state/checklist.ts';

type Found = Pick<ChecklistItem, 'state' | 'message'> & Partial<ChecklistItem>;

/**
 * One item, measured. What this login may not ask is said to be unknown, with what it takes (`needs`); so is what the server
 * does not answer.
 */
export async function item(title: string, needs: string, measure: () => Promise<Found>): Promise<ChecklistItem> {
  try {
    return { title, next: null, needs: null, measured: {}, ...(await measure()) };
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    const isForbidden: boolean = isServerError(error, 'forbidden');
    return {
      title,
      state: 'unknown',
      message: isForbidden
        ? `may not be asked: this takes ${needs}`
        : `the server said: ${error.codeName}: ${error.message}`,
      next: isForbidden ? `ask with a login that has ${needs}; or leave it out: --skip ${JSON.stringify(title)}` : null,
      needs: isForbidden ? needs : null,
      measured: {},
    };
  }
}
