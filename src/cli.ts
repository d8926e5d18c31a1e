#!/usr/bin/env node
import { homedir, hostname, userInfo } from 'node:os';
import { isatty } from 'node:tty';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Io } from './commands/io.ts';
import { main } from './commands/main.ts';
import { exitCodes } from './errors.ts';

const { env, stdout, stderr } = process;
const standardInput = 0;

const atExit: (() => Promise<void>)[] = [];
/** What to say where work that should be ended in an orderly way is left at once; the innermost last. */
const atWork: string[] = [];
let hasWorked = false;

async function leave(code: number): Promise<never> {
  for (const work of atExit.splice(0)) await work().catch(() => undefined);
  process.exit(code);
}

/** While something is being changed, the first signal ends it in an orderly way, the second at once: the lease runs out. */
function interruptible(): AbortSignal {
  const controller = new AbortController();
  const interrupt = (): void => {
    const leaving = atWork.at(-1);
    if (leaving !== undefined && controller.signal.aborted) stderr.write(`${leaving}\n`);
    if (leaving === undefined || controller.signal.aborted) return void leave(exitCodes.interrupted);
    controller.abort();
    stderr.write('\nStopping after what is running now; once more to leave at once.\n');
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return controller.signal;
}

async function orderly<T>(work: () => Promise<T>, leaving: string): Promise<T> {
  atWork.push(leaving);
  hasWorked = true;
  try {
    return await work();
  } finally {
    atWork.pop();
  }
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return env['USER'] ?? 'unknown';
  }
}

function wantsColour(): boolean {
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false;
  if (env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0') return true;
  return stdout.isTTY && env['TERM'] !== 'dumb';
}

const io: Io = {
  env,
  cwd: process.cwd(),
  home: homedir(),
  host: hostname(),
  user: userName(),
  pid: process.pid,
  out: (text) => void stdout.write(text),
  err: (text) => void stderr.write(text),
  warn: (text) => void stderr.write(text),
  trace: null,
  terminal: stdout,
  // process.stdin would open a stream that most commands never read.
  interactive: stdout.isTTY && isatty(standardInput),
  colour: wantsColour(),
  columns: stdout.columns || 80,
  now: () => new Date(),
  signal: interruptible(),
  orderly,
  atExit: (work) => void atExit.push(work),
};

/**
 * A reader that goes away (`| head`) ends the output, not the work. Output that cannot be kept (a full disk) ends neither,
 * but whoever reads the exit code must know.
 */
let lostOutput: NodeJS.ErrnoException | null = null;
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') lostOutput ??= error;
});
stderr.on('error', () => undefined);

async function withoutOutput(code: number): Promise<number> {
  await nextTurn();
  if (lostOutput === null) return code;
  const changed = hasWorked ? ' What was done is in the journal: schemactl status' : '';
  io.err(`error: standard output cannot be written to (${lostOutput.code ?? 'unknown'}).${changed}\n`);
  if (code !== exitCodes.done) return code;
  return hasWorked ? exitCodes.partial : exitCodes.failed;
}

const code = await main(process.argv.slice(2), io);
for (const work of atExit.splice(0)) await work().catch(() => undefined);
process.exitCode = await withoutOutput(code);
