import { homedir } from 'node:os';
import type { TestProject } from 'vitest/node';
import { defaultCacheDir, type ServerVersion } from '../../src/embedded/resolve.ts';
import { startEmbedded } from '../../src/embedded/start.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly uri: string;
    readonly server: string;
  }
}

/** `npm run test:servers` asks for one version after the other. */
const version = process.env['SCHEMACTL_TEST_SERVER'] as ServerVersion | undefined;

/** One real server a run; every test file has databases of its own on it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startEmbedded({
    env: process.env,
    cacheDir: defaultCacheDir(process.env, homedir()),
    ...(version === undefined ? {} : { version }),
    announce: (line) => console.log(line),
  });
  project.provide('uri', server.uri);
  project.provide('server', server.version);
  return () => server.stop();
}
