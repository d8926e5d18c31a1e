import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Io } from '../../src/commands/io.ts';
import { main } from '../../src/commands/main.ts';
import type { CliOptions, Ran } from './cli.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const isSet = (value: string | undefined): boolean => value !== undefined && value !== '';

/**
 * Runs a command line within this process: the same program but for `cli.ts`, without the second of CPU that a process takes to
 * start.
 */
export async function here(uri: string, args: readonly string[], options: CliOptions = {}): Promise<Ran> {
  let out = '';
  let err = '';
  const atExit: (() => Promise<void>)[] = [];
  const env: Io['env'] = { ...process.env, MONGODB_URI: options.uri ?? uri, NO_COLOR: '1', ...options.env };
  const io: Io = {
    env,
    cwd: options.cwd ?? root,
    home: '/',
    host: hostname(),
    user: 'test',
    pid: process.pid,
    out: (text) => {
      out += text;
      options.heard?.(text);
    },
    err: (text) => void (err += text),
    terminal: process.stdout,
    interactive: false,
    colour: !isSet(env['NO_COLOR']) && isSet(env['FORCE_COLOR']),
    columns: 80,
    now: () => new Date(),
    signal: new AbortController().signal,
    orderly: (work) => work(),
    warn: (text) => void (err += text),
    trace: null,
    atExit: (work) => void atExit.push(work),
  };
  try {
    return { code: await main(args, io), out: trimmed(out), err: trimmed(err) };
  } finally {
    for (const work of atExit) await work();
  }
}

/** As a process's output is taken: without the last line's end. */
const trimmed = (text: string): string => text.replace(/\n$/, '');
