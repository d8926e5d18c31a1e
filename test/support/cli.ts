import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { inject } from 'vitest';
import { here } from './here.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const binary = `${root}dist/cli.js`;

export interface Ran {
  readonly code: number | undefined;
  readonly out: string;
  readonly err: string;
}

export interface CliOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly uri?: string;
  /** Told what is printed as it is printed; within this process only. */
  readonly heard?: (text: string) => void;
}

/** The built command line as a child process, connected to the database `db` of the run's server. */
export function spawnCli(db: string, args: readonly string[], options: CliOptions = {}) {
  const uri = options.uri ?? databaseUri(db);
  return execa('node', [binary, ...args], {
    cwd: options.cwd ?? root,
    env: { MONGODB_URI: uri, NO_COLOR: '1', ...options.env },
    stdin: 'ignore',
    reject: false,
  });
}

/** Runs a command line to its end, within this process: for most tests the process itself is not the subject. */
export const cli = (db: string, args: readonly string[], options: CliOptions = {}): Promise<Ran> =>
  here(databaseUri(db), args, options);

/** The run's server with another database in the path. */
export function databaseUri(db: string): string {
  const uri = new URL(inject('uri'));
  uri.pathname = `/${db}`;
  return uri.toString();
}
