import { printable } from '../state/frame.ts';
import type { Io } from './io.ts';
import { type Flags, oneOf } from './options.ts';

/** When words are coloured. */
export const colours = ['auto', 'always', 'never'] as const;

/** Whether words are coloured, as `--color` has it; anything but `always` and `never` leaves it to the terminal. */
export const isColoured = (when: string | undefined, { colour }: Pick<Io, 'colour'>): boolean =>
  when === 'always' || (when !== 'never' && colour);

/** What a command may use, as `--color`, `--quiet` and `--verbose` have it. Throws 64 for a colour that is none of them. */
export function asAsked(io: Io, flags: Flags): Io {
  if (flags.color !== undefined) oneOf('--color', flags.color, colours);
  const trace = flags.verbose === true ? (line: string) => io.err(`· ${printable(line)}\n`) : null;
  return { ...io, trace, colour: isColoured(flags.color, io), warn: flags.quiet === true ? () => undefined : io.warn };
}
