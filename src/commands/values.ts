import type { Option } from 'commander';

/** What a shell offers behind an option or a command: words, or files. */
export type Values = readonly string[] | 'files';

const byOption = new WeakMap<Option, Values>();

/** The option, with what a shell offers behind it. */
export function offering(option: Option, values: Values): Option {
  byOption.set(option, values);
  return option;
}

/** What a shell offers behind an option; null where it knows nothing. */
export const offeredBy = (option: Option): Values | null => byOption.get(option) ?? null;

export const shells = ['bash', 'zsh', 'fish'] as const;
