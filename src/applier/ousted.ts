import { exitCodes, SchemactlError } from '../errors.ts';

const codes = { lost: 'SCH2302', fenced: 'SCH2303' } as const;

/** What stands there now may be another's run, so nothing that goes on with the newest run, or takes it back, is suggested. */
const next = ['See where things stand: schemactl status'];

/** The lock is not held any more. */
export const lost = (): SchemactlError =>
  new SchemactlError('The lock was lost: its lease ran out, or somebody unlocked it. This process stops.', {
    code: codes.lost,
    exitCode: exitCodes.partial,
    next,
  });

/** The journal's entry has another token: the lock was taken or freed, and what this process commits conflicts. */
export const fenced = (): SchemactlError =>
  new SchemactlError('The lock was taken away (unlock), or another process holds it now. This process stops.', {
    code: codes.fenced,
    exitCode: exitCodes.partial,
    next,
  });

/** Whoever lost the lock has nothing more to say about the run, nor to clean up: it is another's now. */
export const isOusted = (error: unknown): boolean =>
  error instanceof SchemactlError && Object.values<string>(codes).includes(error.code);
