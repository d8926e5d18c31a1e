import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { platform } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SchemactlError } from '../../src/errors.ts';
import type { Env } from '../../src/embedded/probe.ts';
import { defaultCacheDir, resolveServer, type ServerVersion } from '../../src/embedded/resolve.ts';
import { wheelsFit } from '../../src/embedded/wheel.ts';
import { brokenScript, failingPip, mongodScript, offline, temporaryFolder, writeScript } from './fakes.ts';

/** What is on the machine: versions by place, 'broken' for a binary that does not run. */
interface Machine {
  readonly byHand?: string;
  readonly library?: string;
  readonly cache?: string;
  readonly path?: string;
}

interface Row {
  readonly title: string;
  readonly machine: Machine;
  readonly asked?: ServerVersion;
  /** The place and the version, or the parts of the error. */
  readonly takes: readonly [where: string, version: string] | { readonly fails: readonly string[] };
}

async function place(path: string, version: string | undefined): Promise<string | undefined> {
  if (version === undefined) return undefined;
  return writeScript(path, version === 'broken' ? brokenScript : mongodScript(version));
}

async function build(machine: Machine, cached: ServerVersion): Promise<{ env: Env; cacheDir: string; root: string }> {
  const root = await temporaryFolder();
  await writeScript(join(root, 'bin/pip'), failingPip);
  await place(join(root, 'bin/mongod'), machine.path);
  await place(join(root, 'cache', cached, 'mongod'), machine.cache);
  const env = {
    ...offline(join(root, 'bin')),
    SCHEMACTL_MONGOD: await place(join(root, 'by-hand'), machine.byHand),
    MONGOMS_SYSTEM_BINARY: await place(join(root, 'library'), machine.library),
  };
  return { env, cacheDir: join(root, 'cache'), root };
}

const fallbacks: Machine = { library: '7.0.2', cache: '6.0.5', path: '5.0.9' };
const everywhere: Machine = { ...fallbacks, byHand: '8.0.1' };

const rows: readonly Row[] = [
  { title: 'SCHEMACTL_MONGOD before all other binaries', machine: everywhere, takes: ['by-hand', '8.0.1'] },
  { title: 'MONGOMS_SYSTEM_BINARY next', machine: fallbacks, takes: ['library', '7.0.2'] },
  { title: 'by hand whatever its version', machine: everywhere, asked: '6.0.5', takes: ['by-hand', '8.0.1'] },
  {
    title: 'the cache before PATH',
    machine: { cache: '6.0.5', path: '5.0.9' },
    takes: ['cache/6.0.5/mongod', '6.0.5'],
  },
  {
    title: 'the folder of the version',
    machine: { cache: '4.4.2' },
    asked: '4.4.2',
    takes: ['cache/4.4.2/mongod', '4.4.2'],
  },
  { title: 'PATH, any version', machine: { path: '5.0.9' }, takes: ['bin/mongod', '5.0.9'] },
  { title: 'PATH, the version asked for', machine: { path: '5.0.4' }, asked: '5.0.4', takes: ['bin/mongod', '5.0.4'] },
  {
    title: 'not PATH with another one',
    machine: { path: '5.0.9' },
    asked: '5.0.4',
    takes: { fails: ['is 5.0.9, not 5.0.4'] },
  },
  {
    title: 'past a cached one that does not run',
    machine: { cache: 'broken', path: '5.0.9' },
    takes: ['bin/mongod', '5.0.9'],
  },
  {
    title: 'past a cached one of another version',
    machine: { cache: '6.0.4', path: '5.0.9' },
    takes: ['bin/mongod', '5.0.9'],
  },
  {
    title: 'no other server for one given by hand that does not run',
    machine: { ...everywhere, byHand: 'broken' },
    takes: { fails: ['does not run', 'SCHEMACTL_MONGOD', 'libcrypto.so.1.1'] },
  },
  {
    title: 'nothing, and says what was tried',
    machine: { cache: 'broken', path: 'broken' },
    takes: {
      fails: [
        'MONGOMS_SYSTEM_BINARY: not set',
        'own cache: 6.0.5: error while loading',
        'mongod on PATH:',
        'Python wheel:',
        'download by',
      ],
    },
  },
];

async function failureOf(work: Promise<unknown>): Promise<SchemactlError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof SchemactlError)) throw new Error('no SchemactlError was thrown', { cause: error });
  return error;
}

describe('takes', () => {
  test.each(rows)('$title', async ({ machine, asked, takes }) => {
    const { env, cacheDir, root } = await build(machine, asked ?? '6.0.5');
    const options = { env, cacheDir, ...(asked === undefined ? {} : { version: asked }) };
    if ('fails' in takes) {
      const error = await failureOf(resolveServer(options));
      expect(error).toMatchObject({ code: 'SCH6901', exitCode: 69 });
      for (const part of takes.fails) expect([error.message, ...error.details].join('\n')).toContain(part);
      return;
    }
    const [where, version] = takes;
    const path = join(root, where);
    expect(await resolveServer(options)).toMatchObject({ kind: 'binary', path, version, libraryPath: null });
  });

  test('SCHEMACTL_TEST_URI before everything, and does not show it', async () => {
    const { env, cacheDir } = await build(everywhere, '6.0.5');
    const uri = 'mongodb://name:secret@127.0.0.1/';
    const found = await resolveServer({ env: { ...env, SCHEMACTL_TEST_URI: uri }, cacheDir });
    expect(found).toMatchObject({ kind: 'uri', uri });
    expect(found.description).not.toContain('secret');
  });
});

test('an error of pip is shown without the address of the registry', async () => {
  const { env, cacheDir } = await build({}, '6.0.5');
  const error = await failureOf(resolveServer({ env, cacheDir }));
  expect(error.details.join('\n')).toContain(wheelsFit() ? 'Could not reach <address>' : 'only for Linux');
  expect(error.details.join('\n')).not.toContain('secret');
  expect(error.next.length).toBeGreaterThan(2);
});

test('the download comes before the wheel where its site answers', async () => {
  const site = createServer((request, response) => {
    response.writeHead(request.method === 'HEAD' ? 200 : 404).end();
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void site.close());
  const { port } = site.address() as AddressInfo;
  const { env, cacheDir } = await build({}, '6.0.5');
  const answering = { ...env, MONGOMS_DOWNLOAD_MIRROR: `http://127.0.0.1:${port}`, MONGOMS_USE_HTTP: 'true' };
  const [online, without] = await Promise.all([
    failureOf(resolveServer({ env: answering, cacheDir })),
    failureOf(resolveServer({ env, cacheDir })),
  ]);
  const order = (error: SchemactlError) => error.details.slice(-2).map((line) => line.split(':')[0]);
  expect(order(online)).toEqual(['tried download by mongodb-memory-server', 'tried Python wheel']);
  expect(order(without)).toEqual(['tried Python wheel', 'tried download by mongodb-memory-server']);
});

test('the cache is in the folder that the platform has for caches', () => {
  expect(defaultCacheDir({}, '/home/me')).toContain(join('schemactl', 'mongod'));
  expect(defaultCacheDir({}, '/home/me').startsWith(join('/home/me'))).toBe(true);
  if (platform() === 'linux') expect(defaultCacheDir({ XDG_CACHE_HOME: '/x' }, '/home/me')).toBe('/x/schemactl/mongod');
});
