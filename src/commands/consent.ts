import { exitCodes, SchemactlError } from '../errors.ts';
import type { Io } from './io.ts';
import type { Flags } from './options.ts';

const reviewed = [
  'Approve it: --auto-approve',
  'Or apply a reviewed plan: schemactl plan --out plan.json, then schemactl apply plan.json',
];

/**
 * Whether the change may be made: approved by flag, or by a person at a terminal. Off a terminal nothing is asked.
 * Throws SchemactlError 20 that says what to do `next`.
 */
export async function consent(
  question: string,
  flags: Flags,
  io: Io,
  next: readonly string[] = reviewed,
): Promise<boolean> {
  if (flags.autoApprove === true) return true;
  if (!io.interactive || flags.format === 'json') {
    throw new SchemactlError('Nobody is here to approve this: it does not run on a terminal.', {
      code: 'SCH2008',
      exitCode: exitCodes.blocked,
      next,
    });
  }
  const { confirm, isCancel } = await import('@clack/prompts');
  const answer = await confirm({ message: question, initialValue: false });
  return !isCancel(answer) && answer;
}
