import type { Step } from '../planner/contract.ts';

/** What a unit is called while it runs: the address of its one step, or the collection and how many of what. */
export function titleOf(steps: readonly Step[]): string {
  const [first] = steps;
  if (first === undefined) return 'ownership';
  if (steps.length === 1) return first.address;
  const drop = steps.find((step) => step.change === 'collection' && step.action === 'delete');
  if (drop !== undefined) return drop.address;
  if (first.change === 'index')
    return `${first.collection}.indexes (${steps.length} in one ${first.action === 'delete' ? 'command' : 'build'})`;
  return `${first.collection}.fields (${steps.length} in one pass)`;
}
