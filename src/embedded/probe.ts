import { execFile } from 'node:child_process';
import { delimiter } from 'node:path';

/** The environment of the caller, as a record; nothing here reads the process's own. */
export type Env = Readonly<Record<string, string | undefined>>;

export interface RunOptions {
  readonly env: Env;
  /** Milliseconds until the program is killed. */
  readonly timeoutMs: number;
}

/** How a program ended; `problem` is null where it exited with 0, else one line without addresses. */
export interface RunResult {
  readonly stdout: string;
  readonly problem: string | null;
}

/** The server behind a path, or in one line why it does not run. */
export type Probe = { readonly version: string } | { readonly problem: string };

const versionTimeoutMs = 20_000;

/** A registry's address may carry a token, and is of no use to the reader. */
function withoutAddresses(line: string): string {
  return line.replace(/\b[a-z][a-z+]*:\/\/\S+/gi, '<address>');
}

function problemOf(error: Error, stderr: string, timeoutMs: number): string {
  const { code, killed } = error as Error & { code?: string | number | null; killed?: boolean };
  if (code === 'ENOENT') return 'not found';
  if (code === 'EACCES') return 'not executable';
  if (killed === true) return `no answer within ${timeoutMs / 1000} s`;
  const lines = stderr.split('\n').map((line) => line.trim());
  const line = lines.find((each) => each.startsWith('ERROR')) ?? lines.find((each) => each !== '');
  return withoutAddresses(line ?? `ended with ${String(code ?? 'a signal')}`);
}

/** Runs a program to its end, found on the PATH of `env`. Never throws. */
export function run(program: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  const { env, timeoutMs } = options;
  return new Promise((resolve) => {
    execFile(
      program,
      [...args],
      { env: { ...env }, timeout: timeoutMs, killSignal: 'SIGKILL' },
      (error, stdout, stderr) => {
        resolve({ stdout, problem: error === null ? null : problemOf(error, stderr, timeoutMs) });
      },
    );
  });
}

/** `env` with a folder of shared libraries in front; `env` itself where there is none. */
export function withLibraries(env: Env, libraryPath: string | null): Env {
  if (libraryPath === null) return env;
  const given = env['LD_LIBRARY_PATH'];
  return { ...env, LD_LIBRARY_PATH: given ? `${libraryPath}${delimiter}${given}` : libraryPath };
}

/** Runs `mongod --version`. Never throws. */
export async function probeServer(path: string, libraryPath: string | null, env: Env): Promise<Probe> {
  const { stdout, problem } = await run(path, ['--version'], {
    env: withLibraries(env, libraryPath),
    timeoutMs: versionTimeoutMs,
  });
  if (problem !== null) return { problem };
  const version = /^db version v(\S+)/m.exec(stdout)?.[1];
  return version === undefined ? { problem: 'does not answer --version like a mongod' } : { version };
}
