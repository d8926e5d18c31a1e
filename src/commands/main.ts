import type { Io } from './io.ts';
import { runProgram } from './program.ts';

function isJson(argv: readonly string[]): boolean {
  return argv.includes('--format=json') || argv.some((word, at) => word === '--format' && argv[at + 1] === 'json');
}

async function report(error: unknown, argv: readonly string[], io: Io): Promise<number> {
  const [{ asSchemactlError }, { errorJson, errorText }, { themeOf }] = await Promise.all([
    import('./failure.ts'),
    import('../report/error.ts'),
    import('./output.ts'),
  ]);
  const known = asSchemactlError(error);
  if (isJson(argv)) io.out(errorJson(known));
  io.err(isJson(argv) ? `${known.message}\n` : errorText(known, themeOf(io)));
  return known.exitCode;
}

/** Runs a command line to its end, says what went wrong, and answers the exit code. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  try {
    return await runProgram(argv, io);
  } catch (error) {
    return report(error, argv, io);
  }
}
