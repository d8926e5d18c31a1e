import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../../', import.meta.url);
const home = new URL('bench/', root);

/** A file or folder of this repository as a path. */
export const pathOf = (name: string): string => fileURLToPath(new URL(name, root));

/** A module of the built product, as its users run it: `database/introspect.js`. */
export function product(name: string): Promise<unknown> {
  return import(new URL(`dist/${name}`, root).href);
}

/** A module of one of the benchmarks' own packages: `mongoose/index.js`. */
export function peer(file: string): Promise<unknown> {
  return import(new URL(`node_modules/${file}`, home).href);
}

/** Installs the peers where they are missing. Throws an Error where npm cannot. */
export function installPeers(say: (line: string) => void): void {
  if (existsSync(new URL('node_modules/', home))) return;
  say('Installing the peers from bench/package-lock.json …');
  const { status } = spawnSync('npm', ['ci', '--prefix', fileURLToPath(home), '--no-audit', '--no-fund'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error('npm could not install bench/package-lock.json.');
}
