import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { platform } from 'node:os';

/** Watches over a data folder from another process. */
export interface Guard {
  /** Ends the watch, which removes the folder; resolves when the guard's process is gone. */
  readonly release: () => Promise<void>;
}

/**
 * The kernel closes the pipe of a process however it dies. mongodb-memory-server's own killer (11.3.0) asks every two
 * seconds and sends SIGTERM: a member of a larger set then takes another 15 s (seen on 6.0.5), a paused one never
 * ends, and 300 MB of data a member stay. A process id may have been given to another program since the lock file was
 * written, so only one whose arguments name the folder is killed.
 */
const script = `
trap '' HUP INT TERM
cat >/dev/null
for lock in "$1"/*/mongod.lock; do
  pid=$(cat "$lock" 2>/dev/null)
  arguments=$(tr '\\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" || ps -o args= -p "$pid" 2>/dev/null)
  case "$arguments" in *"$1"*) kill -9 "$pid" ;; esac
done
rm -rf "$1" || { sleep 1; rm -rf "$1"; }
`;

/** Awaited, it must hold this process: with nothing else to do that would exit in the middle. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, 'exit');
  child.ref();
  child.stdin?.end();
  await ended;
}

/**
 * Has every mongod with its data in a subfolder of `folder` killed, and the folder removed, as soon as this process is
 * gone or `release` is called. Does nothing on Windows, where only the library's killer watches. Never throws.
 */
export function guardFolder(folder: string): Guard {
  if (platform() === 'win32') return { release: () => Promise.resolve() };
  const child = spawn('/bin/sh', ['-c', script, 'sh', folder], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  child.on('error', () => undefined);
  child.unref();
  if (child.stdin instanceof Socket) child.stdin.unref();
  return { release: () => end(child) };
}
