import { fileURLToPath } from 'node:url';
import { asSchemactlError } from '../../src/commands/failure.ts';
import type { Io } from '../../src/commands/io.ts';
import { runProgram } from '../../src/commands/program.ts';
import { errorText } from '../../src/report/error.ts';
import { plainTheme } from '../../src/report/theme.ts';
import type { Ran } from './cli.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Runs a command line within this process: the same program, without the second that a process takes to start.
 * `heard` is told what is printed as it is printed.
 */
export async function here(uri: string, args: readonly string[], heard?: (text: string) => void): Promise<Ran> {
  let out = '';
  let err = '';
  const io: Io = {
    env: { MONGODB_URI: uri },
    cwd: root,
    home: '/',
    host: 'here',
    user: 'test',
    pid: process.pid,
    out: (text) => {
      out += text;
      heard?.(text);
    },
    err: (text) => void (err += text),
    terminal: process.stdout,
    interactive: false,
    colour: false,
    columns: 80,
    now: () => new Date(),
    signal: new AbortController().signal,
    orderly: (work) => work(),
    atExit: () => undefined,
  };
  try {
    return { code: await runProgram(args, io), out, err };
  } catch (error) {
    const known = asSchemactlError(error);
    return { code: known.exitCode, out, err: err + errorText(known, plainTheme) };
  }
}
