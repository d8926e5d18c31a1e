import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitCodes, SchemactlError } from '../errors.ts';
import { type Guard, guardFolder } from './guard.ts';
import { serverVersionOf, waitForMembers } from './members.ts';
import { launchTimeoutMs, makeMemory, type Memory, processesOf, uriOf } from './memory.ts';
import type { Env } from './probe.ts';
import { type FoundBinary, resolveServer, type ServerVersion } from './resolve.ts';

export interface StartOptions {
  readonly env: Env;
  readonly cacheDir: string;
  /** As `resolveServer` takes it. */
  readonly version?: ServerVersion;
  /** Of the replica set; default 1. */
  readonly members?: number;
  /** One server that is no replica set; `members` does not count then. */
  readonly standalone?: boolean;
  /** Switches authentication on; the URI then holds the name and password of a user with the role root. */
  readonly auth?: boolean;
  /** More arguments of mongod, for every member. */
  readonly args?: readonly string[];
  /** Takes the one line that says which server was taken and from where. */
  readonly announce: (line: string) => void;
}

/** A server that runs until it is stopped. */
export interface EmbeddedServer {
  /** Without a database name. Holds a password where authentication is on. */
  readonly uri: string;
  readonly description: string;
  /** As the server says it: `6.0.5`. */
  readonly version: string;
  /** The processes of the members, in their order in the URI; empty for a deployment that was not started here. */
  readonly pids: readonly number[];
  /** Ends the processes and removes their data; a second call does nothing. */
  readonly stop: () => Promise<void>;
}

async function memberFolders(root: string, count: number): Promise<readonly string[]> {
  const folders = Array.from({ length: count }, (_, index) => join(root, String(index)));
  await Promise.all(folders.map((folder) => mkdir(folder)));
  return folders;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.ref();
  child.kill('SIGKILL');
  await ended;
}

/** The data is thrown away, so nothing is lost by SIGKILL; an orderly shutdown asks servers that may be paused or locked. */
async function shutDown(memory: Memory | null, root: string, guard: Guard): Promise<void> {
  try {
    await Promise.all(memory === null ? [] : processesOf(memory).map(kill));
    await memory?.stop({ doCleanup: true, force: false }).catch(() => false);
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  } finally {
    await guard.release();
  }
}

function notStarted(binary: FoundBinary, cause: unknown): unknown {
  if (cause instanceof SchemactlError) return cause;
  return new SchemactlError('The throw-away MongoDB did not start.', {
    code: 'SCH6911',
    exitCode: exitCodes.unreachable,
    details: [binary.description, cause instanceof Error ? cause.message : String(cause)],
    next: [
      'Set SCHEMACTL_MONGOD to a mongod that starts on this machine, or SCHEMACTL_TEST_URI to an existing deployment.',
    ],
    cause,
  });
}

function onlyOnce(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= work());
}

async function run(memory: Memory, auth: boolean, members: number): Promise<string> {
  await memory.start();
  const uri = uriOf(memory, auth);
  if (members > 1) await waitForMembers(uri, launchTimeoutMs);
  return uri;
}

async function startBinary(binary: FoundBinary, options: StartOptions): Promise<EmbeddedServer> {
  const { env, members = 1, standalone = false, auth = false, args = [] } = options;
  const root = await mkdtemp(join(tmpdir(), 'schemactl-mongod-'));
  const guard = guardFolder(root);
  let memory: Memory | null = null;
  try {
    const folders = await memberFolders(root, standalone ? 1 : members);
    memory = await makeMemory(binary, { env, standalone, auth, args }, folders);
    const uri = await run(memory, auth, folders.length);
    const pids = processesOf(memory).flatMap(({ pid }) => pid ?? []);
    const stop = onlyOnce(shutDown.bind(null, memory, root, guard));
    return { uri, description: binary.description, version: binary.version, pids, stop };
  } catch (cause) {
    await shutDown(memory, root, guard);
    throw notStarted(binary, cause);
  }
}

/**
 * Starts a throw-away MongoDB on 127.0.0.1 with fail points enabled, or takes the deployment of SCHEMACTL_TEST_URI,
 * for which the other options do not count.
 * A replica set has a primary and every member is a primary or a secondary. The server ends, and its data goes, with
 * `stop` or with this process, however that dies.
 * Throws SchemactlError: SCH6901 where no server was found, SCH6911 where it does not start or answer (both exit
 * code 69), SCH7811 (exit code 78) where mongodb-memory-server-core is not installed.
 */
export async function startEmbedded(options: StartOptions): Promise<EmbeddedServer> {
  const { env, cacheDir, version } = options;
  const found = await resolveServer({ env, cacheDir, ...(version === undefined ? {} : { version }) });
  options.announce(`Throw-away server: ${found.description}`);
  if (found.kind === 'binary') return startBinary(found, options);
  const { uri, description } = found;
  return { uri, description, version: await serverVersionOf(uri), pids: [], stop: () => Promise.resolve() };
}
