import type { ChildProcess } from 'node:child_process';
import { platform } from 'node:os';
import type { MongoMemoryReplSet, MongoMemoryServer } from 'mongodb-memory-server-core';
import { loadMemoryServer } from './library.ts';
import { type Env, withLibraries } from './probe.ts';
import type { FoundBinary } from './resolve.ts';

/** The library's handle on a server or a replica set. */
export type Memory = MongoMemoryReplSet | MongoMemoryServer;

/** What is to be started. */
export interface MemoryOptions {
  readonly env: Env;
  readonly standalone: boolean;
  readonly auth: boolean;
  readonly args: readonly string[];
}

/** Milliseconds that a mongod has until it takes connections, and a replica set until its members serve. */
export const launchTimeoutMs = 60_000;
/** A first election waits for its whole timeout: with the library's 5 s a set of three starts in 6.4 s, so in 3.2 s. */
const quickElections = { electionTimeoutMillis: 2_500, heartbeatIntervalMillis: 500 } as const;
const rootUser = { name: 'root', password: 'throw-away' } as const;

function mongodArgs(args: readonly string[]): string[] {
  const socket = platform() === 'win32' ? [] : ['--nounixsocket'];
  return ['--setParameter', 'enableTestCommands=1', ...socket, ...args];
}

/**
 * Prepares a server, or a replica set with one member for each data folder; nothing runs before its `start`.
 * Throws SchemactlError 78 where mongodb-memory-server-core is not installed.
 */
export async function makeMemory(
  binary: FoundBinary,
  options: MemoryOptions,
  folders: readonly string[],
): Promise<Memory> {
  const { MongoMemoryReplSet, MongoMemoryServer } = await loadMemoryServer();
  const args = mongodArgs(options.args);
  const auth = { enable: options.auth, customRootName: rootUser.name, customRootPwd: rootUser.password };
  const source = { systemBinary: binary.path, version: binary.version };
  // In a process group of its own, so that Ctrl-C reaches us and not the server under us: what is interrupted can
  // still settle. The guard ends the server when we are gone.
  const spawn = { env: { ...withLibraries(options.env, binary.libraryPath) }, detached: platform() !== 'win32' };
  const members = folders.map((dbPath) => ({
    dbPath,
    storageEngine: 'wiredTiger' as const,
    launchTimeout: launchTimeoutMs,
  }));
  const [only] = members;
  if (options.standalone && only !== undefined) {
    return new MongoMemoryServer({ binary: source, spawn, auth, instance: { ...only, ip: '127.0.0.1', args } });
  }
  const configSettings = members.length > 1 ? quickElections : {};
  const replSet = {
    name: 'rs0',
    count: members.length,
    ip: '127.0.0.1',
    storageEngine: 'wiredTiger' as const,
    args,
    auth,
    spawn,
    configSettings,
  };
  return new MongoMemoryReplSet({ binary: source, instanceOpts: members, replSet });
}

/** The running mongod processes, in the order of the members. */
export function processesOf(memory: Memory): readonly ChildProcess[] {
  const servers = 'servers' in memory ? memory.servers : [memory];
  return servers.flatMap((server) => server.instanceInfo?.instance.mongodProcess ?? []);
}

/** The connection string of a started server, with the root user where authentication is on. */
export function uriOf(memory: Memory, auth: boolean): string {
  const uri = memory.getUri();
  if (!auth) return uri;
  const { name, password } = rootUser;
  return `${uri.replace('://', `://${name}:${password}@`)}${uri.includes('?') ? '&' : '?'}authSource=admin`;
}
