import { version } from '../version.ts';
import type { Io } from './io.ts';
import { runProgram } from './program.ts';

function formatIn(argv: readonly string[]): string {
  const at = argv.indexOf('--format');
  return (
    (at < 0 ? argv.find((word) => word.startsWith('--format='))?.slice('--format='.length) : argv[at + 1]) ?? 'text'
  );
}

/** Whoever reads another format from standard output reads the failure there too, in that format. */
async function report(error: unknown, argv: readonly string[], io: Io): Promise<number> {
  const [{ asSchemactlError }, { errorScreen }, { themeOf }, { failureFormats }] = await Promise.all([
    import('./failure.ts'),
    import('../report/error.ts'),
    import('./output.ts'),
    import('../report/formats.ts'),
  ]);
  const known = asSchemactlError(error);
  const format = failureFormats.find((each) => each === formatIn(argv)) ?? 'text';
  if (format !== 'text') {
    const { failureRenderers } = await import('../report/failure.ts');
    io.out(failureRenderers(known, argv[0] ?? '', version)[format]());
  }
  io.err(format === 'json' ? `${known.message}\n` : errorScreen(known, themeOf(io)));
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
