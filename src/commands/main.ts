import { exitCodes } from '../errors.ts';
import { version } from '../version.ts';
import type { Io } from './io.ts';

/** What a command line that could not be read says of one option. */
function valueIn(argv: readonly string[], option: string): string | undefined {
  const at = argv.indexOf(option);
  return at < 0 ? argv.find((word) => word.startsWith(`${option}=`))?.slice(option.length + 1) : argv[at + 1];
}

/** The command; what is none is not repeated, since it may be anything. */
const commandIn = ([first = '']: readonly string[]): string => (/^[a-z]+$/.test(first) ? first : '');

/** Where an error came from, for whoever looks into it; a driver's own words are in what it is made of. */
function traceOf(error: unknown): string {
  const chain: string[] = [];
  for (let at = error; at instanceof Error; at = at.cause)
    chain.push(...(at.stack ?? '').split('\n').filter((line) => line.startsWith('    at ')));
  return chain.join('\n');
}

/** Whoever reads another format from standard output reads the failure there too, in that format. */
async function report(error: unknown, argv: readonly string[], io: Io): Promise<number> {
  const [{ asSchemactlError }, { errorScreen }, { themeOf }, { failureFormats }, { isColoured }, { printable }] =
    await Promise.all([
      import('./failure.ts'),
      import('../report/error.ts'),
      import('./output.ts'),
      import('../report/formats.ts'),
      import('./verbosity.ts'),
      import('../state/frame.ts'),
    ]);
  const known = asSchemactlError(error);
  const colour = isColoured(valueIn(argv, '--color'), io);
  const format = failureFormats.find((each) => each === valueIn(argv, '--format')) ?? 'text';
  if (format !== 'text') {
    const { failureRenderers } = await import('../report/failure.ts');
    io.out(failureRenderers(known, commandIn(argv), version)[format]());
  }
  io.err(format === 'json' ? `${printable(known.message)}\n` : errorScreen(known, themeOf({ ...io, colour })));
  if (argv.some((word) => word === '-v' || word === '--verbose')) io.err(`${traceOf(error)}\n`);
  return known.exitCode;
}

const versionFlags: ReadonlySet<string> = new Set(['-V', '--version']);

/** Runs a command line to its end, says what went wrong, and answers the exit code. */
export async function main(argv: readonly string[], raw: Io): Promise<number> {
  if (argv.length === 1 && versionFlags.has(argv[0] ?? '')) {
    raw.out(`${version}\n`);
    return exitCodes.done;
  }
  // Loaded here, so that the version is told without it.
  const { harmlessly } = await import('./output.ts');
  const io = harmlessly(raw);
  try {
    const { runProgram } = await import('./program.ts');
    return await runProgram(argv, io);
  } catch (error) {
    return report(error, argv, io);
  }
}
