import { Command, CommanderError } from 'commander';
import { type ExitCode, exitCodes } from '../errors.ts';
import { version } from '../version.ts';
import type { Io } from './io.ts';
import { epilogue, sentence } from './help.ts';
import { withHints } from './hints.ts';
import { type Flags, usage } from './options.ts';
import { reportFailure } from './reports.ts';
import { optionsOf, type Spec } from './spec.ts';
import { specs } from './specs.ts';
import { asAsked } from './verbosity.ts';

function addCommand(program: Command, spec: Spec, io: Io, done: (code: ExitCode) => void): void {
  const command = program.command(spec.name).description(spec.about).helpGroup(spec.group);
  for (const option of optionsOf(spec)) command.addOption(option);
  if (spec.after !== undefined) command.addHelpText('after', spec.after);
  command.addHelpText('before', `${spec.examples.map((line) => `  ${line}`).join('\n')}\n`);
  command.action(async (...args: readonly unknown[]) => {
    const given = args.filter((argument) => typeof argument === 'string');
    const flags = command.opts<Flags>();
    try {
      const { inEnvironment } = await import('./environment.ts');
      const own = asAsked(io, flags);
      done(await spec.run(own, await inEnvironment(flags, own), ...given));
    } catch (error) {
      await reportFailure(error, command.name(), flags, io);
      throw withHints(error, flags);
    }
  });
}

/** Runs one command line and answers its exit code. Throws what the command throws. */
export async function runProgram(argv: readonly string[], io: Io): Promise<ExitCode> {
  const program = new Command('schemactl');
  let code: ExitCode = exitCodes.done;
  program
    .exitOverride()
    .configureOutput({
      writeOut: io.out,
      writeErr: io.err,
      outputError: () => undefined,
      getOutHasColors: () => io.colour,
      getErrHasColors: () => io.colour,
    })
    .description('Declarative schema-state reconciler for MongoDB.')
    .version(version, '-V, --version')
    .showSuggestionAfterError()
    .addHelpText('after', epilogue);
  for (const spec of specs) {
    addCommand(program, spec, io, (result) => {
      code = result;
    });
  }
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const asked = ['commander.helpDisplayed', 'commander.help', 'commander.version'].includes(error.code);
    if (!asked) throw usage(sentence(error.message), 'See what there is: schemactl --help');
    return argv.length > 0 ? exitCodes.done : exitCodes.usage;
  }
  return code;
}
