import { fingerprint } from '../../../state/fingerprint.ts';
import type { IndexState } from '../../../state/types.ts';
import { canonicalIndex } from './canonical.ts';

/** The name of a swapped-in index: the same for one definition everywhere. */
export function swapName(generated: string, index: IndexState): string {
  return `${generated}_${fingerprint(canonicalIndex(index)).slice('sha256:'.length, 'sha256:'.length + 6)}`;
}

/** The generated name, or where another index has it, one that is the same for one definition everywhere. */
export function freeName(generated: string, index: IndexState, taken: ReadonlySet<string>): string {
  return taken.has(generated) ? swapName(generated, index) : generated;
}

/** Whether a name is the one that a swap gives; the digits are counted only where they can be some. */
export function isSwapped(generated: string, index: IndexState, name: string): boolean {
  return name.length === generated.length + 7 && name.startsWith(generated) && name === swapName(generated, index);
}
