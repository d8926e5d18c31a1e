import { makingName } from '../planner/families/collections/recreate.ts';
import { isOpen, type Run } from '../state/runs.ts';

/**
 * Copies that no open run owns: what a process that was paused just before it began or filled one sent once it woke up, after
 * another had settled its run. The next run that is whole removes them, and `purge` does.
 */
export const leftoversIn = (collections: readonly string[], newest: Run | undefined): readonly string[] =>
  isOpen(newest) ? [] : collections.filter((name) => name.startsWith(makingName('')));
