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
