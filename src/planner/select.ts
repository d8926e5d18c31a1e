import { exitCodes, SchemactlError } from '../errors.ts';
import { matchesGlob } from '../state/address.ts';
import type { Milestone } from '../state/types.ts';
import type { Change } from './change.ts';
import type { Selection } from './contract.ts';
import { familyOf } from './families/registry.ts';

function assertMilestone(id: string | null, milestones: readonly Milestone[]): void {
  if (id === null || milestones.some((milestone) => milestone.id === id)) return;
  const known = milestones.map((milestone) => milestone.id).join(', ');
  throw new SchemactlError(`There is no milestone "${id}".`, {
    code: 'SCH6402',
    exitCode: exitCodes.usage,
    details: [known === '' ? 'The schema declares no milestones.' : `The schema declares: ${known}.`],
  });
}

export type Selects = (address: string, milestone: string | null) => boolean;

/** Whether an object is selected: what carries no milestone comes before the first, so it is in every `--through`. */
export function selector(selection: Selection, milestones: readonly Milestone[]): Selects {
  assertMilestone(selection.milestone, milestones);
  assertMilestone(selection.through, milestones);
  const rank = new Map(milestones.map(({ id }, at) => [id, at]));
  const last = selection.through === null ? Number.POSITIVE_INFINITY : (rank.get(selection.through) ?? 0);
  return (address, milestone) => {
    if (selection.milestone !== null && milestone !== selection.milestone) return false;
    if (milestone !== null && (rank.get(milestone) ?? 0) > last) return false;
    if (selection.only.length > 0 && !selection.only.some((glob) => matchesGlob(glob, address))) return false;
    return !selection.exclude.some((glob) => matchesGlob(glob, address));
  };
}

function cannotNeed(change: Change, need: Change, why: string): SchemactlError {
  return new SchemactlError(`"${change.address}" needs "${need.address}", which ${why}.`, {
    code: 'SCH6403',
    exitCode: exitCodes.usage,
    next: [
      need.milestone === null
        ? `Leave "${need.address}" in the selection.`
        : `Select milestone ${need.milestone} too, for example with --through.`,
    ],
  });
}

/** The selected changes with what they need; a need that the selection rules out is an error (64) naming it. */
export function selectChanges(changes: readonly Change[], selects: Selects, selection: Selection): readonly Change[] {
  const chosen = new Set(changes.filter(({ address, milestone }) => selects(address, milestone)));
  const pending = [...chosen];
  for (let change = pending.pop(); change !== undefined; change = pending.pop()) {
    for (const need of familyOf(change).needs(change, changes)) {
      if (chosen.has(need)) continue;
      if (selection.exclude.some((glob) => matchesGlob(glob, need.address)))
        throw cannotNeed(change, need, 'is excluded');
      if (need.milestone !== null) {
        throw cannotNeed(change, need, `belongs to milestone ${need.milestone}, which is not selected`);
      }
      chosen.add(need);
      pending.push(need);
    }
  }
  return changes.filter((change) => chosen.has(change));
}

/** Throws SchemactlError 64 for an `--only` that selects nothing of what is declared, managed or to be changed. */
export function assertSelectsSomething(selection: Selection, addresses: readonly string[]): void {
  const idle = selection.only.find((glob) => !addresses.some((address) => matchesGlob(glob, address)));
  if (idle === undefined) return;
  throw new SchemactlError(`--only "${idle}" selects nothing.`, {
    code: 'SCH6407',
    exitCode: exitCodes.usage,
    details: [
      'Addresses look like orders, orders.fields.status, orders.indexes.user_id_1; * is one level, ** any number.',
    ],
  });
}
