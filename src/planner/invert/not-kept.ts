import { exitCodes, SchemactlError } from '../../errors.ts';
import { excluding, plural } from '../../state/words.ts';
import type { MissingChunks, RecordedStep } from './recorded.ts';

/** What nothing was ever kept for. */
export function impossible(addresses: readonly string[], why: string): SchemactlError {
  const isOne = addresses.length === 1;
  const what = isOne ? `"${addresses.join()}"` : `${addresses.length} objects`;
  return new SchemactlError(`${what} cannot be brought back: ${why}.`, {
    code: 'SCH2014',
    exitCode: exitCodes.blocked,
    details: isOne ? [] : addresses,
    next: [`Go on without ${isOne ? 'it' : 'them'}, adding: ${excluding(addresses)}`],
  });
}

const without = (addresses: readonly string[]): string => `Go on without, adding: ${excluding(addresses)}`;

/** What was kept for a run is gone, because somebody forgot it, or its time was up. */
export function purged(
  what: string,
  { ref, purged: when }: RecordedStep,
  addresses: readonly string[],
): SchemactlError {
  return new SchemactlError(`${what} cannot be taken back: what run ${ref.run} kept for it was purged ${when ?? ''}.`, {
    code: 'SCH2022',
    exitCode: exitCodes.blocked,
    details: addresses.length === 1 ? [] : [...addresses],
    next: [without(addresses)],
  });
}

const chunksShown = 5;

/** Some of what was kept for a run is not there, which no purge took: the rest alone would leave documents half taken back. */
export function incomplete(
  what: string,
  run: number,
  missing: readonly (MissingChunks & { readonly of: string })[],
  addresses: readonly string[],
): SchemactlError {
  const words = `${what} cannot be taken back: some of what run ${run} kept for it is missing, and no purge took it.`;
  return new SchemactlError(words, {
    code: 'SCH2022',
    exitCode: exitCodes.blocked,
    details: missing.map(({ of, ids, chunks }) => {
      const shown = ids.slice(0, chunksShown).join(', ');
      return `${of}: ${ids.length} of ${plural(chunks, 'chunk')} of undo data (${shown}${ids.length > chunksShown ? ', …' : ''})`;
    }),
    next: ['Bring the missing chunks back into schemactl_undo from a backup, by their _id', without(addresses)],
  });
}

export function emptied(address: string): SchemactlError {
  return new SchemactlError(`"${address}" cannot be brought back: its trash was emptied.`, {
    code: 'SCH2005',
    exitCode: exitCodes.blocked,
    next: [`Go on without it, adding: ${excluding([address])}`],
  });
}
