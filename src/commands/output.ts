import { harmless } from '../state/frame.ts';
import { colourTheme, plainTheme, type Theme } from '../report/theme.ts';
import type { Io } from './io.ts';
import { type Flags, oneOf } from './options.ts';

export type Format = 'text' | 'json';

export function formatOf(flags: Flags): Format {
  return oneOf('--format', flags.format ?? 'text', ['text', 'json']);
}

export function themeOf(io: Io): Theme {
  return io.colour ? colourTheme : plainTheme;
}

/** A colour, as themes write it. */
const colour = /\u001b\[[\d;]*m/y;

/** Nothing that is written acts on a terminal, whatever name or value is in it; colours do, where they are wanted. */
export function harmlessly(io: Io): Io {
  const safely =
    (write: (text: string) => void) =>
    (text: string): void =>
      write(harmless(text, colour));
  return { ...io, out: safely(io.out), err: safely(io.err), warn: safely(io.warn) };
}
