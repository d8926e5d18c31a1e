import { exitCodes, SchemactlError } from '../errors.ts';

const codes = { lost: 'SCH2302', fenced: 'SCH2303' } as const;

/** The lock is not held any more. */
export const lost = (): SchemactlError =>
  new SchemactlError('The lock was lost: its lease ran out, or somebody unlocked it. This process stops.', {
    code: codes.lost,
    exitCode: exitCodes.partial,
    next: [
      'See where things stand: schemactl status',
      'Go on with the interrupted run: schemactl resume',
      'Take it back: schemactl rollback',
    ],
  });

/** Another process moved the journal's entry on: what this one commits conflicts. */
export const fenced = (): SchemactlError =>
  new SchemactlError('Another process has taken this run over; this one stops.', {
    code: codes.fenced,
    exitCode: exitCodes.partial,
    next: ['See where things stand: schemactl status'],
  });

/** Whoever lost the lock has nothing more to say about the run, nor to clean up: it is another's now. */
export const isOusted = (error: unknown): boolean =>
  error instanceof SchemactlError && Object.values<string>(codes).includes(error.code);
