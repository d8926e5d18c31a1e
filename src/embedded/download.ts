import { fork } from 'node:child_process';
import { copyFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { serverFile } from './cache.ts';
import type { Env } from './probe.ts';

const headTimeoutMs = 2_000;
const downloadTimeoutMs = 15 * 60_000;

/** A file that the site and its mirrors have had since 2023; its name decides nothing but whether they answer. */
const probeFile = 'linux/mongodb-linux-x86_64-ubuntu2204-6.0.5.tgz';

function probeAddress(env: Env): string {
  const mirror = env['MONGOMS_DOWNLOAD_MIRROR'] || 'https://fastdl.mongodb.org';
  return env['MONGOMS_DOWNLOAD_URL'] || `${mirror.replace(/\/$/, '')}/${probeFile}`;
}

/** Whether MongoDB's download site, or the mirror named in `env`, has files for us. Takes two seconds at most; never throws. */
export async function downloadSiteAnswers(env: Env): Promise<boolean> {
  try {
    const { ok } = await fetch(probeAddress(env), { method: 'HEAD', signal: AbortSignal.timeout(headTimeoutMs) });
    return ok;
  } catch {
    return false;
  }
}

/**
 * In a process of its own, because mongodb-memory-server prints its progress on stdout, reads its settings from the
 * environment and, unless npm_config_strict_ssl says so (11.3.0), does not check the site's certificate.
 */
const script = `
  process.on('disconnect', () => process.exit(1));
  const [library, options] = process.argv.slice(-2);
  require(library).MongoBinary.getPath(JSON.parse(options)).then(
    (path) => process.send({ path }, () => process.exit(0)),
    (error) => process.send({ problem: String(error.message) }, () => process.exit(1)),
  );
`;

function childEnv(env: Env, folder: string, attempts: number): NodeJS.ProcessEnv {
  return {
    ...env,
    MONGOMS_DOWNLOAD_DIR: folder,
    MONGOMS_RUNTIME_DOWNLOAD: 'true',
    MONGOMS_SYSTEM_BINARY: '',
    MONGOMS_MAX_RETRIES: String(attempts),
    npm_config_strict_ssl: env['npm_config_strict_ssl'] ?? 'true',
  };
}

function downloadBinary(library: string, version: string, env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = fork(library, [library, JSON.stringify({ version })], {
      execArgv: ['-e', script],
      env,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      timeout: downloadTimeoutMs,
    });
    let problem = 'the download ended without an answer';
    child.on('message', (message: { path?: string; problem?: string }) => {
      if (message.path !== undefined) resolve(message.path);
      problem = message.problem?.split('\n')[0] ?? problem;
    });
    child.on('error', reject);
    child.on('exit', () => reject(new Error(problem)));
  });
}

function findLibrary(): string {
  try {
    return createRequire(import.meta.url).resolve('mongodb-memory-server-core');
  } catch {
    throw new Error('mongodb-memory-server-core is not installed');
  }
}

/**
 * Fills an empty folder as the cache wants it from mongodb-memory-server's download; `attempts` is how often it asks
 * a site that does not answer. Throws an Error with one line.
 */
export async function fillFromDownload(version: string, stage: string, env: Env, attempts: number): Promise<void> {
  const folder = join(stage, 'download');
  const path = await downloadBinary(findLibrary(), version, childEnv(env, folder, attempts));
  await copyFile(path, serverFile(stage));
  await rm(folder, { recursive: true, force: true });
}
