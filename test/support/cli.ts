import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { inject } from 'vitest';

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

/** Runs the built command line to its end. */
export async function cli(db: string, args: readonly string[], options: CliOptions = {}): Promise<Ran> {
  const { exitCode, stdout, stderr } = await spawnCli(db, args, options);
  return { code: exitCode, out: stdout, err: stderr };
}

/** The run's server with another database in the path. */
export function databaseUri(db: string): string {
  const uri = new URL(inject('uri'));
  uri.pathname = `/${db}`;
  return uri.toString();
}
