/**
 * What became of one item of a checklist: it is as it should be; it is, but there is something to know; it is not; or
 * this login may not ask.
 */
export type ItemState = 'ok' | 'warning' | 'bad' | 'unknown';

export interface ChecklistItem {
  /** `oplog window` */
  readonly title: string;
  readonly state: ItemState;
  /** What was measured, in words. */
  readonly message: string;
  /** What to do about it. */
  readonly next: string | null;
  /** What was measured, as numbers and names. */
  readonly measured: Readonly<Record<string, number | string | boolean | null | readonly string[]>>;
}

export interface Checklist {
  readonly database: string;
  /** The plan file, where there is one. */
  readonly plan: string | null;
  readonly items: readonly ChecklistItem[];
}

/** Whether something is left to be done: an item that could not be measured is not ticked either. */
export const isTicked = ({ state }: ChecklistItem): boolean => state === 'ok' || state === 'warning';
