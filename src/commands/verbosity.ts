import type { Io } from './io.ts';
import { type Flags, oneOf } from './options.ts';

const choices = ['auto', 'always', 'never'] as const;

function wantsColour({ color = 'auto' }: Flags, { colour }: Io): boolean {
  const when = oneOf('--color', color, choices);
  return when === 'auto' ? colour : when === 'always';
}

/** What a command may use, as `--color`, `--quiet` and `--verbose` have it. Throws 64 for a colour that is none of them. */
export function asAsked(io: Io, flags: Flags): Io {
  const trace = flags.verbose === true ? (line: string) => io.err(`· ${line}\n`) : null;
  return { ...io, trace, colour: wantsColour(flags, io), warn: flags.quiet === true ? () => undefined : io.warn };
}
