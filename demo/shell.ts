import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openDigest } from './digest.ts';
import type { Page } from './page.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** A command line as a person would type it, on the server of MONGODB_URI. Both throw where a command does not end with 0. */
export interface Shell {
  /** Echoes a command, runs it and prints what it says; without the middle of a plan, where `brief`. */
  readonly show: (command: string, how?: 'brief') => Promise<void>;
  /** Runs a command unseen and answers what it printed, read as JSON. */
  readonly ask: (command: string) => Promise<unknown>;
  /** Ends the command that runs now, if one does, at once. */
  readonly kill: () => void;
}

export function openShell(uri: string, page: Page): Shell {
  const env = { ...process.env, MONGODB_URI: uri, ...(page.colour ? { FORCE_COLOR: '1' } : {}) };
  let running: ChildProcess | null = null;

  async function run(command: string, onLine: (line: string) => void): Promise<void> {
    const args = [cli, ...command.split(' ').slice(1)];
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
    running = child;
    const ended = once(child, 'close') as Promise<[number | null, string | null]>;
    const [[code, signal]] = await Promise.all([ended, eachLine(child, onLine)]);
    running = null;
    if (code !== 0) throw new Error(`"${command}" ended with ${signal ?? `exit code ${String(code)}`}, not 0.`);
  }

  return {
    async show(command, how) {
      page.command(`$ ${command}`);
      const digest = openDigest(page.say, how === 'brief');
      await run(command, digest.line).finally(digest.end);
    },
    async ask(command) {
      const lines: string[] = [];
      await run(command, (line) => lines.push(line));
      return JSON.parse(lines.join('\n')) as unknown;
    },
    kill: () => void running?.kill('SIGKILL'),
  };
}

async function eachLine({ stdout }: ChildProcess, onLine: (line: string) => void): Promise<void> {
  if (stdout === null) return;
  for await (const line of createInterface({ input: stdout })) onLine(line);
}
