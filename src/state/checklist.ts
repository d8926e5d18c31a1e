/**
 * What became of one item of a checklist: it is as it should be; it is, but there is something to know; it is not; or
 * this login may not ask.
 */
export type ItemState = 'ok' | 'warning' | 'bad' | 'unknown';

/** The items, in their order: those of the server, and with a plan those of the plan. */
export const serverItems = ['connection', 'version', 'topology', 'privileges', 'lock'] as const;
export const planItems = [
  ...(['plan', 'undo space', 'oplog window', 'index slots', 'running builds', 'longest step'] as const),
  ...(['consistency', 'way back'] as const),
] as const;
/** `database` stands in the list of a server only where there is none. */
export const checklistTitles: readonly string[] = [...serverItems, 'database', ...planItems];

export interface ChecklistItem {
  /** `oplog window` */
  readonly title: string;
  readonly state: ItemState;
  /** What was measured, in words. */
  readonly message: string;
  /** What to do about it. */
  readonly next: string | null;
  /** What this login lacks to measure it; null where that is not the reason. */
  readonly needs: string | null;
  /** What was measured, as numbers and names. */
  readonly measured: Readonly<Record<string, number | string | boolean | null | readonly string[]>>;
}

export interface Checklist {
  readonly database: string;
  /** The plan file, where there is one. */
  readonly plan: string | null;
  readonly items: readonly ChecklistItem[];
  /** Titles of items that were not asked for. */
  readonly skipped: readonly string[];
}

/** Whether something is left to be done: an item that could not be measured is not ticked either. */
export const isTicked = ({ state }: ChecklistItem): boolean => state === 'ok' || state === 'warning';
