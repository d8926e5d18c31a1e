import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { platform } from 'node:os';
import { join } from 'node:path';
import { guardFolder } from './guard.ts';
import { type Env, probeServer } from './probe.ts';

/** A server in the cache that ran when it was looked at. */
export interface Cached {
  readonly path: string;
  readonly version: string;
  /** The folder for LD_LIBRARY_PATH, or null where the machine's own libraries serve. */
  readonly libraryPath: string | null;
}

/** The server's path inside its folder of the cache. */
export function serverFile(folder: string): string {
  return join(folder, platform() === 'win32' ? 'mongod.exe' : 'mongod');
}

/** Where a folder of the cache keeps the libraries that its server brings along. */
export function libraryFolder(folder: string): string {
  return join(folder, 'lib');
}

async function inspect(folder: string, version: string, env: Env): Promise<Cached | string> {
  const path = serverFile(folder);
  const library = libraryFolder(folder);
  const libraryPath = existsSync(library) ? library : null;
  const probe = await probeServer(path, libraryPath, env);
  if ('problem' in probe) return probe.problem;
  return probe.version === version ? { path, version, libraryPath } : `is ${probe.version}`;
}

/** Looks a version up and runs it; answers in one line why it cannot be used. */
export function lookUp(cacheDir: string, version: string, env: Env): Promise<Cached | string> {
  return inspect(join(cacheDir, version), version, env);
}

const attempts = 5;

/** Another process may publish the same version at any moment; whoever comes second takes what is there. */
async function publish(stage: string, folder: string, version: string, env: Env): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await rename(stage, folder);
      return;
    } catch (error) {
      const present = await inspect(folder, version, env);
      if (typeof present !== 'string') return;
      if (attempt === attempts) throw error;
      // A folder that is there and does not run: set aside as a whole, never taken apart in place.
      await rename(folder, join(stage, `broken-${attempt}`)).catch(() => undefined);
      await rm(join(stage, `broken-${attempt}`), { recursive: true, force: true });
    }
  }
}

/**
 * Puts a version into the cache, which appears there as a whole or not at all. `fill` writes an empty folder;
 * what it wrote must run and be the version. Several processes may install the same version at once.
 * Throws an Error with one line that says what failed; nothing is left behind, not even by a killed process.
 */
export async function install(
  cacheDir: string,
  version: string,
  env: Env,
  fill: (stage: string) => Promise<void>,
): Promise<Cached> {
  await mkdir(cacheDir, { recursive: true });
  const stage = await mkdtemp(join(cacheDir, '.stage-'));
  const guard = guardFolder(stage);
  try {
    await fill(stage);
    const staged = await inspect(stage, version, env);
    if (typeof staged === 'string') throw new Error(`the server does not run here: ${staged}`);
    await publish(stage, join(cacheDir, version), version, env);
  } finally {
    await rm(stage, { recursive: true, force: true });
    await guard.release();
  }
  const cached = await lookUp(cacheDir, version, env);
  if (typeof cached === 'string') throw new Error(`the cached server does not run: ${cached}`);
  return cached;
}
