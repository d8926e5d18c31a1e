import type { Option } from 'commander';
import type { ExitCode } from '../errors.ts';
import type { Io } from './io.ts';
import type { Flags } from './options.ts';
import { subjects } from './subjects.ts';
import type { Values } from './values.ts';

type Run = (io: Io, flags: Flags, ...args: readonly (string | undefined)[]) => Promise<ExitCode>;

/** One command: how it is called, what it takes, and what it runs. */
export interface Spec {
  readonly name: string;
  readonly group: string;
  readonly about: string;
  readonly examples: readonly string[];
  readonly flags: readonly (readonly Option[])[];
  readonly more?: readonly Option[];
  /** More to know, below the options. */
  readonly after?: string;
  /** What a shell offers for its argument. */
  readonly takes?: Values;
  readonly run: Run;
}

/** Everything that a command takes: its subjects, what is its own, and what all commands take. */
export const optionsOf = ({ flags, more = [] }: Spec): readonly Option[] => [
  ...flags.flat(),
  ...more,
  ...subjects.everywhere,
];
