import { exitCodes, SchemactlError } from '../../../errors.ts';

/** Indexes of one collection, the one on `_id` included (67; seen on 4.4 to 6.0). */
export const indexLimit = 64;

/** How many index slots there are for a plan's changes. */
export interface Room {
  /** Whether one index more than before and after may stand for a while: what a swap and a bridge need. */
  readonly hasRoom: boolean;
  /** Whether the planned drops must come before anything is built. */
  readonly dropsFirst: boolean;
}

export interface Slots {
  readonly collection: string;
  /** Live indexes beside the one on `_id`, declared or not. */
  readonly live: number;
  /** Indexes that somebody else is building, and that nothing planned stands for. */
  readonly building: number;
  readonly drops: number;
  readonly created: number;
}

/**
 * Counts slots along the sequence: builds first and drops last if there is room, else drops first, else no two indexes
 * at once. Throws SchemactlError 20 where what is declared and what is left alone are more than the server holds.
 */
export function roomFor({ collection, live, building, drops, created }: Slots): Room {
  const most = live + building + 1 + created;
  const end = most - drops;
  if (end > indexLimit && created > 0) {
    throw new SchemactlError(
      `"${collection}" would have ${end} indexes, and the server holds ${indexLimit} a collection.`,
      {
        code: 'SCH2011',
        exitCode: exitCodes.blocked,
        details: ['The index on _id, indexes that nobody declared and those that are being built count too.'],
        next: ['Declare fewer, or drop some that are not declared.'],
      },
    );
  }
  return { hasRoom: end + 1 <= indexLimit, dropsFirst: most + 1 > indexLimit && drops > 0 };
}
