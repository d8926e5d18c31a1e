import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { homedir, platform } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { connect } from '../../src/database/mongo.ts';
import { guardFolder } from '../../src/embedded/guard.ts';
import { defaultCacheDir } from '../../src/embedded/resolve.ts';
import { type EmbeddedServer, startEmbedded, type StartOptions } from '../../src/embedded/start.ts';
import { doc, int, toNumber } from '../../src/state/value.ts';
import { offline, temporaryFolder, writeScript } from './fakes.ts';

const env = process.env;
const cacheDir = defaultCacheDir(env, homedir());
const minutes = 60_000;

async function start(options: Partial<StartOptions>, lines: string[] = []): Promise<EmbeddedServer> {
  const server = await startEmbedded({ env, cacheDir, announce: (line) => lines.push(line), ...options });
  onTestFinished(() => server.stop());
  return server;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function ask(uri: string, command: string): Promise<ReadonlyMap<string, unknown>> {
  const database = await connect({ url: uri, database: 'admin', connectTimeoutMs: 10_000 });
  try {
    return await database.run(doc([command, int(1)]));
  } finally {
    await database.close();
  }
}

/** The data folder of a mongod, from its arguments. */
async function dataFolder(pid: number): Promise<string> {
  const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
  return words[words.indexOf('--dbpath') + 1] ?? '';
}

describe.skipIf(env['SCHEMACTL_TEST_URI'] !== undefined)('a server of our own', () => {
  test('starts, answers, and leaves neither process nor data', { timeout: 5 * minutes }, async () => {
    const lines: string[] = [];
    const server = await start({}, lines);
    expect(lines).toEqual([`Throw-away server: ${server.description}`]);
    expect(toNumber((await ask(server.uri, 'ping')).get('ok') as never)).toBe(1);
    const [pid = 0] = server.pids;
    expect(isAlive(pid)).toBe(true);
    const folder = platform() === 'linux' ? await dataFolder(pid) : '';
    await server.stop();
    await server.stop();
    expect(isAlive(pid)).toBe(false);
    expect(existsSync(folder)).toBe(false);
  });

  test('stops although it is paused', { timeout: minutes }, async () => {
    const server = await start({ standalone: true });
    const [pid = 0] = server.pids;
    process.kill(pid, 'SIGSTOP');
    await server.stop();
    expect(isAlive(pid)).toBe(false);
  });

  test('asks for a password where authentication is on', { timeout: minutes }, async () => {
    const { uri } = await start({ auth: true });
    expect((await ask(uri, 'usersInfo')).get('users')).toHaveLength(1);
    await expect(ask(uri.replace(/\/\/.*@/, '//').replace('&authSource=admin', ''), 'usersInfo')).rejects.toThrow(
      'auth',
    );
  });

  test('has all its members in service', { timeout: 2 * minutes }, async () => {
    const { uri, pids } = await start({ members: 3 });
    const members = (await ask(uri, 'replSetGetStatus')).get('members') as readonly ReadonlyMap<string, unknown>[];
    expect(members.map((member) => member.get('stateStr')).sort()).toEqual(['PRIMARY', 'SECONDARY', 'SECONDARY']);
    expect(pids.every(isAlive)).toBe(true);
  });

  test('is taken from SCHEMACTL_TEST_URI and left alone', { timeout: minutes }, async () => {
    const own = await start({});
    const given = await start({ env: { SCHEMACTL_TEST_URI: own.uri }, version: '4.4.2' });
    expect(given).toMatchObject({ uri: own.uri, version: own.version, pids: [] });
    await given.stop();
    expect(own.pids.every(isAlive)).toBe(true);
  });
});

test('a server that does not start is a coded error and leaves nothing', { timeout: minutes }, async () => {
  const bin = await temporaryFolder();
  await writeScript(join(bin, 'mongod'), 'case "$*" in *--version*) echo "db version v6.0.5" ;; *) exit 14 ;; esac');
  const failing = start({ env: offline(bin), cacheDir: join(bin, 'cache'), standalone: true });
  await expect(failing).rejects.toMatchObject({ code: 'SCH6911', exitCode: 69 });
});

describe.skipIf(platform() === 'win32')('the guard of a data folder', () => {
  /** A process that looks like a member with its data there, or elsewhere. */
  async function member(lockFolder: string, argument: string): Promise<ChildProcess> {
    await mkdir(lockFolder, { recursive: true });
    const child = spawn('/bin/sh', ['-c', 'sleep 60; :', 'sh', argument], { stdio: 'ignore', detached: true });
    await writeFile(join(lockFolder, 'mongod.lock'), `${child.pid}\n`);
    onTestFinished(() => void process.kill(-(child.pid ?? 0), 'SIGKILL'));
    return child;
  }

  test('kills what has its data there, and removes the data', async () => {
    const folder = join(await temporaryFolder(), 'data');
    const own = await member(join(folder, '0'), join(folder, '0'));
    const other = await member(join(folder, '1'), '/elsewhere');
    const ended = once(own, 'exit');
    await guardFolder(folder).release();
    expect(await ended).toEqual([null, 'SIGKILL']);
    expect(other.exitCode ?? other.signalCode).toBeNull();
    expect(await readdir(join(folder, '..'))).toEqual([]);
  });
});
