import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultCacheDir } from '../src/embedded/resolve.ts';
import { type EmbeddedServer, startEmbedded } from '../src/embedded/start.ts';

/** What the rows of one run share: a throw-away server, a folder, and what was built on them. */
export interface Lab {
  /** Starts the server, a replica set of one member, at the first call. */
  readonly uri: () => Promise<string>;
  /** Makes a folder of this name. */
  readonly folder: (name: string) => Promise<string>;
  /** Builds what several rows need at its first call only. */
  readonly once: (name: string, build: () => Promise<void>) => Promise<void>;
  /** Ends the server and removes everything. */
  readonly close: () => Promise<void>;
}

export async function openLab(say: (line: string) => void): Promise<Lab> {
  const root = await mkdtemp(join(tmpdir(), 'schemactl-bench-'));
  const built = new Map<string, Promise<void>>();
  let server: Promise<EmbeddedServer> | undefined;
  const { env } = process;
  return {
    async uri() {
      server ??= startEmbedded({ env, cacheDir: defaultCacheDir(env, homedir()), announce: say });
      return (await server).uri;
    },
    async folder(name) {
      const folder = join(root, name);
      await mkdir(folder, { recursive: true });
      return folder;
    },
    async once(name, build) {
      const found = built.get(name) ?? build();
      built.set(name, found);
      await found;
    },
    async close() {
      const started = await server?.catch(() => undefined);
      await started?.stop();
      await rm(root, { recursive: true, force: true });
    },
  };
}
