import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import type { Env } from '../../src/embedded/probe.ts';

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'schemactl-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a script that can be run; makes the folders above it. */
export async function writeScript(path: string, body: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${body}\n`);
  await chmod(path, 0o755);
  return path;
}

/** A program that answers --version like a mongod. */
export const mongodScript = (version: string): string => `echo "db version v${version}"`;

export const brokenScript = 'echo "error while loading shared libraries: libcrypto.so.1.1" >&2; exit 127';

export const failingPip = `case "$*" in
  *--version*) echo "pip 24.0 from /x (python 3.11)" ;;
  *) echo "ERROR: Could not reach https://user:secret@index.example/packages" >&2; exit 1 ;;
esac`;

/** A pip that puts the file into the folder of --dest, a moment later. */
export const pipThatBrings = (file: string): string => `case "$*" in
  *--version*) echo "pip 24.0 from /x (python 3.11)"; exit ;;
esac
while [ "$1" != --dest ]; do shift; done
/bin/sleep 0.1
/bin/cp "${file}" "$2/some-1.0-py3-none-any.whl"`;

/** Only the fake programs are on PATH, and the download site does not answer. */
export const offline = (bin: string): Env => ({ PATH: bin, MONGOMS_DOWNLOAD_MIRROR: 'http://127.0.0.1:9' });

function zipEntry(name: string, content: Buffer, offset: number): { local: Buffer; central: Buffer } {
  const data = deflateRawSync(content);
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(8, 8);
  local.writeUInt16LE(name.length, 26);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(8, 10);
  central.writeUInt32LE(data.length, 20);
  central.writeUInt32LE(content.length, 24);
  central.writeUInt16LE(name.length, 28);
  central.writeUInt32LE(offset, 42);
  return {
    local: Buffer.concat([local, Buffer.from(name), data]),
    central: Buffer.concat([central, Buffer.from(name)]),
  };
}

/** Writes a zip archive and answers its sha256. */
export async function writeZip(path: string, files: Readonly<Record<string, string>>): Promise<string> {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  for (const [name, content] of Object.entries(files)) {
    const entry = zipEntry(name, Buffer.from(content), Buffer.concat(locals).length);
    locals.push(entry.local);
    centrals.push(entry.central);
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(centrals.length, 10);
  end.writeUInt32LE(Buffer.concat(centrals).length, 12);
  end.writeUInt32LE(Buffer.concat(locals).length, 16);
  await writeFile(path, Buffer.concat([...locals, ...centrals, end]));
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}
