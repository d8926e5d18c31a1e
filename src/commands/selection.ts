import type { Selection } from '../planner/contract.ts';
import { type Flags, usage } from './options.ts';

export function selectionOf(flags: Flags): Selection {
  if (flags.milestone !== undefined && flags.through !== undefined) {
    throw usage('--milestone names one milestone, --through all up to one: give one of them.');
  }
  return {
    only: flags.only ?? [],
    exclude: flags.exclude ?? [],
    milestone: flags.milestone ?? null,
    through: flags.through ?? null,
  };
}
