import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

function found(): string | null {
  const root = '/usr/lib';
  const folders = readdirSync(root).map((name) => join(root, name, 'faketime', 'libfaketime.so.1'));
  return folders.find((path) => existsSync(path)) ?? null;
}

/** Debian's package libfaketime, where it is installed. */
export const libfaketime = found();

/** The environment of a process whose clock is so far off: `+1h`. */
export const shifted = (offset: string): Record<string, string> => ({
  LD_PRELOAD: libfaketime ?? '',
  FAKETIME: offset,
  FAKETIME_DONT_FAKE_MONOTONIC: '1',
});
